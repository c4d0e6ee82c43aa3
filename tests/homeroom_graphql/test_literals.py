"""A literal and a variable of the same value mean the same, for every scalar, and what does not fit is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from garden.planting import Garden

from homeroom.callers import Caller
from homeroom.host import Host
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

#: Literals and the same in JSON.
VALUES: list[tuple[str, Any]] = [
    ("1", 1),
    ("-1", -1),
    ("0", 0),
    ("30", 30),
    ("2147483648", 2147483648),
    ("9223372036854775808", 9223372036854775808),
    ("1.5", 1.5),
    ("1.0", 1.0),
    ("7.25", 7.25),
    ("1e2", 1e2),
    ('"1"', "1"),
    ('"30"', "30"),
    ('"7.25"', "7.25"),
    ('"1_0"', "1_0"),
    ('"NaN"', "NaN"),
    ('""', ""),
    ('"rose"', "rose"),
    ('"SEED"', "SEED"),
    ('"2026-03-10"', "2026-03-10"),
    ('"2026-03-10T17:30:00Z"', "2026-03-10T17:30:00Z"),
    ('"2026-03-10T17:30:00"', "2026-03-10T17:30:00"),
    ('"true"', "true"),
    ("true", True),
    ("null", None),
    ("[1]", [1]),
    ('["rose", "SEED"]', ["rose", "SEED"]),
    ("[[1]]", [[1]]),
    ("{}", {}),
    ("{a: 1}", {"a": 1}),
]
#: Literals that have no other form.
ONLY_LITERAL = ("SEED", "SLOW", "rose", "1e400", "-1e400", "[SEED]", '"""rose"""')
#: What must be taken, by the specification and by what the scalars of this schema say: where, its type, the literals.
FILTERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "id": ("ID", "plants(filter: {id: {%s: %s}}) { totalCount }", ("1", "-1", "2147483648", '"1"', '"rose"')),
    "label": ("String", "plants(filter: {label: {%s: %s}}) { totalCount }", ('"1"', '"rose"', '"""rose"""')),
    "height": ("Int", "plants(filter: {height: {%s: %s}}) { totalCount }", ("1", "-1", "30")),
    "balance": ("BigInt", "gardeners(filter: {balance: {%s: %s}}) { totalCount }", ("1", "2147483648", '"30"')),
    "price": ("Decimal", "plants(filter: {price: {%s: %s}}) { totalCount }", ("1", "1.5", "7.25", '"7.25"')),
    "planted": ("Date", "plants(filter: {plantedOn: {%s: %s}}) { totalCount }", ('"2026-03-10"',)),
    "watered": ("DateTime", "plants(filter: {wateredAt: {%s: %s}}) { totalCount }", ('"2026-03-10T17:30:00Z"',)),
    "stage": ("GrowthStage", "plants(filter: {stage: {%s: %s}}) { totalCount }", ("SEED",)),
    "alive": ("Boolean", "plants(filter: {alive: {%s: %s}}) { totalCount }", ("true",)),
}


@pytest.fixture
def caller(house: Host, garden: Garden) -> Caller:
    """Somebody who may do everything."""
    return house.system_caller(garden.space)


async def _outcome(executor: Executor, caller: Caller, query: str, variables: dict[str, Any] | None = None) -> Any:
    """The answer, or none if it is refused as what the client did wrong. Any other exception is a fault."""
    try:
        answer = json.loads(await executor.execute(caller, query, variables or {}, None))
    except RequestError as error:
        codes = {each["extensions"]["code"] for each in error.errors}
        assert {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"} >= codes, (codes, query)
        return None
    codes = {each["extensions"]["code"] for each in answer.get("errors", ())}
    assert {"BAD_USER_INPUT"} >= codes, (answer, query)
    return None if codes else answer["data"]


@pytest.mark.parametrize("field", FILTERS)
async def test_literals_in_filters(field: str, executor: Executor, caller: Caller) -> None:
    kind, call, taken = FILTERS[field]
    single, listed = (
        f"query($v: {kind}) {{ {call % ('eq', '$v')} }}",
        f"query($v: [{kind}!]) {{ {call % ('in', '$v')} }}",
    )
    accepted = set()
    for literal, value in [*VALUES, *((literal, ...) for literal in ONLY_LITERAL)]:
        for operator, document in (("eq", single), ("in", listed)) if kind != "Boolean" else (("eq", single),):
            written = await _outcome(executor, caller, f"{{ {call % (operator, literal)} }}")
            if written is not None:
                accepted.add((operator, literal))
                if value is not ...:
                    assert written == await _outcome(executor, caller, document, {"v": value}), literal
                in_list = call % ("in", f"[{literal}]")
                if operator == "eq" and literal != "null" and kind != "Boolean":
                    assert written == await _outcome(executor, caller, f"{{ {in_list} }}"), literal
    assert {("eq", literal) for literal in taken} <= accepted


async def test_ids_of_rows_by_literals(executor: Executor, caller: Caller, garden: Garden) -> None:
    plant = f"Plant_{garden.ids['Plant'][0]}"
    data = await _outcome(
        executor,
        caller,
        f'{{ one: plant(id: "{plant}") {{ id }} node(id: "{plant}") {{ id }} a: node(id: 1) {{ id }}'
        " b: plant(id: 1) { id } c: plants(filter: {id: {in: [1, 2]}}) { totalCount }"
        " d: plants(filter: {id: {ne: 1}}, first: 1) { nodes { __typename } } }",
    )
    assert ({"id": plant}, {"id": plant}, None, None, {"totalCount": 0}, {"nodes": [{"__typename": "Plant"}]}) == (
        data["one"], data["node"], data["a"], data["b"], data["c"], data["d"],
    )  # fmt: skip


#: The input fields of commands, one of each scalar: the mutation, the field's type, and what must be taken.
INPUTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "String": ("digBed(input: {title: %s}) { errors { code } }", "String!", ('"rose"', '""', '"1"')),
    "Decimal": ('digBed(input: {title: "x", area: %s}) { errors { code } }', "Decimal", ("1", "1.5", "7.25", '"7.25"')),
    "DateTime": (
        'digBed(input: {title: "x", dugAt: %s}) { errors { code } }', "DateTime", ('"2026-03-10T17:30:00Z"',),
    ),
    "ID": ('digBed(input: {title: "x", steward: %s}) { errors { code } }', "ID", ()),
    "JSON": (
        'digBed(input: {title: "x", options: %s}) { errors { code } }', "JSON",
        ("1", "1.5", '"rose"', "true", "{}", "{a: 1}", "[1]", "[[1]]", "SEED", "9223372036854775808"),
    ),
    "Int": ('hireGardener(input: {name: "%s", balance: %s}) { errors { code } }', "Int", ("1", "30")),
    "Date": ('hireGardener(input: {name: "%s", bornOn: %s}) { errors { code } }', "Date", ('"2026-03-10"',)),
    "enum": (
        'growOne(input: {plant: "PLANT", height: 1, how: %s}) { errors { code } }', "GrowOneSlow", ("SLOW",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", INPUTS)
async def test_literals_in_inputs(kind: str, executor: Executor, house: Host, own_garden: Garden) -> None:
    caller = house.system_caller(own_garden.space)
    call, declared, taken = INPUTS[kind]
    call = call.replace("PLANT", f"Plant_{own_garden.ids['Plant'][0]}")
    accepted = set()
    for index, (literal, value) in enumerate([*VALUES, *((literal, ...) for literal in ONLY_LITERAL)]):

        def filled(what: str, way: str, number: int = index) -> str:
            return call % (f"{kind} {number} {way}", what) if call.count("%s") == 2 else call % what

        written = await _outcome(executor, caller, f"mutation {{ {filled(literal, 'literal')} }}")
        if written is None:
            continue
        accepted.add(literal)
        if value is not ...:
            document = f"mutation($v: {declared}) {{ {filled('$v', 'variable')} }}"
            assert written == await _outcome(executor, caller, document, {"v": value}), literal
    assert set(taken) <= accepted


async def test_a_decimal_literal_is_not_rounded(executor: Executor, house: Host, own_garden: Garden) -> None:
    caller = house.system_caller(own_garden.space)
    dug = await _outcome(executor, caller, 'mutation { digBed(input: {title: "x", area: 1}) { bed { id area } } }')
    bed = dug["digBed"]["bed"]["id"]
    for written, expected in (("1.0", 1), ("1.00000000000000000001", 0), ("0.99999999999999999999", 1)):
        query = f'{{ beds(filter: {{id: {{eq: "{bed}"}}, area: {{gte: {written}}}}}) {{ totalCount }} }}'
        assert {"beds": {"totalCount": expected}} == await _outcome(executor, caller, query), written


async def test_an_input_that_may_be_null_in_a_variable(executor: Executor, house: Host, own_garden: Garden) -> None:
    """A variable with a default may stand where null may not; null itself is refused there."""
    caller = house.system_caller(own_garden.space)
    document = 'mutation($i: DigBedInput = {title: "x"}) { digBed(input: $i) { errors { code } } }'
    assert {"digBed": {"errors": []}} == await _outcome(executor, caller, document)
    assert {"digBed": {"errors": []}} == await _outcome(executor, caller, document, {"i": {"title": "y"}})
    assert await _outcome(executor, caller, document, {"i": None}) is None
    query = 'query($id: ID = "Plant_1") { node(id: $id) { id } plants(filter: {id: {in: [$id]}}) { totalCount } }'
    assert {"node": None, "plants": {"totalCount": 0}} == await _outcome(executor, caller, query)
    assert await _outcome(executor, caller, query, {"id": None}) is None
