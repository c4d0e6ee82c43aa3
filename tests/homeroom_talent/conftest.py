"""A school with a class of three children, a mother, teachers and a coordinator, and another one beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest_asyncio

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.host import Host
from homeroom.privacy.consent import record_consent
from homeroom.privacy.consent_tables import ConsentMeans, ConsentReply
from homeroom.testing import Client, People
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import appoint_homeroom_teacher


class School:
    """A school with a class of three children, a mother, teachers and a coordinator."""

    def __init__(self, host: Host, people: People, space: Space) -> None:
        self.host, self.people, self.space = host, people, space
        self.children: list[UUID] = []

    async def run(self, command: Any, **arguments: Any) -> Any:
        """Run a command as the installation."""
        return await self.host.execute(self.host.system_caller(self.space), command, **arguments)

    async def request_about(self, row: UUID) -> tuple[str, str]:
        """The request about a row, and what it depends on."""
        async with self.host.database.transaction(self.space.id) as transaction:
            found = await transaction.fetchrow("SELECT id, seen FROM approval_request WHERE subject_id = $1", row)
            assert found is not None
            return f"Approval_{found['id']}", found["seen"]

    async def staff(self, *roles: str) -> tuple[Client, UUID]:
        """Somebody who works there, and their person."""
        person = await self.run(create_staff, name=NameInput(given_name=roles[0], family_name="Test"))
        return await self.people.as_role(self.space, *roles, person=person), person

    async def person(self) -> UUID:
        """A staff member without an account."""
        made: UUID = await self.run(create_staff, name=NameInput(given_name="Two", family_name="Accounts"))
        return made

    @asynccontextmanager
    async def context(self) -> AsyncIterator[Context]:
        """A context as jobs have it, in a transaction that is kept."""
        caller = self.host.system_caller(self.space, via="job")
        async with self.host.database.transaction(self.space.id) as transaction:
            yield Context(self.host, caller, transaction, AuditTrail("test"), self.host.clock())

    @staticmethod
    def uuid(item: str) -> UUID:
        """The id of a row by how GraphQL shows it."""
        return UUID(item.partition("_")[2])

    async def codes(self) -> list[str]:
        """The codes of the children."""
        async with self.host.database.transaction(self.space.id) as transaction:
            rows = await transaction.fetch("SELECT code FROM student ORDER BY code")
            return [row["code"] for row in rows]

    async def consent(self, child: UUID, answer: ConsentReply) -> None:
        """The family's answer, on paper."""
        async with self.host.database.transaction(self.space.id) as transaction:
            purpose = await transaction.fetchval("SELECT id FROM consent_purpose WHERE code = 'talent_bank'")
        await self.run(
            record_consent,
            purpose=purpose,
            person_kind="Student",
            person=child,
            answer=answer,
            means=ConsentMeans.PAPER,
        )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def school(host: Host, as_role: People, make_space: Any) -> School:
    """The school."""
    return await open_school(host, as_role, await make_space("hk", plugins=("school", "gradebook", "talent")))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def beside(host: Host, as_role: People, make_space: Any) -> School:
    """Another school with the talent bank."""
    return await open_school(host, as_role, await make_space("hk", plugins=("school", "gradebook", "talent")))


async def open_school(host: Host, as_role: People, space: Space) -> School:
    """Fill a school."""
    made = School(host, as_role, space)
    async with host.database.transaction(made.space.id) as transaction:
        year = await transaction.fetchrow("SELECT id, starts_on FROM school_year WHERE status = 'current'")
        level = await transaction.fetchval("SELECT id FROM grade_level WHERE number = 5")
    born = date(2016, 1, 1)
    made.children = [
        await made.run(
            create_student, name=NameInput(given_name=f"Child{n}", family_name="Chan"), code=f"C{n}", birth_date=born
        )
        for n in range(3)
    ]
    school_class = await made.run(create_school_class, school_year=year["id"], name="5A", grade_level=level)
    rows = [EnrolmentRow(student=each) for each in made.children]
    await made.run(enrol_students, school_class=school_class, rows=rows, starts_on=year["starts_on"])
    mother = await made.run(create_guardian, name=NameInput(given_name="Mother", family_name="Chan"))
    await made.run(start_guardianship, student=made.children[0], guardian=mother, starts_on=year["starts_on"])
    made.teacher, teacher = await made.staff("teacher")
    made.coordinator, _ = await made.staff("talent_coordinator")
    await made.run(appoint_homeroom_teacher, school_class=school_class, staff=teacher, starts_on=year["starts_on"])
    made.mother = await as_role(made.space, "guardian", person=mother)
    return made
