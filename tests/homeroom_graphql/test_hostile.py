"""Queries that are small to send and would be large to answer are refused after a bounded amount of work."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from garden.planting import Garden
from graphql import get_introspection_query

from homeroom.boot import build_host
from homeroom.callers import Caller
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

#: Python calls; a quarter of a second has room for several times as many.
BOUND = 400_000


@pytest.fixture
def caller(house: Host, garden: Garden) -> Caller:
    """Somebody who may do everything."""
    return house.system_caller(garden.space)


async def work_of(something: Callable[[], Awaitable[Any]]) -> tuple[Any, int]:
    """What comes of it, and how many Python functions were called for it."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        result = await something()
    except RequestError as error:
        result = error
    finally:
        sys.setprofile(None)
    return result, calls


def _chain(length: int, body: str) -> str:
    """Fragments of which each spreads the next, ``@`` in the body."""
    links = [f"fragment F{i} on Gardener {{ {body.replace('@', f'...F{i + 1}')} }}" for i in range(length)]
    return "{ gardeners { nodes { ...F0 } } } " + " ".join(links) + f" fragment F{length} on Gardener {{ id }}"


def _filter(depth: int, opening: str, closing: str) -> str:
    return "{ plants(filter: " + opening * depth + "{}" + closing * depth + ") { totalCount } }"


HOSTILE = {
    "a chain that doubles by aliases": _chain(18, "a: mentor { @ } b: mentor { @ }"),
    "a longer chain that doubles by aliases": _chain(60, "a: mentor { @ } b: mentor { @ }"),
    "a chain that doubles by lists": _chain(18, "a: pupils { nodes { @ } } b: pupils { nodes { @ } }"),
    "a chain that spreads twice": _chain(150, "@ @"),
    "a chain that is deep": _chain(150, "mentor { @ }"),
    "a chain that merges": _chain(100, "mentor { @ } mentor { @ }"),
    "fragments in a circle": "{ beds { nodes { ...F0 } } } "
    + " ".join(f"fragment F{i} on Bed {{ ...F{(i + 1) % 200} }}" for i in range(200)),
    "one field again and again": "{ " + "__typename " * 2400 + "}",
    "one object again and again": "{ " + "viewer { login } " * 600 + "}",
    "one list again and again": "{ " + "beds { totalCount } " * 600 + "}",
    "deeper, again and again": "{ " + "beds{nodes{plants{nodes{id}}}} " * 190 + "}",
    "two wide fragments": "{ beds { nodes { ...A ...B } } }"
    f"fragment A on Bed {{ {'title ' * 1200} }} fragment B on Bed {{ {'title ' * 1200} }}",
    "the same arguments": "{ beds { nodes { " + "plants(first:1){totalCount} " * 240 + "} } }",
    "many fragments": "{ beds { nodes { " + " ".join(f"...F{i}" for i in range(250)) + " } } } "
    + " ".join(f"fragment F{i} on Bed {{ id }}" for i in range(250)),
    "many paged lists": "{ " + " ".join(f"a{i}: plants{{nodes{{id label}}}}" for i in range(600)) + "}",
    "more fields than one answers": "{ plants { nodes { " + " ".join(f"a{i}: label" for i in range(2100)) + "} } }",
    "deep objects": "{ gardeners { nodes " + "{ mentor " * 1000 + "{ id }" + "}" * 1000 + " } }",
    "objects deeper than they may be": "{ gardeners { nodes " + "{ mentor " * 70 + "{ id }" + "}" * 70 + " } }",
    "lists within lists": "{ beds "
    + "{ nodes { plants { nodes { bed { plants " * 3 + "{ totalCount }" + "}}}}}" * 3 + " }",
    "long pages within long pages": "{ beds(first:500){nodes{plants(first:500){nodes{harvests(first:500)"
    "{nodes{id}}}}}} }",
    "deep inline fragments": "{ " + "... { " * 700 + "__typename" + " }" * 700 + " }",
    "deep lists": "{ plants(filter: {label: {in: " + "[" * 1000 + "]" * 1000 + "}}) { totalCount } }",
    "deep negation": _filter(700, "{not: ", "}"),
    "less deep negation": _filter(150, "{not: ", "}"),
    "deep relations": _filter(300, "{bed: {plants: ", "}}"),
    "less deep relations": _filter(3, "{bed: {plants: ", "}}"),
    "tokens": "{ " + "a " * 40_000 + "}",
    "more tokens": "{ " + "a " * 400_000 + "}",
    "braces": "{" * 90_000,
    "parentheses": "{ a(" * 20_000,
    "a comment": "#" + "x" * 900_000 + "\n{ __typename }",
    "a block of text": '{ plants(filter: {label: {eq: """' + "\n" * 200_000 + '"""}}) { totalCount } }',
    "many unused variables": "query(" + " ".join(f"$v{i}:Int" for i in range(600)) + "){ __typename }",
    "many directives": "{ __typename " + "@include(if:true) " * 300 + "}",
    "many mistakes": "{ " + " ".join(f"gardenerz{i}" for i in range(2400)) + "}",
    "many operations": " ".join(f"query Q{i} {{ __typename }}" for i in range(400)),
    "many schemas": "{ " + " ".join(f"a{i}: __schema {{ types {{ name }} }}" for i in range(30)) + "}",
    "many types": "{ " + " ".join(f'a{i}: __type(name: "Plant") {{ fields {{ name }} }}' for i in range(30)) + "}",
    "many lists of a schema": "{ __schema { types { "
    + " ".join(f"a{i}: fields {{ name }}" for i in range(30)) + " } } }",
    "a filter with a list for each of many rows": "{ beds(first:500){nodes{"
    + " ".join(f"a{i}: plants(first:500){{nodes{{id}}}}" for i in range(5)) + "}} }",
    "many root fields": "{ " + " ".join(f"a{i}: __typename" for i in range(21)) + " }",
    "many transactions": "mutation { "
    + " ".join(f'a{i}: digBed(input: {{title: "x"}}) {{ errors {{ code }} }}' for i in range(21)) + " }",
    "many aliases": "{ beds { nodes { " + " ".join(f"a{i}: title" for i in range(101)) + " } } }",
    "many aliases by fragments": "{ " + " ".join(f"a{i}: beds {{ nodes {{ ...F }} }}" for i in range(15))
    + " } fragment F on Bed { b: title c: title d: title e: title f: title g: title h: title }",
    "directives by fragments": "{ beds { nodes { "
    + " ".join("... on Bed @skip(if: false) { ...F }" for i in range(100))
    + " } } } fragment F on Bed { title @include(if: true) }",
    "a schema in depth": "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_queries_are_refused_after_little_work(executor: Executor, caller: Caller, name: str) -> None:
    async def ask() -> bytes:
        return await executor.execute(caller, HOSTILE[name], {}, None)

    await executor.execute(caller, "{ __typename }", {}, None)
    result, calls = await work_of(ask)
    assert isinstance(result, RequestError), result
    codes = {each["extensions"]["code"] for each in result.errors}
    assert codes <= {"TOO_COMPLEX", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE"}
    assert len(result.errors) <= 21
    assert calls < BOUND


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("PlantFilter", {"or": [{"label": {"eq": "a"}}] * 30_000}),
        ("PlantFilter", {"and": [{"or": [{"not": {"label": {"eq": "a"}}}]}] * 3_000}),
        ("PlantFilter", {"bed": {"plants": {"bed": {"plants": {"bed": {"plants": {}}}}}}}),
        ("[PlantOrder!]", [{"field": "LABEL"}] * 30_000),
    ],
)
async def test_hostile_variables_are_refused_after_little_work(
    executor: Executor, caller: Caller, kind: str, value: Any
) -> None:
    argument = "filter" if kind == "PlantFilter" else "orderBy"
    query = f"query($x: {kind}) {{ plants({argument}: $x) {{ totalCount nodes {{ id }} }} }}"
    result, calls = await work_of(lambda: executor.execute(caller, query, {"x": value}, None))
    assert isinstance(result, RequestError), result
    assert {"TOO_COMPLEX"} == {each["extensions"]["code"] for each in result.errors}
    assert calls < 3 * BOUND


@pytest.mark.parametrize("depth", [30, 300, 900])
async def test_deep_variables_are_refused(executor: Executor, caller: Caller, depth: int) -> None:
    value: Any = {}
    for _ in range(depth):
        value = {"not": value}
    query = "query($x: PlantFilter) { plants(filter: $x) { totalCount } }"
    with pytest.raises(RequestError) as refused:
        await executor.execute(caller, query, {"x": value}, None)
    assert refused.value.errors[0]["extensions"]["code"] in ("TOO_COMPLEX", "BAD_USER_INPUT")


async def test_deep_json_for_a_command_is_refused(executor: Executor, caller: Caller) -> None:
    value: Any = 1
    for _ in range(900):
        value = {"a": value}
    query = 'mutation($o: JSON) { digBed(input: {title: "x", options: $o}) { errors { code } } }'
    with pytest.raises(RequestError, match="nested too deeply"):
        await executor.execute(caller, query, {"o": value}, None)


_REFUSED = ("TOO_COMPLEX", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT")
SET = [
    ("tokens", 8, "{ beds { totalCount } }", "{ beds { totalCount nodes { id } } }"),
    ("depth", 2, "{ beds { totalCount } }", "{ beds { nodes { id } } }"),
    (
        "depth",
        3,
        "{ beds { ...F } } fragment F on BedConnection { nodes { id } }",
        "{ beds { ...F } } fragment F on BedConnection { nodes { plants { totalCount } } }",
    ),
    ("root_fields", 1, "{ beds { totalCount } }", "{ beds { totalCount } ...F } fragment F on Query { __typename }"),
    ("aliases", 1, "{ a: beds { totalCount } }", "{ a: beds { b: totalCount } }"),
    (
        "directives",
        1,
        "{ beds @skip(if: false) { totalCount } }",
        "{ beds @skip(if: false) { totalCount @skip(if: false) } }",
    ),
    ("fields", 3, "{ beds { nodes { id title } } }", "{ beds { nodes { id title plants { nodes { id label } } } } }"),
    (
        "cost",
        6,
        "{ beds(first: 2) { nodes { plants(first: 2) { nodes { id } } } } }",
        "{ beds(first: 2) { nodes { plants(first: 2) { nodes { bed { title } } } } } }",
    ),
    (
        "cost",
        6,
        "{ beds(first: 6) { nodes { id } } }",
        "{ a: beds(first: 3) { nodes { id } } b: beds(first: 4) { nodes { id } } }",
    ),
    ("page", 9, "{ beds { nodes { id } } plants(first: 9) { nodes { id } } }", "{ beds(first: 10) { nodes { id } } }"),
]


@pytest.mark.parametrize(("limit", "value", "within", "beyond"), SET)
async def test_an_installation_sets_its_limits(
    house: Host, garden: Garden, limit: str, value: int, within: str, beyond: str
) -> None:
    changed = {f"HOMEROOM_GRAPHQL_MAX_{limit.upper()}": str(value)}
    host = build_host(Settings.load(house.settings.environment() | changed), house.registry)
    await host.database.open()
    try:
        executor = Executor(host)
        caller = host.system_caller(garden.space)
        assert b'"errors"' not in await executor.execute(caller, within, {})
        with pytest.raises(RequestError) as refused:
            await executor.execute(caller, beyond, {})
        assert refused.value.errors[0]["extensions"]["code"] in _REFUSED
    finally:
        await host.database.close()


async def test_a_large_list_of_values_is_one_parameter(executor: Executor, caller: Caller, garden: Garden) -> None:
    ids = [f"Plant_{each}" for each in garden.ids["Plant"]] * 500
    query = "query($x: [ID!]) { plants(filter: {id: {in: $x}}) { totalCount } }"
    answer, _ = await work_of(lambda: executor.execute(caller, query, {"x": ids}, None))
    assert {"data": {"plants": {"totalCount": len(garden.ids["Plant"])}}} == json.loads(answer)


async def test_page_sizes_in_variables_count_like_those_in_the_query(executor: Executor, caller: Caller) -> None:
    query = """query($a: Int, $b: Int, $c: Int) {
        beds(first: $a) { nodes { plants(first: $b) { nodes { harvests(last: $c) { nodes { id } } } } } } }"""
    await executor.execute(caller, query, {"a": 3, "b": 3, "c": 3}, None)
    with pytest.raises(RequestError, match="could have more than"):
        await executor.execute(caller, query, {"a": 500, "b": 500, "c": 500}, None)
    await executor.execute(caller, query, {"a": 2, "b": 500, "c": 500}, None)


@pytest.mark.parametrize("descriptions", [True, False])
async def test_what_tools_ask_of_the_schema_is_answered(executor: Executor, caller: Caller, descriptions: bool) -> None:
    query = get_introspection_query(
        descriptions=descriptions, specified_by_url=True, directive_is_repeatable=True, schema_description=True,
        input_value_deprecation=True,
    )  # fmt: skip
    first = await executor.execute(caller, query, {}, "IntrospectionQuery")
    again, calls = await work_of(lambda: executor.execute(caller, query, {}, "IntrospectionQuery"))
    assert first == again
    assert calls < 5_000  # it is remembered
    answer = json.loads(first)
    assert {"Plant", "PlantConnection", "PlantManyInput"} < {t["name"] for t in answer["data"]["__schema"]["types"]}
