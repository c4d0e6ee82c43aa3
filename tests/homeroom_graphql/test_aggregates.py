"""Aggregates: what two schools, closed fields and logged reads keep apart, and errors by name.

That groups, sums and orders are right is compared with a second interpreter; see test_differential.
"""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest
from garden.planting import Garden
from garden.tables import Harvest, Plant
from reference.callers import access_of

from homeroom.callers import Caller
from homeroom.declared import resource_faults
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.permissions import Scopes
from homeroom.resources import EVERYTHING, Resource, computed, extend, resource, statistics
from homeroom.resources.grouping import groupings_of, numbers_of
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

EVERYWHERE, NOWHERE = Scopes(frozenset({"school"})), Scopes(frozenset())
SIX = ("BED", "STAGE", "ALIVE", "LATIN", "HEIGHT", "PLANTED_ON")
NAMES = ("Gardener", "Bed", "Duty", "Plant", "Harvest")


async def _ask(executor: Executor, caller: Caller, query: str, **variables: Any) -> Any:
    answer = json.loads(await executor.execute(caller, query, variables))
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def _refused(executor: Executor, caller: Caller, query: str, **variables: Any) -> str:
    with pytest.raises(RequestError) as caught:
        await executor.execute(caller, query, variables)
    return str(caught.value.errors[0]["extensions"]["code"])


def _caller(garden: Garden, fields: dict[str, dict[str, Scopes]] | None = None, **resources: Scopes) -> Caller:
    return Caller(garden.space, access=access_of(dict.fromkeys(NAMES, EVERYWHERE) | resources, fields))


async def test_groups_come_with_each_variable(executor: Executor, house: Host, garden: Garden) -> None:
    """What a variable groups and orders by is no constant of the plan."""
    caller = house.system_caller(garden.space)
    query = """query($by: [PlantGroupBy!], $order: [PlantAggregateOrder!], $n: Int, $skip: Int) {
        plantsAggregate(groupBy: $by, orderBy: $order, first: $n, offset: $skip) {
            totalCount groups { count key { stage alive bed { id } } } } }"""
    for by, shown in (
        (["STAGE"], {"stage"}),
        (["ALIVE"], {"alive"}),
        (["BED", "STAGE"], {"bed", "stage"}),
        (None, set()),
    ):
        fields = None if by is None else [{"field": each} for each in by]
        for direction in ("ASC", "DESC"):
            order = [{"measure": "COUNT", "direction": direction}]
            whole = (await _ask(executor, caller, query, by=fields, order=order))["plantsAggregate"]
            counts = [each["count"] for each in whole["groups"]]
            assert sorted(counts, reverse=direction == "DESC") == counts
            assert 36 == sum(counts)
            assert shown == {
                name for each in whole["groups"] for name, value in each["key"].items() if value is not None
            }
            part = (await _ask(executor, caller, query, by=fields, order=order, n=2, skip=1))["plantsAggregate"]
            assert {"totalCount": whole["totalCount"], "groups": whole["groups"][1:3]} == part


async def test_a_school_counts_its_own(executor: Executor, house: Host, garden: Garden, other_garden: Garden) -> None:
    query = """{ harvestsAggregate { groups { count } }
        plantsAggregate(groupBy: [{field: BED}]) { groups { count key { bed { id } } } } }"""
    for own in (garden, other_garden, garden):
        data = await _ask(executor, house.system_caller(own.space), query)
        assert [{"count": 40}] == data["harvestsAggregate"]["groups"]
        beds = {each["key"]["bed"]["id"]: each["count"] for each in data["plantsAggregate"]["groups"]}
        assert {f"Bed_{each}" for each in own.ids["Bed"]} >= set(beds)
        assert 36 == sum(beds.values())
    foreign = [f"Plant_{each}" for each in other_garden.ids["Plant"]]
    asked = "query($f: PlantFilter) { plantsAggregate(filter: $f) { groups { count sum { price } } } }"
    data = await _ask(executor, house.system_caller(garden.space), asked, f={"id": {"in": foreign}})
    assert [{"count": 0, "sum": {"price": None}}] == data["plantsAggregate"]["groups"]


@pytest.mark.parametrize(
    ("arguments", "closed"),
    [
        ("(groupBy: [{field: STAGE}])", "Plant.stage"),
        ("(groupBy: [{field: STAGE_OF}])", ""),
        ("(groupBy: [{field: BED}], orderBy: [{measure: AVERAGE, of: PRICE}])", "Plant.price"),
        ("(having: {sum: {price: {gt: 0}}})", "Plant.price"),
        ("(filter: {price: {gt: 0}})", "Plant.price"),
        ('(filter: {bed: {title: {eq: "a"}}})', "Bed.title"),
    ],
)
async def test_by_what_is_closed_nothing_is_grouped_chosen_or_ordered(
    executor: Executor, garden: Garden, arguments: str, closed: str
) -> None:
    caller = _caller(garden, {"Plant": {"price": NOWHERE, "stage": NOWHERE}, "Bed": {"title": NOWHERE}})
    query = f"{{ plantsAggregate{arguments} {{ totalCount groups {{ count }} }} }}"
    if not closed:
        assert "GRAPHQL_VALIDATION_FAILED" == await _refused(executor, caller, query)
        return
    answer = json.loads(await executor.execute(caller, query, {}))
    assert {"plantsAggregate": None} == answer["data"]
    assert [(["plantsAggregate"], closed)] == [(e["path"], e["extensions"]["field"]) for e in answer["errors"]]


async def test_what_is_closed_has_no_sum(executor: Executor, garden: Garden) -> None:
    caller = _caller(garden, {"Plant": {"price": NOWHERE}})
    query = "{ plantsAggregate { groups { count sum { price height } min { price } } } }"
    answer = json.loads(await executor.execute(caller, query, {}))
    (group,) = answer["data"]["plantsAggregate"]["groups"]
    assert group["sum"]["price"] is None
    assert group["min"]["price"] is None
    assert group["sum"]["height"]
    assert ["Plant.price"] * 2 == [each["extensions"]["field"] for each in answer["errors"]]


async def test_of_rows_of_no_concern_nothing_is_counted(executor: Executor, house: Host, garden: Garden) -> None:
    """A gardener on duty at some beds has the numbers of these, and no name of a bed elsewhere."""
    query = """{
        plantsAggregate(groupBy: [{field: BED}]) { totalCount groups { count sum { price } key { bed { id } } } }
        plants(first: 500) { totalCount nodes { price bed { id } } }
        harvestsAggregate(groupBy: [{field: BED}, {field: STAGE}]) { groups { count key { bed { id } stage } } } }"""
    own = Scopes(frozenset({"own_bed"}))
    counts = set()
    for person in garden.ids["Gardener"]:
        scopes = dict.fromkeys(NAMES, EVERYWHERE) | {"Plant": own, "Bed": own}
        data = await _ask(executor, Caller(garden.space, persons=(person,), access=access_of(scopes)), query)
        rows = data["plants"]["nodes"]
        for group in data["plantsAggregate"]["groups"]:
            mine = [each["price"] for each in rows if each["bed"] == group["key"]["bed"]]
            assert len(mine) == group["count"]
            assert sum(Decimal(each) for each in mine if each) == Decimal(group["sum"]["price"] or 0)
        counts.add(data["plants"]["totalCount"])
        assert data["plants"]["totalCount"] == sum(each["count"] for each in data["plantsAggregate"]["groups"])
        # Harvests are seen everywhere, the plants that they come from are not.
        seen = {each["bed"]["id"] for each in rows}
        harvested = data["harvestsAggregate"]["groups"]
        assert 40 == sum(each["count"] for each in harvested)
        assert seen >= {each["key"]["bed"]["id"] for each in harvested if each["key"]["bed"]}
    assert len(counts) > 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("orderBy: [{key: STAGE}]", "BAD_USER_INPUT"),
        ("orderBy: [{direction: DESC}]", "BAD_USER_INPUT"),
        ("orderBy: [{measure: SUM}]", "BAD_USER_INPUT"),
        ("orderBy: [{measure: COUNT, of: PRICE}]", "BAD_USER_INPUT"),
        ("orderBy: [{measure: SUM, of: PLANTED_ON}]", "BAD_USER_INPUT"),
        ("groupBy: [{field: STAGE}, {field: STAGE}]", "BAD_USER_INPUT"),
        ("groupBy: [{field: STAGE, by: MONTH}]", "BAD_USER_INPUT"),
        ("offset: -1", "BAD_USER_INPUT"),
        ("first: 501", "BAD_USER_INPUT"),
        ("groupBy: [{field: LABEL}]", "GRAPHQL_VALIDATION_FAILED"),
        (f"groupBy: [{', '.join(f'{{field: {name}}}' for name in SIX)}]", "TOO_COMPLEX"),
        (f"orderBy: [{', '.join(['{measure: COUNT}'] * 11)}]", "TOO_COMPLEX"),
    ],
)
async def test_what_cannot_be_asked(executor: Executor, house: Host, garden: Garden, arguments: str, code: str) -> None:
    query = f"{{ plantsAggregate({arguments}) {{ totalCount }} }}"
    assert code == await _refused(executor, house.system_caller(garden.space), query)


async def test_an_aggregate_costs_more_than_an_object(executor: Executor, house: Host, garden: Garden) -> None:
    caller = house.system_caller(garden.space)
    rows = "{ nodes { plants(first: 499) { nodes { id } } } }"  # 250,000 objects with 500 rows around
    lists = " ".join(f"k{number}: beds(first: 500) {rows}" for number in range(3))
    whole = "plantsAggregate(first: 1) { groups { count } }"
    assert await _ask(executor, caller, f"{{ {lists} l: beds(first: 499) {rows} {whole} }}")
    more = " ".join(f"a{number}: {whole}" for number in range(5))
    assert "TOO_COMPLEX" == await _refused(executor, caller, f"{{ {lists} l: beds(first: 499) {rows} {more} }}")


# Reads that are logged ----------------------------------------------------------------------------------


async def _kept(house: Host, garden: Garden) -> list[tuple[Any, set[str]]]:
    """Of each kept read, what it was found by and the rows."""
    async with house.database.transaction(garden.space.id) as transaction:
        found = await transaction.fetch(
            "SELECT e.arguments::text AS asked, array_agg(l.row_id::text) FILTER (WHERE l.id IS NOT NULL) AS rows"
            " FROM audit_entry e LEFT JOIN audit_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id"
            " WHERE e.command = 'audit.read' GROUP BY e.id, e.arguments ORDER BY e.id"
        )
    return [(json.loads(each["asked"] or "null"), set(each["rows"] or ())) for each in found]


async def test_logged_reads_stay_logged(executor: Executor, house: Host, own_garden: Garden) -> None:
    """An aggregate by a logged field is kept by name; a group of few rows with these rows."""
    space = dataclasses.replace(own_garden.space, logged=frozenset({"Plant.price"}))
    caller = dataclasses.replace(_caller(own_garden), space=space)
    one = own_garden.ids["Plant"][0]
    asked = "query($f: PlantFilter) { plantsAggregate(filter: $f) { groups { count max { price height } } } }"
    data = await _ask(executor, caller, asked)
    assert 36 == data["plantsAggregate"]["groups"][0]["count"]
    assert [({"found_by": ["Plant.price"]}, set())] == await _kept(house, own_garden)
    await _ask(executor, caller, asked, f={"id": {"eq": f"Plant_{one}"}})
    assert ({"found_by": ["Plant.price"]}, {str(one)}) == (await _kept(house, own_garden))[-1]
    found = (
        "{ plantsAggregate(filter: {price: {lt: -1}}, groupBy: [{field: STAGE}]) { groups { count key { stage } } } }"
    )
    data = await _ask(executor, caller, found)
    cheap = "{ plants(filter: {price: {lt: -1}}, first: 500) { nodes { id } } }"
    ids = {each["id"].removeprefix("Plant_") for each in (await _ask(executor, caller, cheap))["plants"]["nodes"]}
    assert 0 < len(ids) <= 10
    assert [({"found_by": ["Plant.price"]}, ids)] * 2 == (await _kept(house, own_garden))[2:]
    await _ask(executor, caller, "{ plantsAggregate(groupBy: [{field: STAGE}]) { groups { count } } }")
    assert 4 == len(await _kept(house, own_garden))


# Declarations -------------------------------------------------------------------------------------------


def _plant(*parts: Any, **more: Any) -> Resource:
    return resource(Plant, *parts, scopes={"school": EVERYTHING}, **more)


def test_texts_and_what_is_sensitive_are_in_no_statistics() -> None:
    plain = groupings_of(_plant(), {})
    assert {"stage", "alive"} <= set(plain)
    assert {"planted_on", "watered_at"} <= set(plain)
    assert not {"label", "latin", "notes", "tags", "height", "bed", "version"} & set(plain)
    assert {"price", "seen", "height"} == {each.name for each in numbers_of(_plant())}
    closed = _plant(sensitive=("stage", "height"), statistics=statistics(without=("seen", "planted_on")))
    assert not {"stage", "planted_on"} & set(groupings_of(closed, {}))
    assert {"price"} == {each.name for each in numbers_of(closed)}


def test_what_another_plugin_adds_is_in_the_statistics() -> None:
    added = extend(
        Plant, computed("tall", "Boolean", "{row}.height > 1"), computed("weight", "Decimal", "1"),
        computed("nick", "String", "'x'"), group_by={"nick": "nick"},
    )  # fmt: skip
    made = _plant().with_extension(added)
    assert {"tall", "nick", "stage"} <= set(groupings_of(made, {}))
    assert "weight" in {each.name for each in numbers_of(made)}
    assert not [*resource_faults(added, {made.table: made})]


@pytest.mark.parametrize(
    ("group_by", "fault"),
    [
        ({"x": "plant.nothing"}, "Plant has no field or relation nothing to group by"),
        ({"x": "plant.bed.nobody.x"}, "Bed has no relation nobody to one row"),
        ({"x": "plant.notes"}, "rows cannot be grouped by Plant.notes, a JSON"),
        ({"x": "plant.latin"}, "Plant.latin is sensitive"),
    ],
)
def test_a_wrong_way_is_found_when_the_host_starts(group_by: dict[str, str], fault: str) -> None:
    from garden.resources import bed

    plant = _plant(sensitive=("latin",))
    harvest = resource(Harvest, scopes={"school": EVERYTHING}, statistics=statistics(group_by))
    by_table = {each.table: each for each in (bed, plant, harvest)}
    assert [f"{harvest.table}, statistics, x: {fault}"] == [*resource_faults(harvest, by_table)]


def test_what_a_resource_has_not_is_in_no_statistics() -> None:
    for wrong in (statistics(("nobody",)), statistics(without=("nobody",))):
        with pytest.raises(ConfigurationError, match="which it has not"):
            _plant(statistics=wrong)
