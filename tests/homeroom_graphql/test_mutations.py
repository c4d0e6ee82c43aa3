"""Mutations: what they answer, what they refuse, and that a refusal leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from garden.planting import NOW, Garden
from reference.callers import access_of

from homeroom.callers import Caller
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.permissions import Scopes
from homeroom.testing import People
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

EVERYWHERE = Scopes(frozenset({"school"}))
_TABLES = ("garden_gardener", "garden_bed", "garden_plant", "audit_entry", "audit_line")
PLANT = """mutation($input: PlantManyInput!) { plantMany(input: $input) {
    plants { id label price stage tags bed { id } } errors { code message field row } } }"""


@dataclass
class Keeper:
    """Somebody in a garden of the test's own."""

    house: Host
    executor: Executor
    garden: Garden
    caller: Caller

    async def ask(self, query: str, caller: Caller | None = None, **variables: Any) -> Any:
        """The response as JSON."""
        return json.loads(await self.executor.execute(caller or self.caller, query, variables, None))

    async def codes(self, query: str) -> set[str]:
        """The codes of the errors, whether or not it was executed."""
        try:
            errors = (await self.ask(query)).get("errors", ())
        except RequestError as error:
            errors = error.errors
        return {each["extensions"]["code"] for each in errors}

    async def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        async with self.house.database.transaction(self.garden.space.id) as transaction:
            return {table: await transaction.fetchval(f"SELECT count(*) FROM {table}") for table in _TABLES}

    async def rows(self, sql: str, *args: Any) -> list[Mapping[str, Any]]:
        """Rows of the space."""
        async with self.house.database.transaction(self.garden.space.id) as transaction:
            return [dict(row) for row in await transaction.fetch(sql, *args)]

    def id(self, resource: str, index: int = 0) -> str:
        """The id of a row."""
        return f"{resource}_{self.garden.ids[resource][index]}"


@pytest.fixture
def keeper(house: Host, executor: Executor, own_garden: Garden) -> Keeper:
    """The installation itself, which may do everything."""
    return Keeper(house, executor, own_garden, house.system_caller(own_garden.space))


async def test_a_command_answers_with_what_it_changed_in_the_order_given(keeper: Keeper) -> None:
    rows: list[dict[str, Any]] = [
        {"label": 'a "quoted" \\ rose', "price": "7.250", "stage": "IN_BLOOM", "tags": ["x,y", 'q"', ""]},
        {"label": "玫瑰", "price": 0.1, "tags": []},
        {"label": "plain"},
    ]
    answer = await keeper.ask(PLANT, input={"bed": keeper.id("Bed"), "rows": rows, "plantedOn": "2026-03-01"})
    assert "errors" not in answer
    payload = answer["data"]["plantMany"]
    assert [] == payload["errors"]
    bed = {"id": keeper.id("Bed")}
    assert [
        {"label": 'a "quoted" \\ rose', "price": "7.250", "stage": "IN_BLOOM", "tags": ["x,y", 'q"', ""], "bed": bed},
        {"label": "玫瑰", "price": "0.100", "stage": "SEED", "tags": [], "bed": bed},
        {"label": "plain", "price": None, "stage": "SEED", "tags": None, "bed": bed},
    ] == [{name: value for name, value in each.items() if name != "id"} for each in payload["plants"]]
    stored = await keeper.rows("SELECT label, tags FROM garden_plant ORDER BY id DESC LIMIT 3")
    assert [row["label"] for row in rows] == [row["label"] for row in reversed(stored)]


async def test_each_change_is_in_the_audit_with_its_reason(keeper: Keeper) -> None:
    before = await keeper.counts()
    answer = await keeper.ask(
        PLANT, input={"bed": keeper.id("Bed"), "rows": [{"label": "a"}, {"label": "b"}], "reason": "spring"}
    )
    after = await keeper.counts()
    assert (1, 2) == tuple(after[name] - before[name] for name in ("audit_entry", "audit_line"))
    (entry,) = await keeper.rows(
        "SELECT id, command, reason, at, login, arguments::text AS arguments FROM audit_entry WHERE reason = 'spring'"
    )
    assert ("garden.plants.plant", NOW, "system") == (entry["command"], entry["at"], entry["login"])
    assert ["a", "b"] == [row["label"] for row in json.loads(entry["arguments"])["rows"]]
    lines = await keeper.rows(
        "SELECT * FROM audit_line WHERE entry_id = $1 ORDER BY new_values ->> 'label'", entry["id"]
    )
    ids = [each["id"] for each in answer["data"]["plantMany"]["plants"]]
    assert ids == [f"Plant_{line['row_id']}" for line in lines]
    assert [("garden_plant", None), ("garden_plant", None)] == [(each["noun"], each["old_values"]) for each in lines]


async def test_a_reason_of_the_commands_own_leaves_room_for_the_audits(keeper: Keeper) -> None:
    planted = await keeper.ask(PLANT, input={"bed": keeper.id("Bed"), "rows": [{"label": each} for each in "abc"]})
    plants = [each["id"] for each in planted["data"]["plantMany"]["plants"]]
    answer = await keeper.ask(
        """mutation($a: ID!, $b: ID!, $c: CutBackInput!) {
            one: cutBack(input: {plant: $a, reason: "frost"}) { errors { code } }
            both: cutBack(input: {plant: $b, reason: "rot", auditReason: "as agreed"}) { errors { code } }
            given: cutBack(input: $c) { errors { code } } }""",
        a=plants[0],
        b=plants[1],
        c={"plant": plants[2], "reason": "mildew", "auditReason": "as agreed too"},
    )
    assert {"errors": []} == answer["data"]["one"] == answer["data"]["both"] == answer["data"]["given"]
    entries = await keeper.rows("SELECT reason FROM audit_entry WHERE command = 'garden.plant.cut_back'")
    assert {"frost", "as agreed", "as agreed too"} == {each["reason"] for each in entries}


async def test_inputs_may_be_written_out_with_variables_anywhere(keeper: Keeper) -> None:
    query = """mutation(
        $bed: ID!, $label: String!, $price: Decimal, $on: Date, $rest: [PlantRowInput!]!, $stage: Stage) {
        a: plantMany(input: {bed: $bed, plantedOn: $on, rows: [{label: $label, price: $price, stage: $stage}]}) {
            plants { label price stage plantedOn } }
        b: plantMany(input: {bed: $bed, rows: $rest}) { plants { label } }
        c: plantMany(input: {bed: $bed, rows: {label: "alone", stage: WITHERED, height: 3}}) {
            __typename plants { label stage height } errors { code } } }"""
    answer = await keeper.ask(
        query, bed=keeper.id("Bed", 1), label="l", price="1.5", on="2026-02-28", stage="IN_BLOOM", rest=[{"label": "r"}]
    )
    assert {
        "data": {
            "a": {"plants": [{"label": "l", "price": "1.500", "stage": "IN_BLOOM", "plantedOn": "2026-02-28"}]},
            "b": {"plants": [{"label": "r"}]},
            "c": {
                "__typename": "PlantManyPayload",
                "plants": [{"label": "alone", "stage": "WITHERED", "height": 3}],
                "errors": [],
            },
        }
    } == answer
    # What is left out takes its default, and one's own null counts as left out where there is one.
    answer = await keeper.ask(query, bed=keeper.id("Bed", 1), label="l", rest=[], stage=None)
    assert [{"label": "l", "price": None, "stage": "SEED", "plantedOn": None}] == answer["data"]["a"]["plants"]


async def test_a_refusal_names_field_and_row_and_leaves_nothing(keeper: Keeper) -> None:
    before = await keeper.counts()
    rows = [{"label": "good"}, {"label": " "}, {"label": "good"}, {"label": ""}]
    answer = await keeper.ask(PLANT, input={"bed": keeper.id("Bed"), "rows": rows})
    problem = {"code": "INVALID", "message": "a plant needs a label", "field": "rows.label"}
    assert {"plants": None, "errors": [{**problem, "row": 1}, {**problem, "row": 3}]} == answer["data"]["plantMany"]
    assert "errors" not in answer
    assert before == await keeper.counts()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("invalid", {"code": "INVALID", "field": "kind", "row": None}),
        ("not_found", {"code": "NOT_FOUND", "field": "kind", "row": 3}),
        ("conflict", {"code": "CONFLICT", "field": "kind", "row": None}),
    ],
)
async def test_what_was_written_before_a_refusal_is_gone(keeper: Keeper, kind: str, error: dict[str, Any]) -> None:
    before = await keeper.counts()
    query = "mutation($i: StumbleInput!) { stumble(input: $i) { plants { id } errors { code field row } } }"
    answer = await keeper.ask(query, i={"bed": keeper.id("Bed"), "kind": kind})
    assert {"data": {"stumble": {"plants": None, "errors": [error]}}} == answer
    assert before == await keeper.counts()


async def test_an_accident_tells_nothing_and_leaves_nothing(keeper: Keeper) -> None:
    before = await keeper.counts()
    query = """mutation($i: StumbleInput!, $p: GrowOneInput!) {
        stumble(input: $i) { plants { id } errors { code } } growOne(input: $p) { plant { height } } }"""
    grown = {"plant": keeper.id("Plant"), "height": 9}
    answer = await keeper.ask(query, i={"bed": keeper.id("Bed"), "kind": "accident"}, p=grown)
    assert {"stumble": None, "growOne": {"plant": {"height": 9}}} == answer["data"]
    (error,) = answer["errors"]
    assert (["stumble"], "INTERNAL") == (error["path"], error["extensions"]["code"])
    assert "secret" not in json.dumps(answer)
    after = await keeper.counts()
    assert before["garden_plant"] == after["garden_plant"]
    assert before["audit_entry"] + 1 == after["audit_entry"]


async def test_fields_run_in_order_and_each_is_independent(keeper: Keeper) -> None:
    query = """mutation($p: ID!, $bed: ID!) {
        first: growOne(input: {plant: $p, height: 5}) { plant { height version } }
        second: growOne(input: {plant: $p, height: -5}) { plant { height } errors { code } }
        third: growEverything(input: {plants: [$p]}) { plants { height version } }
        fourth: plantMany(input: {bed: $bed, rows: [{label: ""}]}) { errors { code row } }
        fifth: growOne(input: {plant: $p, height: 40, expectedVersion: 3, how: VERY_FAST}) {
            plant { height version } }
        sixth: growOne(input: {plant: $p, height: 50, expectedVersion: 3}) {
            plant { height } errors { code field } } }"""
    answer = await keeper.ask(query, p=keeper.id("Plant"), bed=keeper.id("Bed"))
    assert "errors" not in answer
    assert {
        "first": {"plant": {"height": 5, "version": 2}},
        "second": {"plant": None, "errors": [{"code": "INVALID"}]},
        "third": {"plants": [{"height": 6, "version": 3}]},
        "fourth": {"errors": [{"code": "INVALID", "row": 0}]},
        "fifth": {"plant": {"height": 40, "version": 4}},
        "sixth": {"plant": None, "errors": [{"code": "CONFLICT", "field": "plant"}]},
    } == answer["data"]
    assert list(answer["data"]) == ["first", "second", "third", "fourth", "fifth", "sixth"]


@pytest.mark.parametrize(
    ("mutation", "code"),
    [
        ('hireGardener(input: {name: "%(taken)s"})', "DUPLICATE"),
        ('hireGardener(input: {name: "%(long)s"})', "INVALID"),
        ('hireGardener(input: {name: "x", balance: 2147483648})', None),
        ('moveSteward(input: {bed: "%(bed)s", steward: "%(nobody)s"})', "NOT_FOUND"),
        ('moveSteward(input: {bed: "%(nowhere)s", steward: "%(gardener)s"})', "NOT_FOUND"),
        ('growOne(input: {plant: "%(plant)s", height: 0})', "INVALID"),
        ('growOne(input: {plant: "%(plant)s", height: 5, latin: "%(long)s"})', "INVALID"),
        ('digBed(input: {title: "x", area: "123456789.00"})', "INVALID"),
        ('digBed(input: {title: "x", area: "-100000000000000000000000000000000000000000000000000"})', "INVALID"),
        ('digBed(input: {title: "x", steward: "%(nobody)s"})', "NOT_FOUND"),
        ('digBed(input: {title: "nul\\u0000"})', None),
        ('digBed(input: {title: "x", dugAt: "2026-01-01"})', None),
        ('digBed(input: {title: "x", steward: "%(bed)s"})', None),
    ],
)
async def test_what_postgresql_refuses_is_a_refusal(keeper: Keeper, mutation: str, code: str | None) -> None:
    before = await keeper.counts()
    (taken,) = await keeper.rows("SELECT name FROM garden_gardener WHERE name ~ '^[a-zA-Z]+$' LIMIT 1")
    values = {
        "taken": taken["name"],
        "long": "x" * 81,
        "bed": keeper.id("Bed"),
        "nobody": f"Gardener_{new_id()}",
        "gardener": keeper.id("Gardener"),
        "nowhere": f"Bed_{new_id()}",
        "plant": keeper.id("Plant"),
    }
    if code is None:  # not even asked: the value does not fit its type
        codes = await keeper.codes(f"mutation {{ m: {mutation % values} {{ errors {{ code }} }} }}")
        assert codes <= {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
        assert codes
    else:
        answer = await keeper.ask(f"mutation {{ m: {mutation % values} {{ errors {{ code message }} }} }}")
        assert "errors" not in answer, answer
        assert [code] == [each["code"] for each in answer["data"]["m"]["errors"]]
        assert "x" * 81 not in json.dumps(answer)
    assert before == await keeper.counts()


async def test_references_to_rows_of_another_garden_lead_nowhere(keeper: Keeper, other_garden: Garden) -> None:
    foreign = other_garden.ids
    answer = await keeper.ask(
        """mutation($bed: ID!, $own: ID!, $steward: ID!, $plant: ID!) {
            a: plantMany(input: {bed: $bed, rows: [{label: "x"}]}) { plants { id } errors { code field } }
            b: moveSteward(input: {bed: $own, steward: $steward}) { bed { id } errors { code } }
            c: growEverything(input: {plants: [$plant]}) { plants { id } errors { code field row } } }""",
        bed=f"Bed_{foreign['Bed'][0]}",
        own=keeper.id("Bed"),
        steward=f"Gardener_{foreign['Gardener'][0]}",
        plant=f"Plant_{foreign['Plant'][0]}",
    )
    assert {
        "a": {"plants": None, "errors": [{"code": "NOT_FOUND", "field": "bed"}]},
        "b": {"bed": None, "errors": [{"code": "NOT_FOUND"}]},
        "c": {"plants": None, "errors": [{"code": "NOT_FOUND", "field": "plants", "row": 0}]},
    } == answer["data"]


# Permission ---------------------------------------------------------------------------------------------


def _caller(keeper: Keeper, persons: tuple[UUID, ...] = (), **access: Any) -> Caller:
    return Caller(space=keeper.garden.space, persons=persons, access=access_of(**access), login="x")


async def test_a_command_that_one_may_not_run_is_forbidden_and_others_still_run(keeper: Keeper) -> None:
    caller = _caller(keeper, resources={"Plant": EVERYWHERE}, commands={"garden.plant.grow": EVERYWHERE})
    before = await keeper.counts()
    answer = await keeper.ask(
        """mutation($p: ID!) { cutBack(input: {plant: $p, reason: "x"}) { errors { code } }
            growOne(input: {plant: $p, height: 7}) { plant { height } } }""",
        caller,
        p=keeper.id("Plant"),
    )
    assert {"cutBack": None, "growOne": {"plant": {"height": 7}}} == answer["data"]
    (error,) = answer["errors"]
    assert (["cutBack"], "FORBIDDEN") == (error["path"], error["extensions"]["code"])
    assert before["garden_plant"] == (await keeper.counts())["garden_plant"]


async def test_rows_outside_the_scope_of_a_command_are_not_there(keeper: Keeper) -> None:
    alive = Scopes(frozenset({"alive"}))
    caller = _caller(keeper, resources={"Plant": EVERYWHERE}, commands={"garden.plants.grow_all": alive})
    rows = await keeper.rows("SELECT id, alive FROM garden_plant ORDER BY id")
    living = [row["id"] for row in rows if row["alive"]][:2]
    dead = next(row["id"] for row in rows if not row["alive"])
    before = await keeper.counts()
    query = """mutation($i: GrowEverythingInput!) { growEverything(input: $i) {
        plants { id } errors { code field row } } }"""
    answer = await keeper.ask(query, caller, i={"plants": [f"Plant_{each}" for each in (living[0], dead, living[1])]})
    refused = [{"code": "NOT_FOUND", "field": "plants", "row": 1}]
    assert {"plants": None, "errors": refused} == answer["data"]["growEverything"]
    assert before == await keeper.counts()
    answer = await keeper.ask(query, caller, i={"plants": [f"Plant_{each}" for each in reversed(living)]})
    assert [f"Plant_{each}" for each in reversed(living)] == [
        each["id"] for each in answer["data"]["growEverything"]["plants"]
    ]


async def test_a_payload_shows_what_the_caller_may_see_and_no_more(keeper: Keeper) -> None:
    commands = {"garden.plants.plant": EVERYWHERE}
    query = """mutation($i: PlantManyInput!) { plantMany(input: $i) {
        plants { label price notes bed { title } } errors { code } } }"""
    given = {"bed": keeper.id("Bed"), "rows": [{"label": "x", "price": 2}]}
    # No plant at all may be seen.
    answer = await keeper.ask(query, _caller(keeper, resources={"Bed": EVERYWHERE}, commands=commands), i=given)
    assert {"plants": None, "errors": []} == answer["data"]["plantMany"]
    assert ["Plant"] == [each["extensions"]["field"] for each in answer["errors"]]
    # Plants may be seen, but neither their prices and notes, nor of the bed more than that it is there.
    nowhere = Scopes(frozenset())
    caller = _caller(
        keeper, resources={"Plant": EVERYWHERE, "Bed": EVERYWHERE}, commands=commands,
        fields={"Plant": {"price": nowhere, "notes": nowhere, "bed": nowhere}},
    )  # fmt: skip
    answer = await keeper.ask(query, caller, i=given)
    assert [{"label": "x", "price": None, "notes": None, "bed": None}] == answer["data"]["plantMany"]["plants"]
    assert ["Plant.price", "Plant.notes", "Plant.bed"] == [each["extensions"]["field"] for each in answer["errors"]]
    assert [["plantMany", "plants"]] * 3 == [each["path"] for each in answer["errors"]]
    # Only living plants may be seen, and this one is not known to live.
    caller = _caller(keeper, resources={"Plant": Scopes(frozenset({"alive"})), "Bed": EVERYWHERE}, commands=commands)
    answer = await keeper.ask(query, caller, i=given)
    assert [] == answer["data"]["plantMany"]["plants"]


async def test_payloads_have_connections_leaves_and_fragments(keeper: Keeper) -> None:
    query = """mutation($first: Int, $i: HireGardenerInput!) { m: hireGardener(input: $i) {
        one: gardener { ...G } two: gardener { __typename duties(first: $first) { totalCount } } ...E } }
        fragment G on Gardener { greeting bornOn pupils { totalCount nodes { greeting } } }
        fragment E on HireGardenerPayload { errors { __typename code } }"""
    answer = await keeper.ask(query, first=1, i={"name": "Anna", "bornOn": "2000-02-29"})
    assert {
        "one": {"greeting": "DEAR ANNA!", "bornOn": "2000-02-29", "pupils": {"totalCount": 0, "nodes": []}},
        "two": {"__typename": "Gardener", "duties": {"totalCount": 0}},
        "errors": [],
    } == answer["data"]["m"]
    again = await keeper.ask(query, first=2, i={"name": "Anna"})
    assert {"one": None, "two": None, "errors": [{"__typename": "UserError", "code": "DUPLICATE"}]} == again["data"][
        "m"
    ]


async def test_an_idempotency_key_makes_a_repetition_harmless(keeper: Keeper) -> None:
    query = "mutation($i: HireGardenerInput!) { hireGardener(input: $i) { gardener { id } errors { code } } }"
    given = {"name": "Once", "idempotencyKey": "k-1"}
    first = await keeper.ask(query, i=given)
    counted = await keeper.counts()
    assert first == await keeper.ask(query, i=given)
    assert counted["garden_gardener"] == (await keeper.counts())["garden_gardener"]


async def test_over_http_with_a_real_login(house: Host, own_garden: Garden, people: People) -> None:
    keeper = await people(own_garden.space, "keeper")
    visitor = await people(own_garden.space, "visitor")
    bed = f"Bed_{own_garden.ids['Bed'][0]}"
    answer = await keeper.gql(PLANT, input={"bed": bed, "rows": [{"label": "by http"}]})
    (plant,) = answer["plantMany"]["plants"]
    assert ["FORBIDDEN"] == await visitor.refused(PLANT, input={"bed": bed, "rows": [{"label": "by http"}]})
    seen = await visitor.gql("query($id: ID!) { plant(id: $id) { label } }", id=plant["id"])
    assert {"plant": {"label": "by http"}} == seen
    async with house.database.transaction(own_garden.space.id) as transaction:
        account = await transaction.fetchval("SELECT account_id FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert keeper.account == account


async def test_wrong_inputs_name_their_place(keeper: Keeper) -> None:
    before = await keeper.counts()
    for given, path in (
        ({"rows": []}, ["bed"]),
        ({"bed": "Plant_x", "rows": []}, ["bed"]),
        ({"bed": keeper.id("Bed"), "rows": [{"label": "x"}, {}]}, ["rows", 1, "label"]),
        ({"bed": keeper.id("Bed"), "rows": [{"label": "x", "price": "dear"}]}, ["rows", 0, "price"]),
        ({"bed": keeper.id("Bed"), "rows": [{"label": "x", "colour": 1}]}, ["rows", 0, "colour"]),
        ({"bed": keeper.id("Bed"), "rows": [{"label": "x", "stage": "ROTTEN"}]}, ["rows", 0, "stage"]),
        ({"bed": keeper.id("Bed"), "rows": [{"label": "x", "height": 2**31}]}, ["rows", 0, "height"]),
        ({"bed": keeper.id("Bed"), "rows": [None]}, ["rows", 0]),
        ({"bed": keeper.id("Bed"), "rows": None}, ["rows"]),
        (None, []),
        ([], []),
    ):
        with pytest.raises(RequestError) as refused:
            await keeper.ask(PLANT, input=given)
        assert {"code": "BAD_USER_INPUT", "variable": "input", "path": path} == refused.value.errors[0]["extensions"]
    assert before == await keeper.counts()
