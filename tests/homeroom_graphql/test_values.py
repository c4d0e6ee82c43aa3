"""Commands that answer with a declared value, and computed queries: what they show, to whom, and what they may do."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import strawberry
from garden.planting import Garden
from graphql import GraphQLSchema, print_type

from homeroom import Context, command, query
from homeroom.callers import Caller
from homeroom.declared import command_faults, query_faults
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom.values import value_faults
from homeroom_graphql.executor import Executor

REPORT = """query($bed: ID!, $stages: [Stage!], $more: Boolean = true) {
    bedReport(bed: $bed, stages: $stages, options: {a: [1, {b: null}]}) {
        __typename bed called: title worth oldest options
        stages { ...Counted } } }
    fragment Counted on StageCount { __typename stage n: plants @include(if: $more) }"""


@pytest.fixture
def caller(house: Host, own_garden: Garden) -> Caller:
    """Somebody who may do everything."""
    return house.system_caller(own_garden.space)


async def _ask(executor: Executor, caller: Caller, query: str, **variables: Any) -> Any:
    return json.loads(await executor.execute(caller, query, variables))


async def _count(house: Host, garden: Garden, sql: str, *args: Any) -> Any:
    async with house.database.transaction(garden.space.id) as transaction:
        return await transaction.fetchval(sql, *args)


def test_types_are_declared_once_and_described(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    field = schema.query_type.fields["bedReport"]
    assert "BedReport" == str(field.type)
    assert {"bed": "ID!", "stages": "[Stage!]", "most": "Decimal", "options": "JSON"} == {
        name: str(each.type) for name, each in field.args.items()
    }
    assert ("Only these stages.", "What grows in a bed.\n\nPermission: `garden.bed.report`.") == (
        field.args["stages"].description,
        field.description,
    )
    assert print_type(schema.type_map["StageCount"]) == (
        '"""How many plants are in a stage."""\ntype StageCount {\n  """The stage."""\n  stage: Stage!\n\n'
        '  """How many."""\n  plants: Int!\n}'
    )
    assert "  result: TakenStock\n" in print_type(schema.type_map["TakeStockPayload"])


async def test_a_computed_query(executor: Executor, caller: Caller, own_garden: Garden, house: Host) -> None:
    bed = own_garden.ids["Bed"][0]
    answer = await _ask(executor, caller, REPORT, bed=f"Bed_{bed}")
    report = answer["data"]["bedReport"]
    expected = await _count(
        house, own_garden, "SELECT json_object_agg(upper(stage), n) FROM (SELECT stage, count(*) AS n"
        " FROM garden_plant WHERE bed_id = $1 AND stage IS NOT NULL GROUP BY stage) s", bed
    )  # fmt: skip
    assert json.loads(expected) == {each["stage"]: each["n"] for each in report["stages"]}
    assert ("BedReport", f"Bed_{bed}", {"a": [1, {"b": None}]}) == (
        report["__typename"], report["bed"], report["options"],
    )  # fmt: skip
    assert list(report) == ["__typename", "bed", "called", "worth", "oldest", "options", "stages"]
    some = await _ask(executor, caller, REPORT, bed=f"Bed_{bed}", stages=["SEED"], more=False)
    assert {"SEED"} >= {each["stage"] for each in some["data"]["bedReport"]["stages"]}
    assert all({"__typename", "stage"} == each.keys() for each in some["data"]["bedReport"]["stages"])


async def test_a_type_of_strawberry(executor: Executor, caller: Caller, schema: GraphQLSchema) -> None:
    assert print_type(schema.type_map["Rain"]) == (
        '"""Rain at a station."""\ntype Rain {\n  station: ID!\n\n  """How much fell."""\n  fell: Int!\n}'
    )
    answer = await _ask(executor, caller, "{ rainOf { __typename fell station } }")
    assert [("Rain", 3, "north"), ("Rain", 0, "south")] == [tuple(each.values()) for each in answer["data"]["rainOf"]]


async def test_beside_rows_and_the_schema(executor: Executor, caller: Caller, own_garden: Garden) -> None:
    document = """query($bed: ID!, $n: Int) {
        beds(first: $n) { totalCount } a: bedReport(bed: $bed) { title } __typename
        __type(name: "BedReport") { name } b: bedReport(bed: $bed, most: -1) { title } bed(id: $bed) { title } }"""
    for n in (1, 2):
        answer = await _ask(executor, caller, document, bed=f"Bed_{own_garden.ids['Bed'][0]}", n=n)
        data = answer["data"]
        assert ["beds", "a", "__typename", "__type", "b", "bed"] == list(data)
        assert data["a"] == data["bed"]
        assert data["b"] is None
        (error,) = answer["errors"]
        assert (["b"], "INVALID", "most") == (error["path"], error["extensions"]["code"], error["extensions"]["field"])


async def test_who_may_ask_and_about_what(
    own_garden: Garden, other_garden: Garden, people: People, house: Host
) -> None:
    async def code(client: Client, bed: UUID) -> str | None:
        answer = (await client.post(REPORT, {"bed": f"Bed_{bed}"})).json()
        assert (answer["data"]["bedReport"] is None) == ("errors" in answer)
        return answer["errors"][0]["extensions"]["code"] if "errors" in answer else None

    keeper, visitor = await people(own_garden.space, "keeper"), await people(own_garden.space, "visitor")
    own, other = own_garden.ids["Bed"][0], other_garden.ids["Bed"][0]
    assert [None, "NOT_FOUND", "NOT_FOUND", "FORBIDDEN"] == [
        await code(keeper, own), await code(keeper, other), await code(keeper, UUID(int=5)), await code(visitor, own),
    ]  # fmt: skip
    looks = "SELECT count(*) FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id WHERE e.command = $1"
    assert 1 == await _count(house, own_garden, looks, "garden.bed.report"), "what is noted as seen is in the audit"


async def test_a_query_cannot_write(executor: Executor, caller: Caller, own_garden: Garden, house: Host) -> None:
    document = "query($bed: ID!) { readAndWrite(bed: $bed) }"
    answer = await _ask(executor, caller, document, bed=f"Bed_{own_garden.ids['Bed'][0]}")
    assert ("INTERNAL", {"readAndWrite": None}) == (answer["errors"][0]["extensions"]["code"], answer["data"])
    assert 0 == await _count(house, own_garden, "SELECT count(*) FROM garden_bed WHERE title = 'spoiled'")


async def test_an_answer_that_was_not_declared(executor: Executor, caller: Caller) -> None:
    answer = await _ask(executor, caller, "{ askWrongly beds { totalCount } }")
    assert (None, "INTERNAL") == (answer["data"]["askWrongly"], answer["errors"][0]["extensions"]["code"])
    assert answer["data"]["beds"]


async def test_a_command_answers_with_a_value(
    executor: Executor, caller: Caller, own_garden: Garden, house: Host
) -> None:
    document = """mutation($input: TakeStockInput!) { takeStock(input: $input) {
        result { beds first plants { stage plants } } again: result { beds } errors { code field } } }"""
    taken = (await _ask(executor, caller, document, input={"idempotencyKey": "k"}))["data"]["takeStock"]
    assert ([], len(own_garden.ids["Bed"])) == (taken["errors"], taken["result"]["beds"])
    assert taken["again"] == {"beds": taken["result"]["beds"]}
    assert taken["result"]["first"].startswith("Bed_")
    assert 0 < sum(each["plants"] for each in taken["result"]["plants"])
    # The first call's answer is kept, whatever has changed since.
    await _ask(executor, caller, 'mutation { digBed(input: {title: "x"}) { errors { code } } }')
    repeated = (await _ask(executor, caller, document, input={"idempotencyKey": "k"}))["data"]["takeStock"]
    assert taken == repeated
    refused = (await _ask(executor, caller, document, input={"refuse": True}))["data"]["takeStock"]
    assert {"result": None, "again": None, "errors": [{"code": "INVALID", "field": "refuse"}]} == refused


def test_what_cannot_be_declared() -> None:
    @command("garden.odd")
    async def odd(context: Context) -> set[int]:
        """Answer oddly."""
        return set()

    @query("garden.odd.query")
    async def odd_query(context: Context) -> dict[str, int] | str:
        """Answer oddly."""
        return ""

    @strawberry.type
    class Resolved:
        """A value that would be made while it is shown."""

        @strawberry.field
        def late(self) -> int:
            return 1

    assert ["Resolved.late: a field of a declared value has no resolver"] == list(value_faults(Resolved, {}))
    assert ["garden.odd returns: a value of the type set[int] cannot be answered"] == list(command_faults(odd, {}))
    assert ["garden.odd.query returns"] == [each.split(":")[0] for each in query_faults(odd_query, {})]
    with pytest.raises(ConfigurationError, match="annotate what"):

        @query("garden.nothing")
        async def nothing(context: Context) -> None:
            """Answer nothing."""
