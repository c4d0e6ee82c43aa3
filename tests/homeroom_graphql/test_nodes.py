"""Rows of several types by their ids, in one list."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from garden.planting import Garden
from reference.callers import access_of

from homeroom.callers import Caller
from homeroom.host import Host
from homeroom.permissions import Scopes
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

QUERY = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
    ... on Gardener { name greeting } ... on Plant { label name: label bed { id } }
    ... on Bed { greeting: title } } }"""


@pytest.fixture
def caller(house: Host, garden: Garden) -> Caller:
    """Somebody who may do everything."""
    return house.system_caller(garden.space)


async def _ask(executor: Executor, caller: Caller, query: str, **variables: Any) -> Any:
    return json.loads(await executor.execute(caller, query, variables))


async def test_rows_come_in_the_order_of_their_ids(
    executor: Executor, caller: Caller, garden: Garden, other_garden: Garden
) -> None:
    def row(name: str, index: int) -> str:
        return f"{name}_{garden.ids[name][index]}"

    absent = [f"Plant_{other_garden.ids['Plant'][0]}", f"Bed_{garden.ids['Plant'][0]}", "Plant_1", "", "Nobody_1"]
    lists = [
        [row("Plant", 0), row("Gardener", 1), *absent, row("Bed", 0), row("Gardener", 0), row("Plant", 0)],
        [row("Gardener", 2)],
        [row("Gardener", 0), row("Gardener", 1), row("Gardener", 2)],
        [row("Bed", 1), row("Plant", 3)],
        absent,
        [],
    ]
    for _ in range(2):
        for ids in lists:
            answer = await _ask(executor, caller, QUERY, ids=ids)
            assert "errors" not in answer
            nodes = answer["data"]["nodes"]
            assert [None if each in absent else each for each in ids] == [each and each["id"] for each in nodes]
            for each in filter(None, nodes):
                single = QUERY.replace("$ids: [ID!]!", "$id: ID!").replace("nodes(ids: $ids)", "node(id: $id)")
                assert (await _ask(executor, caller, single, id=each["id"]))["data"]["node"] == each
    written = (
        f'{{ nodes(ids: ["{lists[0][0]}", "{lists[0][1]}"]) {{ id }} one: nodes(ids: "{row("Bed", 0)}") {{ id }} }}'
    )
    data = (await _ask(executor, caller, written))["data"]
    assert (lists[0][:2], [row("Bed", 0)]) == ([each["id"] for each in data["nodes"]], [data["one"][0]["id"]])


async def test_what_may_not_be_read_is_null_and_reported(executor: Executor, garden: Garden) -> None:
    caller = Caller(garden.space, access=access_of({"Plant": Scopes(frozenset({"school"}))}))
    ids = [f"{name}_{garden.ids[name][0]}" for name in ("Plant", "Gardener")]
    answer = await _ask(executor, caller, QUERY, ids=ids)
    assert [ids[0], None] == [each and each["id"] for each in answer["data"]["nodes"]]
    assert {"Gardener", "Bed"} == {each["extensions"]["field"] for each in answer["errors"]}
    assert [["nodes"]] * 2 == [each["path"] for each in answer["errors"]]


async def test_long_lists_are_refused(executor: Executor, caller: Caller) -> None:
    deep = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Bed { plants(first: 100) { nodes { harvests(first: 50)
        { nodes { id } } } } } } }"""
    for count, code in ((2, None), (501, "BAD_USER_INPUT"), (400, "TOO_COMPLEX"), (3, None)):
        ids = [f"Bed_{UUID(int=number)}" for number in range(count)]
        try:
            await executor.execute(caller, deep, {"ids": ids})
            found = None
        except RequestError as error:
            found = error.errors[0]["extensions"]["code"]
        assert code == found, count
