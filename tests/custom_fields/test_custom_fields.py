"""Fields of a school's own: in its schema and in no other's, written and read like any field, behind the same walls."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import io
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from owning.place import CHANGE, DEFINE, SET, Place

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.custom import CustomField, CustomFields, FieldKind
from homeroom.custom_fields.values import Shape
from homeroom.dates import EARLIEST, LATEST
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.permissions import Rule
from homeroom.testing import Client, People
from homeroom.texts import composed, forbidden


async def test_each_school_has_its_own_under_one_name(place: Place, other: Place) -> None:
    assert [] == await place.define("shoe", "INTEGER")
    assert [] == await other.define("shoe", "TEXT")
    assert [] == await place.set((0, "customShoe", 42), (1, "shoe", 38))
    assert [] == await other.set((0, "shoe", "wide"))
    assert [42, 38] == [each["customShoe"] for each in await place.ask("customShoe")]
    assert ["wide", None] == [each["customShoe"] for each in await other.ask("customShoe")]
    third = await place.registrar.post("{ students { nodes { customHat } } }")
    assert "GRAPHQL_VALIDATION_FAILED" == third.json()["errors"][0]["extensions"]["code"]
    # Nobody writes into another school's rows, whatever their field is called.
    place.students[0], kept = other.students[0], place.students[0]
    assert [("NOT_FOUND", 0)] == [(each["code"], each["row"]) for each in await place.set((0, "shoe", 1))]
    place.students[0] = kept
    assert ["wide"] == [each["customShoe"] for each in await other.ask("customShoe")][:1]


VALUES = [
    ("TEXT", "Trần Thị 陳", {}), ("INTEGER", -7, {}), ("DECIMAL", "36.50", {}), ("DATE", "2026-09-05", {}),
    ("BOOLEAN", False, {}), ("CHOICE", "BLUE", {"codes": ["red", "blue"]}),
    ("CHOICES", ["red", "blue"], {"codes": ["red", "blue"]}),
]  # fmt: skip


async def test_every_kind_is_written_read_found_ordered_and_exported(place: Place) -> None:
    for kind, _, more in VALUES:
        assert [] == await place.define(f"a_{kind.lower()}", kind, **more)
    assert [] == await place.set(*((1, f"a_{kind.lower()}", value) for kind, value, _ in VALUES))
    fields = {"customA" + kind.title(): value for kind, value, _ in VALUES}
    assert [dict.fromkeys(fields), fields] == await place.ask(" ".join(fields))
    for kind, value, _ in VALUES:
        if kind == "CHOICES":
            continue
        field = "customA" + kind.title()
        literal = value if kind == "CHOICE" else f'"{value}"' if isinstance(value, str) else str(value).lower()
        found = await place.ask("code", f"filter: {{{field}: {{eq: {literal}}}}}")
        assert ["S1"] == [each["code"] for each in found]
        ordered = await place.ask("code", f"orderBy: [{{field: CUSTOM_A_{kind}, direction: ASC}}]")
        assert ["S1", "S0"] == [each["code"] for each in ordered]  # nulls come last
    groups = "groups { count key { customAChoice customADate } sum { customADecimal } }"
    by = "[{field: CUSTOM_A_CHOICE}, {field: CUSTOM_A_DATE, by: MONTH}]"
    figures = (await place.registrar.gql(f"{{ studentsAggregate(groupBy: {by}) {{ {groups} }} }}"))["studentsAggregate"]
    key = {"customAChoice": "BLUE", "customADate": "2026-09-01"}
    assert {"count": 1, "key": key, "sum": {"customADecimal": "36.50"}} == figures["groups"][0]
    assert dict.fromkeys(key) == figures["groups"][1]["key"]
    answer = await place.registrar.http.get("/lists/students.csv")
    assert 200 == answer.status_code, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert any("36.50" in each.values() and "Trần Thị 陳" in each.values() for each in rows)


async def test_a_list_is_headed_by_what_the_school_calls_its_fields(place: Place) -> None:
    titles = {"zh-Hant-HK": "鞋號", "vi": "Cỡ giày"}
    assert [] == await place.define("shoe_size", "INTEGER", title="Số giày", titles=titles)
    assert [] == await place.define("bus", "TEXT", title="Xe buýt")
    for language, heads in {
        "en": {"Full name", "Custom shoe size", "Custom bus"},
        "vi": {"Họ và tên", "Cỡ giày", "Xe buýt"},
        "zh-Hant": {"姓名", "鞋號", "Xe buýt"},
        "zh-Hans": {"姓名", "Số giày", "Xe buýt"},
    }.items():
        answer = await place.registrar.http.get("/lists/students.csv", params={"language": language})
        assert 200 == answer.status_code, answer.text
        assert heads <= set(next(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))))


async def test_what_does_not_fit_is_reported_by_row_and_nothing_is_written(place: Place) -> None:
    await place.define("size", "INTEGER", minimum="30", maximum="50")
    await place.define("team", "CHOICE", codes=["red"])
    errors = await place.set((0, "size", 40), (1, "size", 99), (0, "hat", 1), (1, "team", "green"), (0, "size", 41))
    assert [(1, "rows.value"), (2, "rows.field"), (3, "rows.value"), (4, "rows")] == [
        (each["row"], each["field"]) for each in errors
    ]
    assert ("OUT_OF_RANGE", "Giá trị không được vượt quá 50.") == (errors[0]["code"], errors[0]["message"])
    assert [None, None] == [each["customSize"] for each in await place.ask("customSize")]


async def test_values_are_changed_emptied_and_reported_in_the_audit(place: Place) -> None:
    await place.define("note", "TEXT")
    for value in ("one", "two", "two", None):
        assert [] == await place.set((0, "note", value))
    assert [None] == [each["customNote"] for each in await place.ask("customNote")][:1]
    async with place.host.database.transaction(place.space.id) as transaction:
        lines = await transaction.fetch(
            "SELECT noun, old_values ->> 'custom_note' AS old, new_values ->> 'custom_note' AS new FROM audit_line l"
            " JOIN audit_entry e ON e.id = l.entry_id WHERE e.command = 'custom_fields.value.set' ORDER BY e.at, e.id"
        )
        kept = await transaction.fetchval("SELECT count(*) FROM custom_value")
    assert [("student", None, "one"), ("student", "one", "two"), ("student", "two", None)] == [
        tuple(each) for each in lines
    ]
    assert 0 == kept


async def test_what_is_sensitive_needs_its_own_rule_and_is_a_look(place: Place, as_role: People) -> None:
    await place.define("allergy", "TEXT", sensitive=True)
    await place.define("bus", "TEXT")
    await place.set((0, "allergy", "nuts"), (0, "bus", "7"))
    both = "{ students(orderBy: [{field: CODE}], first: 1) { nodes { customAllergy customBus } } }"
    for client in (place.registrar, await as_role(place.space, "principal")):
        seen = (await client.post(both)).json()
        assert [{"customAllergy": "nuts", "customBus": "7"}] == seen["data"]["students"]["nodes"]
    # A role that may read students reads their ordinary fields, and what is sensitive by a rule of its own alone.
    plain, fields = [Rule("teller", "Student")], await _fields(place)
    access = place.host.compile_access(place.space.plugins, frozenset({"teller"}), plain, fields)
    assert access.field("Student", "custom_bus")
    assert not access.field("Student", "custom_allergy").allow  # type: ignore[union-attr]
    more = [*plain, Rule("teller", "Student.custom_allergy")]
    access = place.host.compile_access(place.space.plugins, frozenset({"teller"}), more, fields)
    assert access.field("Student", "custom_allergy").allow  # type: ignore[union-attr]
    async with place.host.database.transaction(place.space.id) as transaction:
        looks = await transaction.fetch(
            "SELECT l.new_values ->> 'read' AS read FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id"
            " WHERE e.command = 'audit.read'"
        )
    assert ['["custom_allergy"]'] * 2 == [each["read"] for each in looks]


async def test_anyone_who_guesses_at_what_is_sensitive_is_seen_to_look(place: Place) -> None:
    """A value is compared with the one that is expected: a refusal says as much as a match."""
    await place.define("allergy", "TEXT", sensitive=True)
    await place.define("bus", "TEXT")
    await place.set((0, "allergy", "nuts"), (0, "bus", "7"))
    for guess, codes in (("milk", ["CONFLICT"]), ("nuts", [])):
        reported = await place.careful((0, "allergy", "nuts", guess), (0, "bus", "7", "7"))
        assert codes == [each["code"] for each in reported]
    async with place.host.database.transaction(place.space.id) as transaction:
        looks = await transaction.fetch(
            "SELECT e.command, l.new_values ->> 'found_by' AS fields FROM audit_line l"
            " JOIN audit_entry e ON e.id = l.entry_id WHERE l.new_values ? 'found_by' ORDER BY e.at, e.id"
        )
    assert [("audit.read", '["Student.customAllergy"]'), ("custom_fields.value.set", '["Student.customAllergy"]')] == [
        tuple(each) for each in looks
    ]


async def _fields(place: Place) -> Any:
    return (await place.host.directory.space(place.space.slug)).fields


async def test_who_may_not_define_or_write_does_not(place: Place, as_role: People) -> None:
    await place.define("bus", "TEXT")
    teacher = await as_role(place.space, "teacher")
    for document, asked in (
        (DEFINE, {"noun": "Student", "name": "x", "kind": "TEXT", "title": "X"}),
        (SET, {"noun": "Student", "rows": [{"row": place.students[0], "field": "bus", "value": "7"}]}),
    ):
        answer = (await teacher.post(document, {"i": asked})).json()
        assert "FORBIDDEN" == answer["errors"][0]["extensions"]["code"]
    known = (await teacher.gql("{ customFields { nodes { name title } } }"))["customFields"]["nodes"]
    assert [{"name": "bus", "title": "Bus"}] == known


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "Shoe"}, "name"), ({"name": ""}, "name"), ({"name": "a" * 41}, "name"), ({"noun": "Nobody"}, "noun"),
        ({"title": " "}, "title"), ({"kind": "CHOICE"}, "codes"), ({"kind": "CHOICE", "codes": ["A"]}, "codes"),
        ({"codes": ["a"]}, "codes"), ({"minimum": "2", "maximum": "1"}, "maximum"),
        ({"kind": "DATE", "minimum": "2"}, "minimum"), ({"position": 99999}, "position"),
    ],
)  # fmt: skip
async def test_a_field_that_cannot_be_is_refused_by_name(place: Place, wrong: dict[str, Any], field: str) -> None:
    errors = await place.define("x", "TEXT") if not wrong else None
    given = {"noun": "Student", "name": "x", "kind": "TEXT", "title": "X", **wrong}
    errors = (await place.admin.gql(DEFINE, i=given))["defineCustomField"]["errors"]
    assert [field] == [each["field"] for each in errors]


async def test_a_name_is_never_given_twice_and_what_is_off_is_not_shown(place: Place) -> None:
    assert [] == await place.define("shoe", "TEXT")
    await place.set((0, "shoe", "wide"))
    (field,) = (await place.admin.gql("{ customFields { nodes { id version } } }"))["customFields"]["nodes"]
    off = {"customField": field["id"], "active": False, "expectedVersion": field["version"]}
    assert [] == (await place.admin.gql(CHANGE, i=off))["changeCustomField"]["errors"]
    again = (await place.admin.gql(CHANGE, i=off))["changeCustomField"]["errors"]
    assert [{"code": "CONFLICT", "field": "expectedVersion"}] == again
    gone = (await place.registrar.post("{ students { nodes { customShoe } } }")).json()
    assert "GRAPHQL_VALIDATION_FAILED" == gone["errors"][0]["extensions"]["code"]
    assert ["DUPLICATE"] == [each["code"] for each in await place.define("shoe", "INTEGER")]
    await place.admin.gql(CHANGE, i={"customField": field["id"], "active": True})
    assert ["wide", None] == [each["customShoe"] for each in await place.ask("customShoe")]


async def test_other_processes_know_it_at_once(place: Place, host: Host) -> None:
    second = build_host(host.settings, host.registry)
    await second.open()
    try:
        people = People(second, create_app(second))
        client = await people(place.space, "registrar")
        await client.gql("{ students { totalCount } }")
        await place.define("bus", "TEXT")
        await place.set((0, "bus", "7"))
        assert ["7"] == [each["customBus"] for each in await place.ask("customBus", client=client)][:1]
        await people.close()
    finally:
        await second.close()


async def test_as_many_schemas_are_kept_as_the_settings_say(host: Host, place: Place) -> None:
    await place.define("bus", "TEXT")
    space = await host.directory.space(place.space.slug)
    assert 1 == len(space.fields)
    first = host.variant_of(space)
    assert first is host.variant_of(space)
    for number in range(host.settings.custom_schemas):
        host.variant_of(dataclasses.replace(space, fields=space.fields * (number + 2)))
    assert first is not host.variant_of(space)
    assert "custom_bus" not in host.variant(space.plugins).resources["Student"].fields


# Values -------------------------------------------------------------------------------------------------


@given(
    st.integers(-(2**31), 2**31 - 1),
    st.dates(EARLIEST, LATEST),
    st.text(min_size=1).map(composed).filter(lambda t: t.strip() and forbidden(t) is None),
)
def test_what_fits_comes_back(number: int, day: date, text: str) -> None:
    assert number == Shape(FieldKind.INTEGER).value(number)
    assert day == Shape(FieldKind.DATE).value(day.isoformat())
    assert text.strip() == Shape(FieldKind.TEXT).value(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_decimals_are_kept_to_the_last_digit(number: Decimal) -> None:
    assert number == Shape(FieldKind.DECIMAL).value(str(number))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", ""), ("text", 1), ("text", "a\0"), ("integer", "1"), ("integer", 1.5), ("integer", True),
        ("integer", 2**31), ("decimal", "x"), ("decimal", "NaN"), ("decimal", "1e99"), ("decimal", True),
        ("date", "2026-02-30"), ("date", 5),
        ("date", "0001-01-01"), ("date", "9999-12-31"), ("date", "20260905"),
        ("boolean", "yes"), ("choice", "c"), ("choice", 1), ("choices", "a"),
        ("choices", []), ("choices", ["c"]), ("choices", [1]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(kind: str, wrong: Any) -> None:
    with pytest.raises(Refusal):
        Shape(FieldKind(kind), ("a", "b")).value(wrong)


async def test_two_secretaries_do_not_overwrite_each_other(place: Place, other: Place, as_role: People) -> None:
    given = {"shoe": "INTEGER", "fee": "DECIMAL", "since": "DATE", "bus": "CHOICE", "clubs": "CHOICES", "note": "TEXT"}
    for name, kind in given.items():
        assert [] == await place.define(name, kind, **({"codes": ["red", "blue"]} if kind.startswith("CHOICE") else {}))
    assert [] == await other.define("shoe", "INTEGER")
    names = [f"custom{name.title()}" for name in given]
    assert [] == await place.careful((0, "shoe", 38, None), (0, "bus", "RED", None))
    (first, _) = await place.ask(" ".join(names))
    assert [38, None, None, "RED", None, None] == [first[each] for each in names]
    values = (41, "36.50", "2026-09-05", "BLUE", ["red"], "Ghi chú")
    written = [(0, name, value, first[name]) for name, value in zip(names, values, strict=True)]
    assert [] == await place.careful(*written)
    # Somebody else has read before that, and writes now: nothing of it lands, and each row says so.
    second = await as_role(place.space, "registrar")
    refused = await place.careful((0, "shoe", 39, 38), (1, "shoe", 40, None), (0, "note", "Khác", None), client=second)
    assert [("CONFLICT", "rows.expected", 0), ("CONFLICT", "rows.expected", 2)] == [
        (each["code"], each["field"], each["row"]) for each in refused
    ]
    (first, last) = await place.ask(" ".join(names))
    assert list(values) == [first[each] for each in names]
    assert last["customShoe"] is None
    # What was read fits, however it is written; what could never stand there does not.
    assert [] == await place.careful((0, "fee", "37", "36.5"), (0, "clubs", None, ["red"]), (0, "bus", "red", "blue"))
    assert ["CONFLICT"] == [each["code"] for each in await place.careful((0, "fee", "1", "much"))]
    assert [] == await place.set((0, "fee", "5"))  # who means to overwrite does
    assert [] == await other.careful((0, "shoe", 1, None))


async def test_what_was_there_is_known_by_anyone_who_holds_the_lock(place: Place) -> None:
    """Of many who write at once from the same sight, one does."""
    assert [] == await place.define("shoe", "INTEGER")
    answers = await asyncio.gather(*(place.careful((0, "shoe", number, None)) for number in range(6)))
    assert 1 == len([each for each in answers if each == []])
    assert {"CONFLICT"} == {each["code"] for errors in answers for each in errors}


@given(
    shown=st.one_of(
        st.integers(-(2**31), 2**31 - 1).map(lambda each: ("integer", each)),
        st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12).map(
            lambda each: ("decimal", str(each))
        ),
        st.dates(EARLIEST, LATEST).map(lambda each: ("date", each.isoformat())),
        st.text(st.characters(exclude_categories=["Cs"]))
        .map(composed)
        .filter(lambda each: each.strip() and forbidden(each) is None)
        .map(lambda each: ("text", each.strip())),
    )
)
def test_what_is_stored_is_what_was_written(shown: tuple[str, Any]) -> None:
    kind, value = shown
    shape = Shape(FieldKind(kind))
    made = shape.value(value)
    stored = msgspec.json.encode(str(made) if isinstance(made, Decimal | date) else made)
    assert made == shape.value(shape.stored({shape.column: stored}))


async def test_fifty_fields_are_hashed_once(host: Host, place: Place) -> None:
    from uuid import uuid4

    fields = [CustomField(uuid4(), "Student", f"f{number}", FieldKind.TEXT, "A field") for number in range(50)]
    one, same, other = CustomFields(fields), CustomFields(fields), CustomFields(fields[1:])
    assert (one, hash(one)) == (same, hash(same)) == (tuple(fields), hash(tuple(fields)))
    assert one != other
    spaces = [dataclasses.replace(place.space, fields=each) for each in (one, same, other)]
    variants = [host.variant_of(each) for each in spaces]
    assert (True, False) == (variants[0] is variants[1], variants[0] is variants[2])


RULE = """mutation($object: String!, $effect: RuleEffect!) { setRule(input: {
  role: "registrar", object: $object, action: READ, effect: $effect}) { errors { code } } }"""


async def test_nobody_writes_what_they_may_not_read(place: Place) -> None:
    await place.define("bus", "TEXT")
    await place.define("allergy", "TEXT", sensitive=True)
    assert [] == await place.set((0, "bus", "7"), (0, "allergy", "nuts"))
    given = [{"row": place.students[0], "field": name, "value": "8"} for name in ("bus", "allergy")]

    async def codes(*rows: Any) -> list[str]:
        answer = (await place.registrar.post(SET, {"i": {"noun": "Student", "rows": list(rows)}})).json()
        return [each["extensions"]["code"] for each in answer.get("errors", [])]

    for denied, refused in (("Student.custom_allergy", given[1:]), ("Student", given[:1])):
        await place.admin.gql(RULE, object=denied, effect="DENY")
        assert ["FORBIDDEN"] == await codes(*refused)
    values = await place.ask("customBus customAllergy", client=place.admin)
    assert {"customBus": "7", "customAllergy": "nuts"} == values[0]


async def test_only_who_may_read_a_sensitive_field_opens_it_to_others(place: Place) -> None:
    await place.define("allergy", "TEXT", sensitive=True)
    known = (await place.admin.gql("{ customFields { nodes { id } } }"))["customFields"]["nodes"][0]["id"]
    denial = RULE.replace("registrar", "admin")
    assert not (await place.admin.gql(denial, object="Student.custom_allergy", effect="DENY"))["setRule"]["errors"]
    answer = (await place.admin.post(CHANGE, {"i": {"customField": known, "sensitive": False}})).json()
    assert ["FORBIDDEN"] == [each["extensions"]["code"] for each in answer["errors"]]
    await place.admin.gql(denial, object="Student.custom_allergy", effect="ALLOW")
    done = await place.admin.gql(CHANGE, i={"customField": known, "sensitive": False})
    assert [] == done["changeCustomField"]["errors"]


async def test_the_vocabulary_has_a_school_s_own_fields_in_the_reader_s_language(
    place: Place, other: Place, as_role: People
) -> None:
    titles = {"vi": "Cỡ giày", "zh-Hant": "鞋號"}
    assert [] == await place.define("shoe", "INTEGER", title="Shoe size", titles=titles, minimum="20", maximum="60")
    codes = {"codes": ["red", "blue"], "codeTitles": {"red": "Đỏ"}}
    assert [] == await place.define("team", "CHOICE", **codes)
    document = (
        "{ vocabulary { language nouns { name one verbs { field }"
        " fields { name label own type lowest highest values { value label } } } } }"
    )

    async def student(client: Client, language: str) -> tuple[str, Any]:
        answer = await client.http.post("/graphql", json={"query": document}, headers={"Accept-Language": language})
        found = answer.json()["data"]["vocabulary"]
        return found["language"], next(each for each in found["nouns"] if each["name"] == "Student")

    for language, one, shoe in (
        ("vi", "Học sinh", "Cỡ giày"),
        ("zh-HK", "學生", "鞋號"),
        ("en", "Student", "Shoe size"),
    ):
        reported, noun = await student(place.registrar, language)
        assert language[:2] == reported[:2]
        own = {each["name"]: each for each in noun["fields"] if each["own"]}
        assert (one, shoe, "20", "60") == (
            noun["one"], own["customShoe"]["label"], own["customShoe"]["lowest"], own["customShoe"]["highest"],
        )  # fmt: skip
        assert [{"value": "RED", "label": "Đỏ"}, {"value": "BLUE", "label": "blue"}] == own["customTeam"]["values"]
    assert "createStudent" in {each["field"] for each in noun["verbs"]}
    (field,) = [
        each["id"]
        for each in (await place.admin.gql("{ customFields { nodes { id name } } }"))["customFields"]["nodes"]
        if each["name"] == "shoe"
    ]
    renamed = {"customField": field, "title": "Size of shoes"}
    assert [] == (await place.admin.gql(CHANGE, i=renamed))["changeCustomField"]["errors"]
    _, noun = await student(place.registrar, "en")
    assert "Size of shoes" in {each["label"] for each in noun["fields"]}, "what is kept is not kept too long"
    # The other school has none of them, and a teacher none of the office's verbs.
    _, elsewhere = await student(other.registrar, "vi")
    assert [] == [each for each in elsewhere["fields"] if each["own"]]
    _, noun = await student(await as_role.as_role(place.space, "teacher"), "vi")
    assert {"customShoe"} <= {each["name"] for each in noun["fields"]}
    assert [] == noun["verbs"]
