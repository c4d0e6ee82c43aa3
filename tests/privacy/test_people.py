"""What a school has about a person: a copy of all of it, and its erasure, which leaves no word in any table."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from homeroom.audit import AuditTrail
from homeroom.audit.heads import HeadFiles
from homeroom.audit.sealing import Sealer
from homeroom.audit.verifying import verify_space
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.database.declarations import declared_tables
from homeroom.database.ids import new_id
from homeroom.database.tables import sample_of
from homeroom.files.keeping import storage_of
from homeroom.host import Host
from homeroom.jobs import Job
from homeroom.personal_data import Act
from homeroom.privacy.exporting import forget_copies
from homeroom.privacy.finding import declared_by
from homeroom.privacy.retention import find_due
from homeroom.privacy.rules import due_from
from homeroom.testing import Client, People
from homeroom.testing.filling import fill_table, shapes
from homeroom.worker.runner import JobRunner

#: Stands in everything that was written of the student who is to be erased; in no other school and nobody else's row.
CANARY: Final = "Finch7"

CREATE: Final = """mutation Create($name: String!, $email: String!, $reason: String) {
  createStudent(input: {name: {familyName: $name, givenName: $name}, code: $name, birthPlace: $name, email: $email,
                        phone: $name, reason: $reason}) { student { id } errors { code field } } }"""
EXPORT: Final = """mutation Export($person: ID!, $kind: String = "Student") {
  exportPerson(input: {personKind: $kind, person: $person}) { errors { code field } } }"""
COPIES: Final = "{ personCopies { nodes { personKind personId keptUntil fileUrl } } }"
ASK: Final = """mutation Ask($person: ID!) {
  askForErasure(input: {personKind: "Student", person: $person, basis: REQUEST}) {
    personErasure { id state plan } errors { code field message } } }"""
APPROVE: Final = """mutation Approve($erasure: ID!) {
  approveErasure(input: {personErasure: $erasure}) { personErasure { state decidedBy } errors { code field } } }"""
HOLD: Final = """mutation Hold($person: ID!) {
  placeHold(input: {personKind: "Student", person: $person, reason: "a lawsuit"}) {
    legalHold { id } errors { code field } } }"""
LIFT: Final = """mutation Lift($hold: ID!) {
  liftHold(input: {legalHold: $hold}) { legalHold { liftedBy } errors { code field } } }"""
KEEP: Final = """mutation Keep($kind: String!) {
  setRetention(input: {personKind: $kind, months: 24, legalBasis: "the school's own rule"}) {
    errors { code field } } }"""
DUE: Final = "{ personErasures { nodes { id personId basis state } } }"
_TEXTS: Final = """
SELECT c.table_name AS "table", c.column_name AS name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
  AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'bytea')
"""


@dataclasses.dataclass
class Office:
    """A school with two people who answer for its data.

    Args:
        host: The host.
        space: The school.
        admin: One.
        officer: The other.
    """

    host: Host
    space: Space
    admin: Client
    officer: Client

    async def sql(self, statement: str, *args: Any) -> list[Any]:
        """Rows of the school."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return await transaction.fetch(statement, *args)

    async def work(self) -> list[str]:
        """Run all jobs that wait, and those that these ask for; gives what failed."""
        while waiting := await self.sql("SELECT id FROM job WHERE state = 'queued' ORDER BY enqueued_at"):
            for row in waiting:
                await JobRunner(self.host).run(self.space.id, row["id"])
        failed = await self.sql("SELECT name, error FROM job WHERE state NOT IN ('succeeded')")
        return [f"{row['name']}: {row['error']}" for row in failed]

    async def enqueue(self, job: Job) -> None:
        """Ask for a job as the calendar does."""
        caller = self.host.system_caller(self.space, via="job")
        async with self.host.database.transaction(self.space.id) as transaction:
            context = Context(self.host, caller, transaction, AuditTrail(job.name), self.host.clock())
            await context.enqueue(job)

    async def leave(self, student: str, day: date) -> None:
        """A student has left on a day."""
        await self.sql(
            "INSERT INTO student_status (id, student_id, status, starts_on) VALUES ($1, $2, 'graduated', $3)",
            new_id(), plain(student), day,
        )  # fmt: skip

    async def student(self, people: People, name: str) -> str:
        """A new student, of whom everything is called so; gives the global id."""
        registrar = await people.as_role(self.space, "registrar")
        made = await registrar.gql(CREATE, name=name, email=f"{name}@people.example", reason=f"{name} came")
        assert [] == made["createStudent"]["errors"]
        return str(made["createStudent"]["student"]["id"])


def plain(identity: str) -> UUID:
    """The row's own id of a global one."""
    return UUID(identity.rpartition("_")[2])


@pytest_asyncio.fixture(loop_scope="session")
async def make_office(
    host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People
) -> Callable[[], Awaitable[Office]]:
    """Makes schools."""

    async def make() -> Office:
        space = await make_space("vn")
        return Office(host, space, await as_role(space, "admin"), await as_role(space, "data_protection"))

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def office(make_office: Callable[[], Awaitable[Office]]) -> Office:
    """A school of one test's own."""
    return await make_office()


@pytest_asyncio.fixture(loop_scope="session")
async def other(make_office: Callable[[], Awaitable[Office]]) -> Office:
    """Another one."""
    return await make_office()


async def plant(office: Office, person: UUID) -> set[str]:
    """A row of the student in every table that has some, with a canary in each free text; gives the tables."""
    declared = declared_by(office.host)
    planted = set()
    async with office.host.database.transaction(office.space.id) as transaction:
        domains = [office.host.registry.plugins[name] for name in ("school", "gradebook")]
        names = ["stored_file", *(table._meta.tablename for plugin in domains for table in declared_tables(plugin))]
        for shape in await shapes(transaction, office.host.registry, names):
            if await transaction.fetchval(f"SELECT EXISTS (SELECT FROM {shape.name})"):
                continue
            assert await fill_table(transaction, shape, rows={"student": person}) is None, shape.name
            if "student_id" not in declared[shape.name].paths:
                continue
            await transaction.execute(f"UPDATE {shape.name} SET student_id = $1", person)
            for column in declared[shape.name].table._meta.columns:
                free = type(column).__name__ in ("Varchar", "Text") and column._meta.choices is None
                if free and sample_of(column) is None and (getattr(column, "length", None) or 400) >= len(CANARY):
                    await transaction.execute(f"UPDATE {shape.name} SET {column._meta.db_column_name} = '{CANARY}'")
            planted.add(shape.name)
        await transaction.execute("DELETE FROM roster_link")
        await transaction.execute(
            "INSERT INTO roster_link (id, system, noun, source_id, row_id, record)"
            " VALUES ($1, 'sds', 'student', $2, $1, $3::jsonb)",
            person, CANARY, json.dumps({"name": CANARY}),
        )  # fmt: skip
    return planted


async def canaries(office: Office, word: str) -> list[str]:
    """The columns of all tables in which a word stands, as the school sees them."""
    sql = "SELECT 1 FROM {table} WHERE {name}::text ILIKE $1 LIMIT 1"
    columns = [dict(row) for row in await office.sql(_TEXTS)]
    assert {"table": "student", "name": "full_name"} in columns
    return ["{table}.{name}".format(**each) for each in columns if await office.sql(sql.format(**each), f"%{word}%")]


async def test_a_copy_has_every_row_about_a_person_and_nobody_elses(
    office: Office, other: Office, as_role: People
) -> None:
    student, another = await office.student(as_role, CANARY), await office.student(as_role, "Wren8")
    planted = await plant(office, plain(student))
    assert {"exportPerson": {"errors": []}} == await office.officer.gql(EXPORT, person=student)
    assert [] == await office.work()
    (copy,) = (await office.officer.gql(COPIES))["personCopies"]["nodes"]
    assert ("Student", str(plain(student))) == (copy["personKind"], copy["personId"])
    (row,) = await office.sql("SELECT digest FROM stored_file WHERE media_type = 'application/zip'")
    with zipfile.ZipFile(storage_of(office.host).path(office.space.id, row["digest"])) as archive:
        everything = json.loads(archive.read("everything.json"))
        names = set(archive.namelist())
        sheet = archive.read("tables/student.csv").decode("utf-8-sig")
    assert planted | {"student", "roster_link"} <= everything["tables"].keys()
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
    refused = {"exportPerson": {"errors": [{"code": "NOT_FOUND", "field": "person"}]}}
    assert refused == await other.officer.gql(EXPORT, person=student)
    wrong = {"exportPerson": {"errors": [{"code": "INVALID", "field": "personKind"}]}}
    assert wrong == await office.officer.gql(EXPORT, person=student, kind="Room")
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
    unknown = (await office.officer.gql(KEEP, kind="Guardian"))["setRetention"]["errors"]
    assert [{"code": "INVALID", "field": "personKind"}] == unknown
    for _ in range(2):
        await office.enqueue(find_due)
        assert [] == await office.work()
        (due,) = (await office.officer.gql(DUE))["personErasures"]["nodes"]
        assert (str(plain(people["Gone"])), "RETENTION", "ASKED") == (due["personId"], due["basis"], due["state"])
        assert 1 == len(await office.sql("SELECT 1 FROM student WHERE code = 'Gone'")), "nothing goes by itself"
    assert [] == (await office.officer.gql(APPROVE, erasure=due["id"]))["approveErasure"]["errors"]
    assert [] == await office.work()
    left = {row["code"] for row in await office.sql("SELECT code FROM student WHERE code IS NOT NULL")}
    assert {"Held", "Recent", "Here"} == left
    assert [] == (await other.officer.gql(DUE))["personErasures"]["nodes"]
