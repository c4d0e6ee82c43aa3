"""A document may have several operations; everything is judged for the one that runs, whatever is beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import graphql
import pytest
import pytest_asyncio
from garden.planting import Garden
from graphql import GraphQLSchema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reference.callers import make_caller
from reference.documents import Request, make_request
from reference.interpreter import Interpreter
from reference.meaning import World
from reference.store import fetch_world

from homeroom.callers import Caller
from homeroom.host import Host
from homeroom.testing import People
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError
from homeroom_graphql.requests import BadRequest

#: How many documents are made from plain random numbers.
MANY = 30


@pytest.fixture
def caller(house: Host, garden: Garden) -> Caller:
    """Somebody who may do everything."""
    return house.system_caller(garden.space)


async def outcome(executor: Executor, caller: Caller, query: str, variables: dict[str, Any], name: str) -> Any:
    """The answer, or why there is none."""
    try:
        return json.loads(await executor.execute(caller, query, variables, name))
    except RequestError as error:
        return [(each["message"], each["extensions"]) for each in error.errors]


class _Renamed(graphql.Visitor):
    """Gives an operation and its fragments names of their own; variables keep theirs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def leave_operation_definition(self, node: Any, *_: Any) -> Any:
        return replace(node, name=graphql.NameNode(value=self._name))

    def leave_fragment_definition(self, node: Any, *_: Any) -> Any:
        return replace(node, name=graphql.NameNode(value=self._name + node.name.value))

    leave_fragment_spread = leave_fragment_definition


def _alone(request: Request, name: str) -> str:
    document = graphql.parse(request.query)
    wanted = tuple(
        each
        for each in document.definitions
        if not isinstance(each, graphql.OperationDefinitionNode) or each.name is None or each.name.value == "Wanted"
    )
    return graphql.print_ast(graphql.visit(replace(document, definitions=wanted), _Renamed(name)))


@dataclass(frozen=True)
class Bench:
    """What requests are made from."""

    executor: Executor
    schema: GraphQLSchema
    garden: Garden
    world: World

    async def compare_one(self, integer: Callable[[int, int], int]) -> None:
        """Ask some operations alone, and each of them in one document with the others."""
        caller = make_caller(integer, self.garden.space, self.garden.ids["Gardener"])
        reference = Interpreter(self.schema, replace(self.world, persons=caller.persons), caller)
        ids = {name: [f"{name}_{each}" for each in own[:6]] for name, own in self.garden.ids.items()}
        requests = [make_request(integer, self.schema, reference, ids) for _ in range(integer(2, 3))]
        alone = [_alone(request, f"Op{index}") for index, request in enumerate(requests)]
        expected = [
            await outcome(self.executor, caller, text, request.variables, f"Op{index}")
            for index, (text, request) in enumerate(zip(alone, requests, strict=True))
        ]
        if any(isinstance(each, list) for each in expected):
            return  # two selections that do not fit together make the whole document invalid
        together = "\n".join(alone)
        for index, request in enumerate(requests):
            got = await outcome(self.executor, caller, together, request.variables, f"Op{index}")
            assert expected[index] == got, f"Op{index} of\n{together}\n{request.variables}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(house: Host, executor: Executor, schema: GraphQLSchema, garden: Garden) -> Bench:
    """The garden and its rows."""
    return Bench(executor, schema, garden, await fetch_world(house, garden.space, ()))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data())
async def test_an_operation_beside_others_answers_as_alone(bench: Bench, data: st.DataObject) -> None:
    await bench.compare_one(lambda low, high: data.draw(st.integers(low, high)))


async def test_an_operation_beside_others_answers_as_alone_many_times(bench: Bench) -> None:
    for seed in range(MANY):
        await bench.compare_one(Random(seed).randint)


#: Operations that use one name, `$x`, for something else each.
USES = {
    "Filter": ("query Filter($x: PlantFilter) { plants(filter: $x) { totalCount } }", {"label": {"eq": "no such"}}),
    "EmptyFilter": ("query EmptyFilter($x: PlantFilter) { plants(filter: $x) { totalCount } }", {}),
    "Node": ("query Node($x: ID!) { node(id: $x) { __typename id } }", "Plant_00000000-0000-0000-0000-000000000005"),
    "Page": ("query Page($x: Int) { plants(first: $x) { nodes { id } } }", 3),
    "Last": ("query Last($x: Int) { plants(last: $x) { nodes { id } } }", None),
    "Include": ("query Include($x: Boolean!) { plants(first: 1) { totalCount nodes @include(if: $x) { id } } }", False),
    "Skip": ("query Skip($x: Boolean!) { plants(first: 1) { totalCount nodes @skip(if: $x) { id } } }", True),
    "Order": ("query Order($x: [PlantOrder!]) { plants(first: 3, orderBy: $x) { nodes { id } } }", {"field": "LABEL"}),
    "Default": ("query Default($x: Int = 2) { plants(first: $x) { nodes { id } } }", ...),
    "Schema": ('query Schema($x: Boolean!) { __type(name: "Plant") { name kind @skip(if: $x) } }', True),
    "Fragment": (
        """query Fragment($x: BedFilter) { beds { nodes { ...OfBed } } }
        fragment OfBed on Bed { plants(filter: {bed: $x}, first: 1) { totalCount } }""",
        {"title": {"isNull": True}},
    ),
}


async def test_one_name_for_variables_of_several_types(executor: Executor, caller: Caller) -> None:
    together = "\n".join(text for text, _ in USES.values())
    for _ in range(2):
        for name, (text, value) in USES.items():
            variables = {} if value is ... else {"x": value}
            expected = await outcome(executor, caller, text, variables, name)
            assert "data" in expected, expected
            assert expected == await outcome(executor, caller, together, variables, name), name


async def test_one_fragment_with_variables_of_other_types(executor: Executor, caller: Caller) -> None:
    """A fragment's variable is that of the operation that spreads it: here required, there with a default."""
    document = """
        query A($n: Int!) { ...Some }
        query B($n: Int = 2) { ...Some }
        query C($n: Int) { ...Some }
        fragment Some on Query { plants(first: $n) { nodes { id } } }"""

    async def count(name: str, **variables: Any) -> int:
        answer = await outcome(executor, caller, document, variables, name)
        return len(answer["data"]["plants"]["nodes"])

    assert (3, 2, 36) == (await count("A", n=3), await count("B"), await count("C"))
    (refused,) = await outcome(executor, caller, document, {}, "A")
    assert "BAD_USER_INPUT" == refused[1]["code"]
    assert (1, 1, 1) == (await count("A", n=1), await count("B", n=1), await count("C", n=1))


#: Operations that are refused by a limit of their own.
REFUSED = {
    "Deep": "query Deep { gardeners { nodes " + "{ mentor " * 30 + "{ id }" + "}" * 30 + " } }",
    "Wide": "query Wide { " + " ".join(f"a{i}: __typename" for i in range(21)) + " }",
    "Aliases": "query Aliases { beds { nodes { " + " ".join(f"a{i}: title" for i in range(101)) + " } } }",
    "Directed": "query Directed { __typename " + "@include(if: true) @skip(if: false) " * 1
    + " ".join(f"... @include(if: true) {{ b{i}: __typename @skip(if: true) }}" for i in range(51)) + " }",
    "Costly": "query Costly { beds(first: 500) { nodes { plants(first: 500) { nodes { harvests(first: 500)"
    " { nodes { id } } } } } } }",
    "Schemas": "query Schemas { a: __schema { types { name } } b: __schema { types { name } } }",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_limits_are_those_of_the_operation_that_runs(name: str, executor: Executor, caller: Caller) -> None:
    together = f"{REFUSED[name]} query Small {{ beds {{ totalCount }} }}"
    assert {"beds"} == (await outcome(executor, caller, together, {}, "Small"))["data"].keys()
    (refused,) = await outcome(executor, caller, together, {}, name)
    assert "TOO_COMPLEX" == refused[1]["code"], refused


async def test_the_cost_is_judged_with_the_lengths_of_each_execution(executor: Executor, caller: Caller) -> None:
    """Whatever was planned before, alone or beside an operation that uses the same names for something else."""
    costly = """query Costly($a: Int, $b: Int, $c: Int) { beds(first: $a) { nodes { plants(first: $b) {
        nodes { harvests(first: $c) { nodes { id } } } } } } }"""
    beside = "query Other($a: ID!, $b: ID!) { a: node(id: $a) { id } b: node(id: $b) { id } }"
    for document in (costly, f"{costly} {beside}"):
        for length, allowed in ((1, True), (99, True), (500, False), (99, True), (100, False), (None, True)):
            answer = await outcome(executor, caller, document, {"a": length, "b": length, "c": length}, "Costly")
            if allowed:
                assert "data" in answer, answer
            else:
                assert ["TOO_COMPLEX"] == [each[1]["code"] for each in answer], length


async def test_rights_and_methods_are_those_of_the_operation_that_runs(
    executor: Executor, house: Host, own_garden: Garden, people: People
) -> None:
    document = """
        query Look($x: ID!) { node(id: $x) { id } }
        mutation Dig($x: String!) { digBed(input: {title: $x}) { bed { title } errors { code } } }
        query Schema { __schema { queryType { name } } }"""
    keeper = house.system_caller(own_garden.space)
    look = await executor.execute(keeper, document, {"x": "Bed_1"}, "Look", writes=False)
    assert {"data": {"node": None}} == json.loads(look)
    with pytest.raises(BadRequest):
        await executor.execute(keeper, document, {"x": "new"}, "Dig", writes=False)
    dug = await outcome(executor, keeper, document, {"x": "new"}, "Dig")
    assert {"bed": {"title": "new"}, "errors": []} == dug["data"]["digBed"]
    visitor = await people(own_garden.space, "visitor")
    for name, variables, code in (("Look", {"x": "Plant_1"}, None), ("Schema", {}, "FORBIDDEN")):
        body = {"query": document, "operationName": name, "variables": variables}
        answer = (await visitor.http.post("/graphql", json=body)).json()
        assert code == (answer["errors"][0]["extensions"]["code"] if "errors" in answer else None)
