"""Retention by category: pictures and contacts go years before the marks, and the whole is the sum of its parts."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from data_office import CANARY, Office, canaries, plain, plant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from homeroom.audit import AuditTrail
from homeroom.audit.heads import HeadFiles
from homeroom.audit.sealing import Sealer
from homeroom.audit.verifying import verify_space
from homeroom.context import Context
from homeroom.data_categories import CHOSEN, DataCategory
from homeroom.files.keeping import storage_of
from homeroom.personal_data import Act
from homeroom.privacy.erasing import approve_erasure, ask_for_erasure
from homeroom.privacy.finding import declared_by
from homeroom.privacy.retention import find_due
from homeroom.privacy.rules import due_categories, due_from
from homeroom.privacy.tables import ErasureBasis
from homeroom.testing import People

RULE: Final = """mutation Rule($category: DataCategory, $months: Int!, $active: Boolean = true) {
  setRetention(input: {personKind: Student, category: $category, months: $months, active: $active,
                       legalBasis: "the school's own rule"}) {
    retentionRule { category months } errors { code field } } }"""
RULES: Final = "{ retentionRules(filter: {active: {eq: true}}) { nodes { category months } } }"
DUE: Final = """{ personErasures(filter: {state: {eq: ASKED}}) {
  nodes { id personId basis categories leftOn plan } } }"""
APPROVE: Final = """mutation Approve($erasure: ID!) {
  approveErasure(input: {personErasure: $erasure}) { personErasure { state categories } errors { code field } } }"""
APPROVE_ALL: Final = """mutation Approve($erasures: [ID!]!) {
  approveErasures(input: {personErasures: $erasures}) {
    personErasures { state } errors { code field row } } }"""
REFUSE: Final = """mutation Refuse($erasure: ID!) {
  refuseErasure(input: {personErasure: $erasure}) { personErasure { state } errors { code field } } }"""
ASK: Final = """mutation Ask($person: ID!, $categories: [DataCategory!]) {
  askForErasure(input: {personKind: Student, person: $person, basis: CONSENT_WITHDRAWN, categories: $categories}) {
    personErasure { id categories plan } errors { code field } } }"""
PHOTO: Final = """mutation Photo($student: ID!, $photo: Upload!) {
  setPhoto(input: {student: $student, photo: $photo}) { errors { code field } } }"""
FIELD: Final = """mutation Field($name: String!, $category: DataCategory) {
  defineCustomField(input: {noun: "Student", name: $name, kind: TEXT, title: "A field", category: $category}) {
    customField { category } errors { code field } } }"""
VALUES: Final = """mutation Values($student: String!) {
  setCustomValues(input: {noun: "Student", rows: [{row: $student, field: "allergy", value: "peanuts"},
                                                  {row: $student, field: "nickname", value: "Bo"}]}) {
    errors { code field } } }"""
#: Months of 28 days and more: nothing here hangs on the day on which it runs.
A_YEAR_AGO: Final = timedelta(days=400)

_CATEGORIES: Final = st.sets(st.sampled_from(sorted(CHOSEN)), min_size=1, max_size=5)


async def photograph(office: Office, people: People, student: str) -> None:
    """Give a student a picture, as a browser does."""
    registrar = await people.as_role(office.space, "registrar")
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), "teal").save(picture, "PNG")
    operation = {"query": PHOTO, "variables": {"student": student, "photo": None}}
    answer = await registrar.http.post(
        "/graphql",
        data={"operations": json.dumps(operation), "map": json.dumps({"a": ["variables.photo"]})},
        files={"a": ("face.png", picture.getvalue(), "image/png")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    assert {"setPhoto": {"errors": []}} == answer.json()["data"]


async def look(office: Office) -> list[dict[str, Any]]:
    """Let the calendar look for what is due; gives what is asked for."""
    await office.enqueue(find_due)
    assert [] == await office.work()
    nodes: list[dict[str, Any]] = (await office.officer.gql(DUE))["personErasures"]["nodes"]
    return nodes


async def rule(office: Office, category: str | None, months: int, *, active: bool = True) -> None:
    """Set a rule."""
    answer = await office.officer.gql(RULE, category=category, months=months, active=active)
    assert [] == answer["setRetention"]["errors"]


async def test_a_year_after_leaving_pictures_and_contacts_go_and_marks_stay(
    office: Office, other: Office, as_role: People
) -> None:
    student, elsewhere = await office.student(as_role, CANARY), await other.student(as_role, CANARY)
    planted = await plant(office, plain(student))
    await office.sql("DELETE FROM person_photo")
    await photograph(office, as_role, student)
    await photograph(other, as_role, elsewhere)
    left = office.host.clock().date() - A_YEAR_AGO
    await office.sql("DELETE FROM student_status")
    await office.leave(student, left)
    await other.leave(elsewhere, left)
    await Sealer(office.host).run([office.space])
    pictures = await office.sql("SELECT digest FROM stored_file WHERE media_type LIKE 'image/%'")
    paths = [storage_of(office.host).path(office.space.id, row["digest"]) for row in pictures]
    assert paths
    assert {"student.email", "audit_line.new_values"} <= set(await canaries(office, "people.example"))

    await rule(office, None, 600)
    await rule(office, "IMAGE", 12)
    await rule(office, "CONTACT", 12)
    await rule(office, "HEALTH", 24)
    (due,) = await look(office)
    assert (student, "RETENTION") == (due["personId"], due["basis"])
    assert (["contact", "image"], left.isoformat()) == (due["categories"], due["leftOn"])
    plan = {each["table"]: each for each in due["plan"]}
    assert ["email", "phone"] == plan["student"]["columns"]
    assert ("delete", 1) == (plan["person_photo"]["act"], plan["person_photo"]["rows"])
    assert not {"mark", "student_result", "student_status", "guardianship"} & plan.keys()
    assert all(path.is_file() for path in paths), "a plan changes nothing"

    done = (await office.admin.gql(APPROVE, erasure=due["id"]))["approveErasure"]
    assert {"personErasure": {"state": "ERASED", "categories": ["contact", "image"]}, "errors": []} == done
    assert [] == await office.work()
    assert [] == await canaries(office, "people.example")
    assert [] == await office.sql("SELECT 1 FROM person_photo")
    assert [] == [path for path in paths if path.exists()]
    (row,) = await office.sql("SELECT full_name, code, email, phone FROM student")
    assert (f"{CANARY} {CANARY}", CANARY, None, None) == tuple(row)
    assert {"mark", "student_result", "subject_result"} <= planted
    for name in planted - {"person_photo", "stored_file"}:
        if "contact" not in declared_by(office.host)[name].of_row:
            assert await office.sql(f"SELECT 1 FROM {name} WHERE student_id = $1", plain(student)), name
    await Sealer(office.host).run([office.space])
    assert [] == (await verify_space(office.host, office.space, HeadFiles.of(office.host.settings))).faults

    assert [] == await look(office), "what is gone is not asked for again"
    await rule(office, "HEALTH", 13)
    assert [] == await look(office), "of that there is nothing"
    await rule(office, None, 13)
    (whole,) = await look(office)
    assert [] == whole["categories"]
    assert [] == (await office.admin.gql(APPROVE, erasure=whole["id"]))["approveErasure"]["errors"]
    assert [] == await office.work()
    assert [] == await canaries(office, CANARY)
    assert [] == await look(office)

    assert [] == await look(other), "another school's rules are its own"
    assert 1 == len(await other.sql("SELECT 1 FROM person_photo"))
    assert 1 == len(await other.sql("SELECT 1 FROM student WHERE email LIKE '%people.example'"))


async def test_what_was_refused_is_not_asked_for_again_and_the_rest_is(office: Office, as_role: People) -> None:
    student = await office.student(as_role, CANARY)
    await photograph(office, as_role, student)
    await office.leave(student, office.host.clock().date() - A_YEAR_AGO)
    await rule(office, "IMAGE", 12)
    (due,) = await look(office)
    assert ["image"] == due["categories"]
    assert [] == (await office.officer.gql(REFUSE, erasure=due["id"]))["refuseErasure"]["errors"]
    await rule(office, "CONTACT", 6)
    (rest,) = await look(office)
    assert ["contact"] == rest["categories"]
    assert [rest] == await look(office), "of one person there is one request at a time"
    await office.officer.gql(REFUSE, erasure=rest["id"])
    await rule(office, "CONTACT", 6, active=False)
    assert [] == await look(office)


async def test_a_year_of_leavers_is_approved_at_once_or_not_at_all(
    office: Office, other: Office, as_role: People
) -> None:
    left = office.host.clock().date() - A_YEAR_AGO
    for school in (office, other):
        for name in ("Ann7", "Ben7", "Cid7"):
            await school.leave(await school.student(as_role, name), left)
        await rule(school, "CONTACT", 12)
    due, elsewhere = [each["id"] for each in await look(office)], [each["id"] for each in await look(other)]
    assert (3, 3) == (len(due), len(elsewhere))
    reached = "SELECT count(*) FROM student WHERE phone IS NOT NULL"

    async def approve(*requests: str) -> list[tuple[str, str, int | None]]:
        answer = await office.admin.gql(APPROVE_ALL, erasures=requests)
        return [(each["code"], each["field"], each["row"]) for each in answer["approveErasures"]["errors"]]

    await office.officer.gql(REFUSE, erasure=due[2])
    assert [("CONFLICT", "personErasures", 2)] == await approve(*due)
    assert [("NOT_FOUND", "personErasures", 1)] == await approve(due[0], elsewhere[0])
    assert [("LISTED_TWICE", "personErasures", None)] == await approve(due[0], due[0])
    assert [("REQUIRED", "personErasures", None)] == await approve()
    assert 3 == (await office.sql(reached))[0]["count"], "all or none"
    teacher = await as_role(office.space, "teacher")
    assert ["FORBIDDEN"] == await teacher.refused(APPROVE_ALL, erasures=due[:2])
    assert [] == await approve(*due[:2])
    assert [] == await office.work()
    assert 1 == (await office.sql(reached))[0]["count"]
    assert 3 == (await other.sql(reached))[0]["count"]


async def test_who_comes_back_and_leaves_again_is_asked_for_again(office: Office, as_role: People) -> None:
    student = await office.student(as_role, CANARY)
    today = office.host.clock().date()
    await office.leave(student, today - timedelta(days=900))
    await rule(office, "CONTACT", 12)
    (due,) = await look(office)
    await office.admin.gql(APPROVE, erasure=due["id"])
    assert [] == await office.work()
    await office.sql("UPDATE student_status SET starts_on = $1", today - A_YEAR_AGO)
    (again,) = await look(office)
    assert (today - A_YEAR_AGO).isoformat() == again["leftOn"]


async def test_who_sits_in_a_class_has_not_left(office: Office, as_role: People) -> None:
    student = await office.student(as_role, CANARY)
    today = office.host.clock().date()
    await office.leave(student, today - timedelta(days=900))
    await rule(office, "CONTACT", 12)
    # Enrolled again, and nobody has recorded a readmission: older versions accepted this.
    await office.sql(
        "WITH made AS (INSERT INTO school_class (id, school_year_id, name, kind)"
        " SELECT gen_random_uuid(), id, '1Z', 'course' FROM school_year LIMIT 1 RETURNING id)"
        " INSERT INTO class_enrolment (id, student_id, school_class_id, starts_on)"
        " SELECT gen_random_uuid(), $1, id, $2::date FROM made",
        plain(student),
        today - timedelta(days=800),
    )
    assert [] == await look(office)
    await office.sql("UPDATE class_enrolment SET ends_on = $1", today - A_YEAR_AGO)
    (due,) = await look(office)
    assert (today - A_YEAR_AGO + timedelta(days=1)).isoformat() == due["leftOn"]


async def test_a_part_is_asked_for_by_hand_and_the_whole_later(office: Office, other: Office, as_role: People) -> None:
    student = await office.student(as_role, CANARY)
    await photograph(office, as_role, student)
    asked = (await office.officer.gql(ASK, person=student, categories=["IMAGE"]))["askForErasure"]
    assert (["image"], []) == (asked["personErasure"]["categories"], asked["errors"])
    twice = (await office.officer.gql(ASK, person=student, categories=["CONTACT"]))["askForErasure"]["errors"]
    assert [{"code": "CONFLICT", "field": "person"}] == twice
    request = asked["personErasure"]["id"]
    assert ["FORBIDDEN"] == await office.officer.refused(APPROVE, erasure=request)
    assert [] == (await office.admin.gql(APPROVE, erasure=request))["approveErasure"]["errors"]
    assert [] == await office.work()
    assert [] == await office.sql("SELECT 1 FROM person_photo")
    assert 1 == len(await office.sql("SELECT 1 FROM student WHERE email IS NOT NULL"))
    whole = (await office.officer.gql(ASK, person=student))["askForErasure"]
    assert ([], []) == (whole["personErasure"]["categories"], whole["errors"])
    elsewhere = (await other.officer.gql(ASK, person=student, categories=["IMAGE"]))["askForErasure"]["errors"]
    assert [{"code": "NOT_FOUND", "field": "person"}] == elsewhere


async def test_what_tells_when_somebody_left_is_removed_with_the_whole_person_alone(
    office: Office, other: Office, as_role: People
) -> None:
    student = await office.student(as_role, CANARY)
    refused = (await office.officer.gql(RULE, category="REGISTER", months=12))["setRetention"]["errors"]
    assert [{"code": "INVALID", "field": "category"}] == refused
    refused = (await office.officer.gql(ASK, person=student, categories=["IMAGE", "REGISTER"]))["askForErasure"]
    assert [{"code": "INVALID", "field": "categories"}] == refused["errors"]
    await rule(office, None, 60)
    await rule(office, "IMAGE", 12)
    await rule(office, "IMAGE", 6)
    rules = (await office.officer.gql(RULES))["retentionRules"]["nodes"]
    assert {(None, 60), ("IMAGE", 6)} == {(each["category"], each["months"]) for each in rules}
    assert [] == (await other.officer.gql(RULES))["retentionRules"]["nodes"]


async def test_a_field_of_the_schools_own_is_removed_with_its_own_category(
    office: Office, other: Office, as_role: People
) -> None:
    for school in (office, other):
        for name, category in (("allergy", "HEALTH"), ("nickname", None)):
            made = await school.admin.gql(FIELD, name=name, category=category)
            assert ({"category": category}, []) == tuple(made["defineCustomField"].values())
    refused = await office.admin.gql(FIELD, name="joined", category="REGISTER")
    assert [{"code": "INVALID", "field": "category"}] == refused["defineCustomField"]["errors"]
    texts = "SELECT text_value FROM custom_value ORDER BY text_value"
    students = {}
    for school in (office, other):
        students[school.space.id] = student = await school.student(as_role, CANARY)
        registrar = await as_role.as_role(school.space, "registrar")
        written = await registrar.gql(VALUES, student=student)
        assert {"setCustomValues": {"errors": []}} == written
    student = students[office.space.id]

    async def erase(*categories: str) -> None:
        asked = (await office.officer.gql(ASK, person=student, categories=categories))["askForErasure"]
        assert [] == asked["errors"]
        done = await office.admin.gql(APPROVE, erasure=asked["personErasure"]["id"])
        assert [] == done["approveErasure"]["errors"]
        assert [] == await office.work()

    await erase("CONTACT", "IMAGE")
    assert ["Bo", "peanuts"] == [row["text_value"] for row in await office.sql(texts)]
    await erase("HEALTH")
    assert ["Bo"] == [row["text_value"] for row in await office.sql(texts)]
    assert [] == await canaries(office, "peanuts")
    assert (
        []
        == (await (await as_role(office.space, "registrar")).gql(VALUES, student=student))["setCustomValues"]["errors"]
    )
    await erase("IDENTITY")
    assert ["peanuts"] == [row["text_value"] for row in await office.sql(texts)]
    await erase()
    assert [] == await office.sql(texts)
    assert ["Bo", "peanuts"] == [row["text_value"] for row in await other.sql(texts)]


class _Back(Exception):  # noqa: N818 - nothing went wrong
    """Ends a transaction without a trace."""


async def _left_after(office: Office, person: UUID, parts: Sequence[Sequence[DataCategory]]) -> dict[str, list[str]]:
    """What is left of everything after these erasures and one of the whole person, none of which lasts."""
    left: dict[str, list[str]] = {}
    try:
        async with office.host.database.transaction(office.space.id) as transaction:
            caller = office.host.system_caller(office.space)
            context = Context(office.host, caller, transaction, AuditTrail("test"), office.host.clock())
            for part in [*parts, ()]:
                request = await ask_for_erasure(
                    context, person_kind="Student", person=person, basis=ErasureBasis.REQUEST, categories=list(part)
                )
                # Somebody else approves.
                await context.execute("UPDATE person_erasure SET asked_account = gen_random_uuid()")
                await approve_erasure(context, person_erasure=request)
            for each in declared_by(office.host).values():
                if each.erasure is not None and each.erasure.act in (Act.DELETE, Act.BLANK):
                    sql = f"SELECT (to_jsonb(t) - 'version')::text AS row FROM {each.name} t ORDER BY t.id"
                    left[each.name] = [row["row"] for row in await context.fetch(sql)]
            raise _Back
    except _Back:
        left.pop("job")
        return left


@pytest.fixture(scope="session")
def planted_once() -> dict[str, Any]:
    """Keeps the school of the property over its examples."""
    return {}


@given(parts=st.lists(_CATEGORIES.map(sorted), max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_parts_in_any_order_and_the_whole_leave_what_the_whole_leaves(
    office: Office, as_role: People, planted_once: dict[str, Any], parts: list[list[DataCategory]]
) -> None:
    if not planted_once:
        student = plain(await office.student(as_role, CANARY))
        await plant(office, student)
        before = {"office": office, "student": student, "whole": await _left_after(office, student, [])}
        planted_once.update(before)
    used, student, whole = planted_once["office"], planted_once["student"], planted_once["whole"]
    assert whole["student"]
    assert whole == await _left_after(used, student, parts)


_MONTHS: Final = st.dictionaries(st.none() | st.sampled_from(sorted(CHOSEN)), st.integers(1, 60), max_size=6)


@given(_MONTHS, st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.integers(0, 2000))
def test_each_category_is_due_by_its_own_rule_before_the_general_one(
    months: dict[DataCategory | None, int], left: date, days: int
) -> None:
    today = left + timedelta(days=days)
    due = due_categories(months, left, today)
    for each in CHOSEN:
        long = months.get(each, months.get(None))
        expected = long is not None and due_from(left, long) <= today
        assert expected is (due is None or each in due)
    later = due_categories(months, left, today + timedelta(days=31))
    assert later is None or (due is not None and due <= later), "what is due stays due"


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ({}, frozenset()),
        ({None: 12}, None),
        ({DataCategory.IMAGE: 12, DataCategory.HEALTH: 24}, frozenset({DataCategory.IMAGE})),
        ({None: 12, DataCategory.ACADEMIC_RECORD: 600}, CHOSEN - {DataCategory.ACADEMIC_RECORD}),
        ({None: 600, DataCategory.IMAGE: 12}, frozenset({DataCategory.IMAGE})),
    ],
)
def test_thirteen_months_after_leaving(
    months: dict[DataCategory | None, int], expected: frozenset[DataCategory] | None
) -> None:
    assert expected == due_categories(months, date(2025, 8, 31), date(2026, 9, 30))
