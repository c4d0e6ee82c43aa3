"""A school with two people who answer for its data, and rows of a student in every table that has some."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.database.declarations import declared_tables
from homeroom.database.ids import new_id
from homeroom.database.tables import sample_of
from homeroom.host import Host
from homeroom.jobs import Job
from homeroom.privacy.finding import declared_by
from homeroom.testing import Client, People
from homeroom.testing.filling import fill_table, shapes
from homeroom.worker.runner import JobRunner

__all__ = ["CANARY", "Office", "canaries", "plain", "plant"]

#: It is in everything that was written of the student who is to be erased; in no other school and nobody else's row.
CANARY: Final = "Finch7"
CREATE: Final = """mutation Create($name: String!, $email: String!, $reason: String) {
  createStudent(input: {name: {familyName: $name, givenName: $name}, code: $name, birthPlace: $name, email: $email,
                        phone: $name, reason: $reason}) { student { id } errors { code field } } }"""
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
        """A student has left on a day, the classes too."""
        await self.sql(
            "UPDATE class_enrolment SET starts_on = LEAST(starts_on, $2::date - 1), ends_on = $2::date - 1"
            " WHERE student_id = $1",
            plain(student), day,
        )  # fmt: skip
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


async def plant(office: Office, person: UUID) -> set[str]:
    """A row of the student in every table that has some, with a canary in each free text; gives the tables."""
    declared = declared_by(office.host)
    planted = set()
    async with office.host.database.transaction(office.space.id) as transaction:
        registry = office.host.registry
        domains = [
            registry.plugins[name] for name in ("school", "calendar", "photos", "rosters", "transfers", "gradebook")
        ]
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
        await transaction.execute("DELETE FROM import_link")
        await transaction.execute(
            "INSERT INTO import_link (id, command, system, noun, source_id, row_id, record)"
            " VALUES ($1, 'rosters.roster.import', 'sds', 'student', $2, $1, $3::jsonb)",
            person, CANARY, json.dumps({"name": CANARY}),
        )  # fmt: skip
    return planted


async def canaries(office: Office, word: str) -> list[str]:
    """The columns of all tables in which a word is, as the school sees them."""
    sql = "SELECT 1 FROM {table} WHERE {name}::text ILIKE $1 LIMIT 1"
    columns = [dict(row) for row in await office.sql(_TEXTS)]
    assert {"table": "student", "name": "full_name"} in columns
    return ["{table}.{name}".format(**each) for each in columns if await office.sql(sql.format(**each), f"%{word}%")]
