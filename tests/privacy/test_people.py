"""What a school has about a person: a copy of all of it, and its erasure, which leaves no word in any table."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta
from typing import Final

import pytest
from data_office import CANARY, Office, canaries, plain, plant
from hypothesis import given
from hypothesis import strategies as st

from homeroom.audit.heads import HeadFiles
from homeroom.audit.sealing import Sealer
from homeroom.audit.verifying import verify_space
from homeroom.files.keeping import storage_of
from homeroom.personal_data import Act
from homeroom.privacy.exporting import forget_copies
from homeroom.privacy.finding import declared_by
from homeroom.privacy.retention import find_due
from homeroom.privacy.rules import due_from
from homeroom.testing import People

EXPORT: Final = """mutation Export($person: ID!, $kind: PersonKind! = Student) {
  exportPerson(input: {personKind: $kind, person: $person}) { job { name } errors { code field } } }"""
EXPORT_AS_GIVEN: Final = """mutation Export($input: ExportPersonInput!) {
  exportPerson(input: $input) { job { name } errors { code field } } }"""
COPIES: Final = "{ personCopies { nodes { personKind personId keptUntil fileUrl } } }"
ASK: Final = """mutation Ask($person: ID!) {
  askForErasure(input: {personKind: Student, person: $person, basis: REQUEST}) {
    personErasure { id state plan } errors { code field message } } }"""
APPROVE: Final = """mutation Approve($erasure: ID!) {
  approveErasure(input: {personErasure: $erasure}) { personErasure { state decidedBy } errors { code field } } }"""
HOLD: Final = """mutation Hold($person: ID!) {
  placeHold(input: {personKind: Student, person: $person, reason: "a lawsuit"}) {
    legalHold { id } errors { code field } } }"""
LIFT: Final = """mutation Lift($hold: ID!) {
  liftHold(input: {legalHold: $hold}) { legalHold { liftedBy } errors { code field } } }"""
LISTS: Final = """query Lists($person: ID!) {
  listed: students(first: 100) { totalCount nodes { id } }
  erased: students(filter: {or: [{erased: {eq: true}}]}) { totalCount nodes { id fullName } }
  student(id: $person) { id erased } }"""
KEEP: Final = """mutation Keep($kind: PersonKind!) {
  setRetention(input: {personKind: $kind, months: 24, legalBasis: "the school's own rule"}) {
    errors { code field } } }"""
DUE: Final = "{ personErasures { nodes { id personId basis state } } }"


async def test_a_copy_has_every_row_about_a_person_and_nobody_elses(
    office: Office, other: Office, as_role: People
) -> None:
    student, another = await office.student(as_role, CANARY), await office.student(as_role, "Wren8")
    planted = await plant(office, plain(student))
    asked = (await office.officer.gql(EXPORT, person=student))["exportPerson"]
    assert {"job": {"name": "privacy.person.export"}, "errors": []} == asked
    assert [] == await office.work()
    (copy,) = (await office.officer.gql(COPIES))["personCopies"]["nodes"]
    assert ("Student", student) == (copy["personKind"], copy["personId"])
    (row,) = await office.sql("SELECT digest FROM stored_file WHERE media_type = 'application/zip'")
    with zipfile.ZipFile(storage_of(office.host).path(office.space.id, row["digest"])) as archive:
        everything = json.loads(archive.read("everything.json"))
        names = set(archive.namelist())
        sheet = archive.read("tables/student.csv").decode("utf-8-sig")
    assert planted | {"student", "import_link"} <= everything["tables"].keys()
    assert {f"tables/{name}.csv" for name in planted} <= names
    assert [str(plain(student))] == [each["id"] for each in everything["tables"]["student"]["rows"]]
    assert "The day of birth." == everything["tables"]["student"]["columns"]["birth_date"]
    assert f"{CANARY}@people.example" in sheet
    assert "school.student.create" in {each["command"] for each in everything["audit"]}
    assert "Wren8" not in json.dumps(everything)
    assert str(plain(another)) not in json.dumps(everything)
    assert [] == (await other.officer.gql(COPIES))["personCopies"]["nodes"]


async def test_a_copy_is_fetched_by_those_entitled_and_is_gone_after_its_days(
    office: Office, other: Office, as_role: People
) -> None:
    student = await office.student(as_role, CANARY)
    await office.officer.gql(EXPORT, person=student)
    assert [] == await office.work()
    (copy,) = (await office.officer.gql(COPIES))["personCopies"]["nodes"]
    fetched = await office.officer.http.get(copy["fileUrl"])
    assert (200, "application/zip") == (fetched.status_code, fetched.headers["content-type"])
    for somebody in (await as_role(office.space, "teacher"), other.officer):
        assert 404 == (await somebody.http.get(copy["fileUrl"])).status_code

    await office.enqueue(forget_copies)
    assert [] == await office.work()
    assert 200 == (await office.officer.http.get(copy["fileUrl"])).status_code, "its days are not over"
    (kept,) = await office.sql("SELECT digest FROM stored_file WHERE media_type = 'application/zip'")
    content = storage_of(office.host).path(office.space.id, kept["digest"])
    assert content.is_file()
    await office.sql("UPDATE person_copy SET kept_until = made_at::date - 1")
    await office.enqueue(forget_copies)
    assert [] == await office.work()
    assert [] == (await office.officer.gql(COPIES))["personCopies"]["nodes"]
    assert 404 == (await office.officer.http.get(copy["fileUrl"])).status_code
    assert not content.exists()


async def test_the_copy_of_somebody_of_another_school_is_not_to_be_had(
    office: Office, other: Office, as_role: People
) -> None:
    student = await office.student(as_role, CANARY)
    refused = {"exportPerson": {"job": None, "errors": [{"code": "NOT_FOUND", "field": "person"}]}}
    assert refused == await other.officer.gql(EXPORT, person=student)
    assert ["BAD_USER_INPUT"] == await office.officer.refused(EXPORT, person=student, kind="Room")
    wrong = {"exportPerson": {"job": None, "errors": [{"code": "INVALID", "field": "personKind"}]}}
    for kind in ("Room", "OTHER"):
        given = {"person": student, "personKind": kind}
        assert wrong == await office.officer.gql(EXPORT_AS_GIVEN, input=given)
    teacher = await as_role(office.space, "teacher")
    assert ["FORBIDDEN"] == await teacher.refused(EXPORT, person=student)


async def test_after_an_erasure_no_word_is_left_and_the_chain_holds(
    office: Office, other: Office, as_role: People
) -> None:
    student, another = await office.student(as_role, CANARY), await office.student(as_role, "Wren8")
    elsewhere = await other.student(as_role, CANARY)
    planted = await plant(office, plain(student))
    await office.officer.gql(EXPORT, person=student)
    assert [] == await office.work()
    (kept,) = await office.sql("SELECT digest FROM stored_file WHERE media_type = 'application/zip'")
    await Sealer(office.host).run([office.space])
    assert {"student.full_name", "audit_line.new_values", "audit_entry.reason"} <= set(await canaries(office, CANARY))

    # What is switched off keeps its rows, and people their right to them.
    assert {"mark", "student_result"} <= planted
    await office.host.directory.set_plugins(office.space.id, ["school"])
    asked = (await office.officer.gql(ASK, person=student))["askForErasure"]
    assert [] == asked["errors"]
    request = asked["personErasure"]["id"]
    plan = {each["table"]: each for each in asked["personErasure"]["plan"]}
    assert ("blank", 1) == (plan["student"]["act"], plan["student"]["rows"])
    assert planted <= plan.keys()
    assert await canaries(office, CANARY), "a plan changes nothing"
    assert ["FORBIDDEN"] == await office.officer.refused(APPROVE, erasure=request)

    done = (await office.admin.gql(APPROVE, erasure=request))["approveErasure"]
    assert [] == done["errors"]
    assert "ERASED" == done["personErasure"]["state"]
    assert [] == await office.work()
    assert [] == await canaries(office, CANARY)
    assert not storage_of(office.host).path(office.space.id, kept["digest"]).exists()

    # The row that is kept stays a key of others, and is in no list of people that does not ask for it.
    seen = await (await as_role(office.space, "registrar")).gql(LISTS, person=student)
    assert student not in [each["id"] for each in seen["listed"]["nodes"]]
    assert seen["listed"]["totalCount"] == len(seen["listed"]["nodes"])
    assert {"totalCount": 1, "nodes": [{"id": student, "fullName": "-"}]} == seen["erased"]
    assert {"id": student, "erased": True} == seen["student"]

    declared = declared_by(office.host)
    for name in planted:
        erasure = declared[name].erasure
        assert erasure is not None
        left = await office.sql(f"SELECT id FROM {name} WHERE student_id = $1", plain(student))
        assert erasure.act is not Act.DELETE or [] == left, name
    await Sealer(office.host).run([office.space])
    files = HeadFiles.of(office.host.settings)
    report = await verify_space(office.host, office.space, files)
    assert [] == report.faults
    assert 0 < report.erased
    (tombstone,) = await office.sql("SELECT state, basis, audit_erased_at FROM person_erasure")
    assert ("erased", "request") == (tombstone["state"], tombstone["basis"])
    assert tombstone["audit_erased_at"] is not None

    assert [{"full_name": "Wren8 Wren8"}] == [
        dict(row) for row in await office.sql("SELECT full_name FROM student WHERE id = $1", plain(another))
    ]
    assert 1 == len(await other.sql("SELECT 1 FROM student WHERE id = $1 AND code = $2", plain(elsewhere), CANARY))


async def test_a_hold_keeps_everything_until_it_is_lifted(office: Office, other: Office, as_role: People) -> None:
    student = await office.student(as_role, CANARY)
    request = (await office.officer.gql(ASK, person=student))["askForErasure"]["personErasure"]["id"]
    hold = (await office.officer.gql(HOLD, person=student))["placeHold"]["legalHold"]["id"]
    held = (await office.admin.gql(APPROVE, erasure=request))["approveErasure"]
    assert {"personErasure": None, "errors": [{"code": "ON_HOLD", "field": "person"}]} == held
    assert ["NOT_FOUND"] == [e["code"] for e in (await other.officer.gql(LIFT, hold=hold))["liftHold"]["errors"]]
    assert [] == (await office.admin.gql(LIFT, hold=hold))["liftHold"]["errors"]
    assert [] == (await office.admin.gql(APPROVE, erasure=request))["approveErasure"]["errors"]
    again = (await office.officer.gql(ASK, person=student))["askForErasure"]["errors"]
    assert ["CONFLICT"] == [each["code"] for each in again]


@pytest.mark.parametrize("role", ["teacher", "registrar", "student", "guardian"])
async def test_nobody_else_asks_for_an_erasure(office: Office, as_role: People, role: str) -> None:
    student = await office.student(as_role, CANARY)
    assert ["FORBIDDEN"] == await (await as_role(office.space, role)).refused(ASK, person=student)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(1, 1200))
def test_data_are_kept_for_whole_months(left_on: date, months: int) -> None:
    due = due_from(left_on, months)
    assert months == (due.year - left_on.year) * 12 + due.month - left_on.month
    assert due.day == left_on.day or ((due + timedelta(days=1)).day == 1 and due.day < left_on.day)


async def test_those_whose_time_is_over_are_asked_for_and_erased_by_approval_alone(
    office: Office, other: Office, as_role: People
) -> None:
    people = {name: await office.student(as_role, name) for name in ("Gone", "Held", "Recent", "Here")}
    elsewhere = await other.student(as_role, "Gone")
    today = office.host.clock().date()
    for name, days in (("Gone", 800), ("Held", 800), ("Recent", 700)):
        await office.leave(people[name], today - timedelta(days=days))
    await other.leave(elsewhere, today - timedelta(days=800))
    await office.officer.gql(HOLD, person=people["Held"])
    await office.enqueue(find_due)
    assert [] == await office.work()
    assert [] == (await office.officer.gql(DUE))["personErasures"]["nodes"], "without a rule everything is kept"

    assert [] == (await office.officer.gql(KEEP, kind="Student"))["setRetention"]["errors"]
    assert ["BAD_USER_INPUT"] == await office.officer.refused(KEEP, kind="Room")
    for _ in range(2):
        await office.enqueue(find_due)
        assert [] == await office.work()
        (due,) = (await office.officer.gql(DUE))["personErasures"]["nodes"]
        assert (people["Gone"], "RETENTION", "ASKED") == (due["personId"], due["basis"], due["state"])
        assert 1 == len(await office.sql("SELECT 1 FROM student WHERE code = 'Gone'")), "nothing is removed by itself"
    assert [] == (await office.officer.gql(APPROVE, erasure=due["id"]))["approveErasure"]["errors"]
    assert [] == await office.work()
    left = {row["code"] for row in await office.sql("SELECT code FROM student WHERE code IS NOT NULL")}
    assert {"Held", "Recent", "Here"} == left
    assert [] == (await other.officer.gql(DUE))["personErasures"]["nodes"]


async def test_a_kind_of_person_of_a_plugin_that_is_off_is_shown_as_other(office: Office, as_role: People) -> None:
    student = await office.student(as_role, CANARY)
    await office.officer.gql(HOLD, person=student)
    asked = "query Of($kind: PersonKind!) { legalHolds(filter: {personKind: {eq: $kind}}) { nodes { personKind } } }"
    assert {"legalHolds": {"nodes": [{"personKind": "Student"}]}} == await office.officer.gql(asked, kind="Student")
    await office.sql("UPDATE legal_hold SET person_kind = 'Alumnus'")
    assert {"legalHolds": {"nodes": []}} == await office.officer.gql(asked, kind="Student")
    assert {"legalHolds": {"nodes": [{"personKind": "OTHER"}]}} == await office.officer.gql(asked, kind="OTHER")
