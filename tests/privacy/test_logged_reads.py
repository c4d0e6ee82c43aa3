"""A school chooses further fields whose reads by staff the audit keeps; others pay nothing for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.logged_reads import chosen_of, logged_with
from homeroom.privacy.proposals import ProposedLogging
from homeroom.testing import Client, People
from homeroom_school.commands.calendar import make_school_year_current
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_student

LOG: Final = """mutation Log($fields: [ReadFieldInput!]!, $basis: String!) {
  logReads(input: {fields: $fields, legalBasis: $basis}) { result errors { code field row } } }"""
STOP: Final = """mutation Stop($fields: [ReadFieldInput!]!) {
  stopLoggingReads(input: {fields: $fields}) { result errors { code field row } } }"""
LISTED: Final = "{ loggedFields { resource field because by alike legalBasis active } }"
EXPORT: Final = "mutation { exportRoster(input: {}) { errors { code } } }"
ONE: Final = "query One($id: ID!) { student(id: $id) { fullName givenName birthDate sex } }"
BORN: Final = {"resource": "Student", "field": "birthDate"}
BASIS: Final = "the school's own rule"
SECRET: Final = date(2011, 11, 23)
MakeSpace = Callable[..., Awaitable[Space]]


class School:
    """A school with two students."""

    def __init__(self, host: Host, space: Space, as_role: People) -> None:
        self.host, self.space, self.as_role = host, space, as_role

    async def begin(self) -> School:
        """Enter the students and who works with them."""
        caller = self.host.system_caller(self.space)
        self.mai: UUID = await self.host.execute(
            caller, create_student, name=NameInput("Mai", "Trần", "Thị"), birth_date=SECRET
        )
        self.tu: UUID = await self.host.execute(caller, create_student, name=NameInput("Tư", "Lê", "Văn"))
        self.officer = await self.as_role(self.space, "data_protection")
        self.registrar = await self.as_role(self.space, "registrar")
        return self

    async def log(self, *fields: dict[str, str]) -> Any:
        """Choose fields."""
        return (await self.officer.gql(LOG, fields=[*fields], basis=BASIS))["logReads"]

    async def sql(self, statement: str, *args: Any) -> list[Any]:
        """Rows of the school."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return await transaction.fetch(statement, *args)

    async def looks(self) -> list[tuple[str, str, UUID, str]]:
        """Who read what of which row, by time: login, reason, row, and what the line holds."""
        rows = await self.sql(
            "SELECT e.login, e.reason, l.row_id, l.new_values::text AS held FROM audit_entry e"
            " LEFT JOIN audit_line l ON l.entry_id = e.id WHERE e.command = 'audit.read' ORDER BY e.at, e.id, l.id"
        )
        return [(row["login"], row["reason"], row["row_id"], row["held"]) for row in rows]

    async def born(self, reader: Client) -> Any:
        """Read the birth date of one student."""
        return (await reader.gql(ONE, id=f"Student_{self.mai}"))["student"]["birthDate"]


@pytest_asyncio.fixture(loop_scope="session")
async def make_school(host: Host, make_space: MakeSpace, as_role: People) -> Callable[[], Awaitable[School]]:
    """Makes schools."""

    async def make() -> School:
        return await School(host, await make_space("vn"), as_role).begin()

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def ours(make_school: Callable[[], Awaitable[School]]) -> School:
    """A school that chooses."""
    return await make_school()


async def test_a_choice_holds_at_once_in_the_school_that_made_it_and_until_it_is_taken_back(
    ours: School, make_school: Callable[[], Awaitable[School]]
) -> None:
    theirs = await make_school()
    for school in (ours, theirs):  # the plan is made, and kept, before the choice
        assert SECRET.isoformat() == await school.born(school.registrar)
    assert [] == [*await ours.looks(), *await theirs.looks()]
    assert {"result": 1, "errors": []} == await ours.log(BORN)
    answer = await ours.registrar.http.post(
        "/graphql",
        json={"query": ONE, "variables": {"id": f"Student_{ours.mai}"}, "extensions": {"purpose": "a certificate"}},
    )
    assert b"!" not in answer.content
    assert SECRET.isoformat() == answer.json()["data"]["student"]["birthDate"]
    assert SECRET.isoformat() == await theirs.born(theirs.registrar)
    seen = (ours.registrar.login, "a certificate", ours.mai, '{"read": ["birth_date"]}')
    assert [seen] == await ours.looks()
    assert [] == await theirs.looks()
    # Nothing is shown of whom nothing is known.
    await ours.registrar.gql(ONE, id=f"Student_{ours.tu}")
    assert [seen] == await ours.looks()
    stopped = (await ours.officer.gql(STOP, fields=[BORN]))["stopLoggingReads"]
    assert {"result": 1, "errors": []} == stopped
    await ours.born(ours.registrar)
    assert [seen] == await ours.looks()
    (row,) = await ours.sql(
        "SELECT array_agg(l.new_values::text ORDER BY l.id) AS reported FROM audit_line l WHERE l.noun = 'logged_read'"
        " AND l.row_id = (SELECT id FROM logged_read WHERE field = 'birth_date')"
    )
    assert ['"active": true', '"active": false'] == [
        next(word for word in ('"active": true', '"active": false') if word in each) for each in row["reported"][-2:]
    ]


async def test_the_person_concerned_and_the_family_are_no_staff(ours: School) -> None:
    caller = ours.host.system_caller(ours.space)
    parent: UUID = await ours.host.execute(caller, create_guardian, name=NameInput("An", "Trần", "Văn"))
    await ours.host.execute(caller, start_guardianship, student=ours.mai, guardian=parent)
    await ours.log(BORN, {"resource": "Student", "field": "fullName"})
    pupil = await ours.as_role(ours.space, "student", person=ours.mai)
    family = await ours.as_role(ours.space, "guardian", person=parent)
    for reader in (pupil, family):
        assert SECRET.isoformat() == await ours.born(reader)
    assert [] == await ours.looks()
    # Who works here as well reads the own child as family, unless the work opens every record.
    teacher = await ours.as_role(ours.space, "guardian", "teacher", person=parent)
    assert SECRET.isoformat() == await ours.born(teacher)
    found = '{ students(filter: {fullName: {contains: "T"}}, first: 5) { nodes { id fullName } } }'
    assert 1 == len((await teacher.gql(found))["students"]["nodes"])
    rows = {each[2:] for each in await ours.looks()}
    assert {(None, None)} == rows, "that it was asked for a name is kept, and no row of the family"
    registrar = await ours.as_role(ours.space, "guardian", "registrar", person=parent)
    assert SECRET.isoformat() == await ours.born(registrar)
    assert (ours.mai, '{"read": ["birth_date", "full_name", "given_name"]}') in {
        each[2:] for each in await ours.looks()
    }


@pytest.mark.parametrize(
    ("document", "held"),
    [
        (
            '{ students(filter: {birthDate: {lt: "2012-01-01"}}) { nodes { id } } }',
            '{"found_by": ["Student.birthDate"]}',
        ),
        (
            "{ students(orderBy: [{field: BIRTH_DATE}], first: 1) { edges { cursor } } }",
            '{"found_by": ["Student.birthDate"]}',
        ),
        (
            '{ students(filter: {search: {matches: "Mai"}}) { nodes { id born: birthDate } } }',
            '{"read": ["birth_date"], "found_by": ["Student.search"]}',
        ),
        # A cursor of the default order carries the name by which it orders.
        ("{ students(first: 1) { edges { cursor } } }", '{"found_by": ["Student.sortKey"]}'),
        ("{ students(first: 1) { nodes { id code } } }", None),
        ("{ students(first: 1) { nodes { id } pageInfo { hasNextPage } } }", None),
    ],
)
async def test_finding_and_ordering_by_a_chosen_field_is_kept(ours: School, document: str, held: str | None) -> None:
    await ours.log(BORN, {"resource": "Student", "field": "familyName"})
    answer = await ours.registrar.post(document)
    assert "errors" not in answer.json()
    assert b"!" not in answer.content
    looks = {each[2]: each[3] for each in await ours.looks()}
    assert ({} if held is None else held) == (looks if held is None else looks.get(ours.mai, looks.get(ours.tu)))
    assert all(SECRET.isoformat() not in str(each) and "Mai" not in str(each) for each in looks.values())


async def test_lists_are_kept_as_reads_on_the_screen_are(ours: School) -> None:
    await ours.log(BORN, {"resource": "Student", "field": "fullName"})
    for form in ("csv", "xlsx"):
        assert 200 == (await ours.registrar.http.get(f"/lists/students.{form}")).status_code
    looks = await ours.looks()
    assert {ours.mai, ours.tu} == {each[2] for each in looks}
    of_mai = [each[3] for each in looks if each[2] == ours.mai]
    assert 2 == len(of_mai)
    assert all('"birth_date"' in each and '"full_name"' in each and "Mai" not in each for each in of_mai)


async def test_what_a_command_shows_is_kept_though_its_plan_was_made_before(ours: School) -> None:
    change = """mutation C($id: ID!, $code: String) {
        changeStudent(input: {student: $id, code: $code}) { student { birthDate } } }"""
    for code in ("A1", "A2"):
        answer = await ours.registrar.gql(change, id=f"Student_{ours.mai}", code=code)
        assert {"birthDate": SECRET.isoformat()} == answer["changeStudent"]["student"]
        assert (code == "A2") == bool(await ours.looks())
        await ours.log(BORN)
    assert [(ours.mai, '{"read": ["birth_date"]}')] == [each[2:] for each in await ours.looks()]


async def test_what_a_roster_carries_out_is_kept(ours: School) -> None:
    caller = ours.host.system_caller(ours.space)
    (year,) = await ours.sql("SELECT id, starts_on FROM school_year")
    await ours.host.execute(caller, make_school_year_current, school_year=year["id"])
    (level,) = await ours.sql("SELECT id FROM grade_level ORDER BY number LIMIT 1")
    made = await ours.host.execute(
        caller, create_school_class, school_year=year["id"], name="6A", grade_level=level["id"]
    )
    rows = [EnrolmentRow(ours.mai), EnrolmentRow(ours.tu)]
    await ours.host.execute(caller, enrol_students, school_class=made, rows=rows, starts_on=year["starts_on"])
    await ours.log(BORN)
    assert [] == (await ours.registrar.gql(EXPORT))["exportRoster"]["errors"]
    lines = await ours.sql(
        "SELECT l.row_id, l.new_values::text AS held FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id"
        " WHERE e.command = 'rosters.roster.export'"
    )
    assert [(ours.mai, '{"read": ["birth_date"]}')] == [(each["row_id"], each["held"]) for each in lines]


async def test_what_tells_the_same_is_logged_with_it_and_the_list_says_why(ours: School, host: Host) -> None:
    await ours.log({"resource": "Student", "field": "givenName"})
    await ours.registrar.gql("query($id: ID!) { student(id: $id) { fullName sex } }", id=f"Student_{ours.mai}")
    assert ['{"read": ["full_name"]}'] == [each[3] for each in await ours.looks()]
    listed = (await ours.officer.gql(LISTED))["loggedFields"]
    found = {(each["field"], each["because"]): each for each in listed if each["resource"] == "Student"}
    assert ("school", None, True) == tuple(found["phone", "PLUGIN"][each] for each in ("by", "legalBasis", "active"))
    assert (None, BASIS, True) == tuple(found["givenName", "SPACE"][each] for each in ("alike", "legalBasis", "active"))
    assert "givenName" == found["fullName", "SPACE"]["alike"]
    # The region proposes more, which waits here for the school.
    assert not found["birthDate", "PRESET"]["active"]
    student = host.variant_of(ours.space).resources["Student"]
    assert {"given_name"} == chosen_of(student, ["Student.given_name", "Student.none", "Staff.code"])
    assert "sort_key" in logged_with(student, ["given_name"])


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ({"resource": "Student", "field": "phone"}, "fields.field"),  # sensitive: logged always
        ({"resource": "Student", "field": "guardianships"}, "fields.field"),
        ({"resource": "Student", "field": "id"}, "fields.field"),
        ({"resource": "Room", "field": "title"}, "fields.resource"),  # about nobody
        ({"resource": "Nothing", "field": "title"}, "fields.resource"),
        (BORN, "fields"),
    ],
)
async def test_what_cannot_be_chosen_is_refused_and_nothing_is_changed(
    ours: School, field: dict[str, str], fault: str
) -> None:
    refused = await ours.log(BORN, field)
    code = "LISTED_TWICE" if fault == "fields" else "INVALID"
    assert [{"code": code, "field": fault, "row": 1}] == refused["errors"]
    await ours.born(ours.registrar)
    assert [] == await ours.looks()


async def test_only_who_answers_for_the_data_chooses_and_only_the_own_choice_is_taken_back(ours: School) -> None:
    for role in ("registrar", "teacher"):
        other = await ours.as_role(ours.space, role)
        assert ["FORBIDDEN"] == await other.refused(LOG, fields=[BORN], basis=BASIS)
        assert ["FORBIDDEN"] == await other.refused(STOP, fields=[BORN])
        assert ["FORBIDDEN"] == await other.refused(LISTED)
    for field in (BORN, {"resource": "Student", "field": "phone"}):
        (fault,) = (await ours.officer.gql(STOP, fields=[field]))["stopLoggingReads"]["errors"]
        assert ("NOT_FOUND", "fields", 0) == (fault["code"], fault["field"], fault["row"])


async def test_a_district_has_reads_logged_in_its_schools_which_cannot_take_that_back(
    host: Host, make_space: MakeSpace, make_school: Callable[[], Awaitable[School]], as_role: People
) -> None:
    school, outside = await make_school(), await make_school()
    district = await make_space("vn", kind="district")
    await host.directory.join_district(school.space.id, district.id)
    for each in (school, outside):
        await each.born(each.registrar)
    leader = await as_role(district, "district_admin")
    reported = (await leader.gql(LOG, fields=[BORN], basis=BASIS))["logReads"]
    assert {"result": 1, "errors": []} == reported
    for each in (school, outside):
        await each.born(each.registrar)
    assert (1, 0) == (len(await school.looks()), len(await outside.looks()))
    (fault,) = (await school.officer.gql(STOP, fields=[BORN]))["stopLoggingReads"]["errors"]
    assert "NOT_FOUND" == fault["code"]
    listed = (await school.officer.gql(LISTED))["loggedFields"]
    (found,) = [each for each in listed if each["because"] == "DISTRICT"]
    assert ("birthDate", district.slug) == (found["field"], found["by"])
    (noted,) = await school.sql(
        "SELECT l.new_values::text AS held FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id"
        " WHERE e.command = 'privacy.read.log' AND e.login = $1",
        leader.login,
    )
    assert "birth_date" in noted["held"]
    await host.directory.join_district(school.space.id, None)
    await school.born(school.registrar)
    assert 1 == len(await school.looks())


async def test_own_fields_are_chosen_too_and_guessing_at_them_is_kept(ours: School) -> None:
    admin = await ours.as_role(ours.space, "admin")
    await admin.gql(
        'mutation { defineCustomField(input: {noun: "Student", name: "bus", kind: TEXT, title: "Bus"})'
        " { errors { code } } }"
    )
    assert {"result": 1, "errors": []} == await ours.log({"resource": "Student", "field": "customBus"})
    guess = """mutation G($row: String!) { setCustomValues(input: {noun: "Student", overwrite: false,
        rows: [{row: $row, field: "bus", value: "7", expected: "9"}]}) { errors { code } } }"""
    answer = await ours.registrar.gql(guess, row=f"Student_{ours.mai}")
    assert [{"code": "CONFLICT"}] == answer["setCustomValues"]["errors"]
    assert [(ours.mai, '{"found_by": ["Student.customBus"]}')] == [each[2:] for each in await ours.looks()]


@pytest.mark.parametrize(("region", "active"), [("cn", True), ("hk", False), ("vn", False)])
async def test_a_region_proposes_a_choice(
    host: Host, make_space: MakeSpace, as_role: People, region: str, *, active: bool
) -> None:
    school = await School(host, await make_space(region), as_role).begin()
    await school.born(school.registrar)
    looks = [each[3] for each in await school.looks()]
    assert (['{"read": ["birth_date", "full_name", "given_name"]}'] if active else []) == looks
    (preset,) = [each for each in host.hooks.collect("presets") if each.region == region]
    proposed: tuple[ProposedLogging, ...] = preset.options["privacy"]["logged_reads"]
    every = {each.name: each for each in host.hooks.collect("resources")}
    for each in proposed:
        assert set(each.fields) == chosen_of(every[each.resource], [f"{each.resource}.{name}" for name in each.fields])
        assert set(each.fields).isdisjoint(every[each.resource].sensitive)
    # What the school has taken back is not proposed again.
    if active:
        assert 1 == (await school.officer.gql(STOP, fields=[BORN]))["stopLoggingReads"]["result"]
        adopted = "mutation { adoptPrivacyPreset(input: {}) { result } }"
        assert 0 == (await school.officer.gql(adopted))["adoptPrivacyPreset"]["result"]
        await school.born(school.registrar)
        assert '{"read": ["full_name", "given_name"]}' == (await school.looks())[-1][3]
