"""Plans are remembered: by what the caller may do, and by everything in the variables that decides the SQL."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any
from uuid import UUID

import pytest
from garden.planting import Garden
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.callers import access_of

from homeroom.callers import Caller
from homeroom.host import Host
from homeroom.permissions import Scopes
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

EVERYWHERE = Scopes(frozenset({"school"}))
NAMES = ("Gardener", "Bed", "Duty", "Plant", "Harvest")


@pytest.fixture
def caller(house: Host, garden: Garden) -> Caller:
    """Somebody who may do everything."""
    return house.system_caller(garden.space)


async def _ask(executor: Executor, caller: Caller, query: str, **variables: Any) -> Any:
    return json.loads(await executor.execute(caller, query, variables, None))["data"]


async def _codes(executor: Executor, caller: Caller, query: str, **variables: Any) -> set[str]:
    """The codes of what was refused; empty if it was answered."""
    try:
        await executor.execute(caller, query, variables, None)
    except RequestError as error:
        return {each["extensions"]["code"] for each in error.errors}
    return set()


async def test_one_document_with_every_shape_of_a_variable(executor: Executor, caller: Caller) -> None:
    """Each answer equals that of the same query with the value written out, whatever was planned before."""
    query = """query($f: PlantFilter, $o: [PlantOrder!], $n: Int) {
        plants(filter: $f, orderBy: $o, first: $n) { nodes { id } } }"""
    filters: list[tuple[Any, str]] = [
        (None, "null"),
        ({}, "{}"),
        ({"label": {"eq": "rose"}}, '{label: {eq: "rose"}}'),
        ({"label": {"ne": "rose"}}, '{label: {ne: "rose"}}'),
        ({"latin": {"eq": None}}, "{latin: {eq: null}}"),
        ({"latin": {"ne": None}}, "{latin: {ne: null}}"),
        ({"latin": {"isNull": True}}, "{latin: {isNull: true}}"),
        ({"latin": {"isNull": False}}, "{latin: {isNull: false}}"),
        ({"stage": {"in": ["SEED"]}}, "{stage: {in: [SEED]}}"),
        ({"stage": {"in": ["SEED", "WITHERED"]}}, "{stage: {in: [SEED, WITHERED]}}"),
        ({"stage": {"in": []}}, "{stage: {in: []}}"),
        ({"stage": {"in": "SEED"}}, "{stage: {in: SEED}}"),
        ({"stage": {"in": None}}, "{stage: {in: null}}"),
        ({"or": []}, "{or: []}"),
        ({"and": []}, "{and: []}"),
        ({"or": [{"alive": {"eq": True}}]}, "{or: [{alive: {eq: true}}]}"),
        ({"or": [{"alive": {"eq": True}}, {}]}, "{or: [{alive: {eq: true}}, {}]}"),
        ({"or": {"alive": {"eq": False}}}, "{or: {alive: {eq: false}}}"),
        ({"not": {"alive": {"eq": True}}}, "{not: {alive: {eq: true}}}"),
        ({"bed": {"title": {"isNull": False}}}, "{bed: {title: {isNull: false}}}"),
        ({"height": {"gt": 1}}, "{height: {gt: 1}}"),
        ({"height": {"gte": 1, "lt": 30}}, "{height: {gte: 1, lt: 30}}"),
    ]
    orders: list[tuple[Any, str]] = [
        (None, "null"),
        ([], "[]"),
        ([{"field": "LABEL"}], "[{field: LABEL}]"),
        ([{"field": "PRICE"}], "[{field: PRICE}]"),
        ([{"field": "PRICE", "direction": "DESC"}], "[{field: PRICE, direction: DESC}]"),
        ({"field": "PRICE", "direction": "ASC"}, "{field: PRICE, direction: ASC}"),
        (
            [{"field": "PRICE", "direction": None}, {"field": "LABEL"}],
            "[{field: PRICE, direction: null}, {field: LABEL}]",
        ),
    ]
    for first in (3, 2, 0, 500):
        for given_filter, literal_filter in filters:
            for order, literal_order in orders[:: 1 if first == 3 else 3]:
                call = f"plants(filter: {literal_filter}, orderBy: {literal_order}, first: {first})"
                written = f"{{ {call} {{ nodes {{ id }} }} }}"
                expected = await _ask(executor, caller, written)
                assert expected == await _ask(executor, caller, query, f=given_filter, o=order, n=first), written
    assert await _ask(executor, caller, query) == await _ask(executor, caller, query, f=None, o=None, n=None)


async def test_variables_within_literals_are_no_constants(executor: Executor, caller: Caller) -> None:
    query = """query($a: String!, $b: [String!]!) {
        plants(filter: {label: {in: [$a, "rose"]}}) { nodes { label } }
        beds(filter: {title: {in: $b}}) { nodes { title } } }"""
    for label in ("玫瑰", "a", "no such plant", "Đặng"):
        data = await _ask(executor, caller, query, a=label, b=[label])
        assert {label, "rose"} >= {each["label"] for each in data["plants"]["nodes"]}
        total = await _ask(
            executor, caller, "query($l: String!) { plants(filter: {label: {eq: $l}}) { totalCount } }", l=label
        )
        assert total["plants"]["totalCount"] == sum(label == each["label"] for each in data["plants"]["nodes"])


async def test_ids_of_every_type_in_one_variable(executor: Executor, caller: Caller, garden: Garden) -> None:
    query = "query($id: ID!) { node(id: $id) { __typename id ... on Plant { label } ... on Bed { title } } }"
    for _ in range(2):
        for name in NAMES:
            own = f"{name}_{garden.ids[name][0]}"
            node = (await _ask(executor, caller, query, id=own))["node"]
            assert (name, own) == (node["__typename"], node["id"])
            wrong = NAMES[NAMES.index(name) - 1]
            assert {"node": None} == await _ask(executor, caller, query, id=f"{wrong}_{garden.ids[name][0]}")


async def test_included_and_skipped(executor: Executor, caller: Caller, garden: Garden) -> None:
    query = """query($a: Boolean!, $b: Boolean!) { beds(first: 1) { nodes { __typename
        title @include(if: $a) id @skip(if: $b) } } }"""
    for include in (True, False, True):
        for skip in (False, True):
            (node,) = (await _ask(executor, caller, query, a=include, b=skip))["beds"]["nodes"]
            expected = ["__typename"] + (["title"] if include else []) + ([] if skip else ["id"])
            assert expected == list(node)


async def test_callers_do_not_share_plans_that_they_may_not(executor: Executor, house: Host, garden: Garden) -> None:
    query = "{ gardeners { totalCount nodes { id name bornOn } } }"
    everybody = dict.fromkeys(NAMES, EVERYWHERE)
    person = garden.ids["Gardener"][2]
    nowhere, own = Scopes(frozenset()), Scopes(frozenset({"self"}))
    full = Caller(garden.space, access=access_of(everybody))
    modest = Caller(garden.space, access=access_of(everybody, {"Gardener": {"born_on": nowhere}}))
    alone = Caller(garden.space, persons=(person,), access=access_of({"Gardener": own}))
    other = Caller(garden.space, persons=(garden.ids["Gardener"][3],), access=access_of({"Gardener": own}))
    nobody = Caller(garden.space, access=access_of({}))
    for _ in range(2):
        assert 9 == (await _ask(executor, full, query))["gardeners"]["totalCount"]
        data = await _ask(executor, modest, query)
        assert {None} == {each["bornOn"] for each in data["gardeners"]["nodes"]}
        for caller in (alone, other):  # one plan, and each has rows of their own
            (row,) = (await _ask(executor, caller, query))["gardeners"]["nodes"]
            assert f"Gardener_{caller.persons[0]}" == row["id"]
        assert {"gardeners": None} == await _ask(executor, nobody, query)
        assert any(each["bornOn"] for each in (await _ask(executor, full, query))["gardeners"]["nodes"])


async def test_spaces_share_plans_and_nothing_else(
    executor: Executor, house: Host, garden: Garden, other_garden: Garden
) -> None:
    query = "query($f: PlantFilter) { plants(filter: $f, first: 500) { totalCount nodes { id bed { id } } } }"
    one, two = house.system_caller(garden.space), house.system_caller(other_garden.space)
    assert one.access.key == two.access.key
    for _ in range(2):
        for caller, own in ((one, garden), (two, other_garden)):
            plants = (await _ask(executor, caller, query))["plants"]
            assert {f"Plant_{each}" for each in own.ids["Plant"]} == {each["id"] for each in plants["nodes"]}
            assert {f"Bed_{each}" for each in own.ids["Bed"]} >= {each["bed"]["id"] for each in plants["nodes"]}
    foreign = {"id": {"in": [f"Plant_{each}" for each in other_garden.ids["Plant"]]}}
    assert 0 == (await _ask(executor, one, query, f=foreign))["plants"]["totalCount"]


async def test_many_at_once(executor: Executor, house: Host, garden: Garden, other_garden: Garden) -> None:
    query = "query($id: ID!, $n: Int) { plant(id: $id) { id bed { id } } plants(first: $n) { nodes { id } } }"
    callers = [house.system_caller(garden.space), house.system_caller(other_garden.space)]
    gardens = [garden, other_garden]

    async def ask(number: int) -> None:
        which = number % 2
        plant = gardens[which].ids["Plant"][number % 36]
        data = await _ask(executor, callers[which], query, id=f"Plant_{plant}", n=number % 7)
        assert f"Plant_{plant}" == data["plant"]["id"]
        assert number % 7 == len(data["plants"]["nodes"])
        own = {f"Plant_{each}" for each in gardens[which].ids["Plant"]}
        assert own >= {each["id"] for each in data["plants"]["nodes"]}

    await asyncio.gather(*(ask(number) for number in range(200)))


async def test_following_cursors_meets_every_row_once(executor: Executor, caller: Caller) -> None:
    fields = ("LABEL", "LATIN", "PRICE", "PLANTED_ON", "SEEN", "STAGE", "WATERED_AT", "ALIVE", "HEIGHT", "WORTH")
    for field in fields:
        for direction in ("ASC", "DESC"):
            order = f"orderBy: [{{field: {field}, direction: {direction}}}]"
            whole = (await _ask(executor, caller, f"{{ plants(first: 500, {order}) {{ nodes {{ id }} }} }}"))["plants"]
            for page, way, more, edge in (
                ("first: 7", "after", "hasNextPage", "endCursor"),
                ("last: 7", "before", "hasPreviousPage", "startCursor"),
            ):
                query = f"""query($c: String) {{ plants({page}, {way}: $c, {order}) {{
                    nodes {{ id }} pageInfo {{ {more} {edge} }} }} }}"""
                met: list[Any] = []
                cursor = None
                while True:
                    plants = (await _ask(executor, caller, query, c=cursor))["plants"]
                    met = met + plants["nodes"] if way == "after" else plants["nodes"] + met
                    cursor = plants["pageInfo"][edge]
                    if not plants["pageInfo"][more]:
                        break
                assert whole["nodes"] == met


# What only looks like a cursor or an id ------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_LIKE_TERMS = st.lists(
    st.none() | st.sampled_from(["7.250", "seed", "NaN", "1e9", "{", "2026-01-01", str(UUID(int=1))])
)
_CURSORS = st.one_of(
    st.text(),
    st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode()),
    st.one_of(_JSON, _LIKE_TERMS).map(lambda value: base64.b64encode(json.dumps(value).encode()).decode()),
    st.integers(1, 9000).map(lambda depth: base64.b64encode(b"[" * depth).decode()),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(cursor=_CURSORS, order=st.sampled_from(["LABEL", "PRICE", "WATERED_AT", "ALIVE", "SEEN"]))
async def test_no_cursor_is_an_accident(executor: Executor, caller: Caller, cursor: str, order: str) -> None:
    query = f"query($c: String) {{ plants(after: $c, orderBy: [{{field: {order}}}]) {{ nodes {{ id }} }} }}"
    assert (await _codes(executor, caller, query, c=cursor)) <= {"BAD_USER_INPUT"}


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.one_of(
        st.text(),
        st.builds(
            "{}_{}".format, st.sampled_from(["Plant", "Bed", "plant", "PLANT", "Query", "Viewer", ""]), st.uuids()
        ),
        st.builds("Plant_{}".format, st.text(alphabet="0123456789abcdef-{}", min_size=36, max_size=36)),
        st.uuids().map(lambda value: f"Plant_{value.hex}----"),
        st.uuids().map(lambda value: f"Plant_{{{str(value)[:34]}}}"),
    )
)
async def test_no_id_is_an_accident(executor: Executor, caller: Caller, text: str) -> None:
    query = """query($id: ID!) {
        node(id: $id) { id } plant(id: $id) { id } plants(filter: {id: {in: [$id]}}) { totalCount } }"""
    if "\0" in text:
        assert {"BAD_USER_INPUT"} == await _codes(executor, caller, query, id=text)
    else:
        data = await _ask(executor, caller, query, id=text)
        assert {"node": None, "plant": None, "plants": {"totalCount": 0}} == data
