"""A class with its people and books, in each of two schools, made as the installation makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest_asyncio

from homeroom_gradebook.commands.books import open_gradebooks
from homeroom_gradebook.commands.rounds import open_entry_round
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.commands import Command
    from homeroom.host import Host
    from homeroom.testing import Client, People

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")


@dataclass(slots=True)
class Room:
    """A class of a school with its books.

    Args:
        host: The host.
        space: The school.
        school_class: The class.
        students: In the order of the class.
        teacher: Teaches mathematics and physical education.
        homeroom: Homeroom teacher, teaches nothing.
        other_teacher: Teaches literature.
        guardian: Guardian of the first student.
        terms: By number.
        books: By the subject's code.
        columns: By (subject's code, number of the term): id and kind of each assessment.
    """

    host: Host
    space: Space
    people: People
    school_class: UUID
    students: list[UUID]
    teacher: UUID
    homeroom: UUID
    other_teacher: UUID
    guardian: UUID
    terms: dict[int, UUID]
    books: dict[str, UUID] = field(default_factory=dict)
    columns: dict[tuple[str, int], list[tuple[UUID, str]]] = field(default_factory=dict)

    async def run(self, command: Command, **arguments: Any) -> Any:
        """A command as the installation itself."""
        return await self.host.execute(self.host.system_caller(self.space), command, **arguments)

    async def fetch(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """Rows of the school, to see what a test left behind."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return [dict(row) for row in await transaction.fetch(sql, *args)]

    async def as_(self, role: str, person: UUID | None = None) -> Client:
        """Somebody of the school, signed in."""
        return await self.people.as_role(self.space, role, person=person)

    def column(self, subject: str, kind: str, ordinal: int = 1, term: int = 1) -> UUID:
        """An assessment."""
        return [each for each, its_kind in self.columns[subject, term] if its_kind == kind][ordinal - 1]


MakeRoom = Callable[..., Awaitable[Room]]


@_session
async def make_room(host: Host, as_role: People) -> MakeRoom:
    """Makes a class with people and books in a school."""

    async def make(space: Space, name: str, *, grade: int = 7, size: int = 5, opened: bool = True) -> Room:
        system = host.system_caller(space)

        async def run(command: Command, **arguments: Any) -> Any:
            return await host.execute(system, command, **arguments)

        async with host.database.transaction(space.id) as transaction:
            year = await transaction.fetchrow("SELECT id, starts_on FROM school_year WHERE status = 'current'")
            level = await transaction.fetchval("SELECT id FROM grade_level WHERE number = $1", grade)
            terms = await transaction.fetch("SELECT id, number FROM term WHERE school_year_id = $1", year["id"])
        since = year["starts_on"]
        school_class = await run(create_school_class, school_year=year["id"], name=name, grade_level=level)
        students = [
            await run(create_student, name=NameInput(given_name=f"Pupil{n}", family_name=name)) for n in range(size)
        ]
        teacher, homeroom, other = [
            await run(create_staff, name=NameInput(given_name=given, family_name=name))
            for given in ("Teacher", "Homeroom", "Other")
        ]
        guardian = await run(create_guardian, name=NameInput(given_name="Guardian", family_name=name))
        rows = [EnrolmentRow(student=each, class_number=n) for n, each in enumerate(students, 1)]
        await run(enrol_students, school_class=school_class, rows=rows, starts_on=since)
        await run(start_guardianship, student=students[0], guardian=guardian, starts_on=since)
        await run(appoint_homeroom_teacher, school_class=school_class, staff=homeroom, starts_on=since)
        room = Room(
            host, space, as_role, school_class, students, teacher, homeroom, other, guardian,
            {each["number"]: each["id"] for each in terms},
        )  # fmt: skip
        subjects = await room.fetch(
            "SELECT cs.id, s.code FROM class_subject cs JOIN subject s ON s.id = cs.subject_id"
            " WHERE cs.school_class_id = $1",
            school_class,
        )
        by_code = {each["code"]: each["id"] for each in subjects}
        duties = [("toan", teacher), ("giao-duc-the-chat", teacher), ("ngu-van", other), ("tieng-viet", other)]
        await run(
            assign_teaching,
            rows=[TeachingRow(class_subject=by_code[code], staff=who) for code, who in duties if code in by_code],
            starts_on=since,
        )
        if opened:
            await open_books(room)
        return room

    return make


async def open_books(room: Room) -> None:
    """Open the books of a room and learn their columns."""
    await room.run(open_gradebooks, school_class=room.school_class)
    found = await room.fetch(
        "SELECT s.code, g.id AS book, a.id, a.kind, a.term_number FROM gradebook g"
        " JOIN subject s ON s.id = g.subject_id JOIN assessment a ON a.gradebook_id = g.id"
        " WHERE g.school_class_id = $1 ORDER BY a.position",
        room.school_class,
    )
    for each in found:
        room.books[each["code"]] = each["book"]
        room.columns.setdefault((each["code"], each["term_number"]), []).append((each["id"], each["kind"]))


@_session
async def rounds(school_a: Space, school_b: Space, host: Host) -> None:
    """Both schools have every round open that their terms need."""
    for space in (school_a, school_b):
        async with host.database.transaction(space.id) as transaction:
            terms = await transaction.fetch("SELECT id FROM term")
        for term in terms:
            await host.execute(host.system_caller(space), open_entry_round, title="Whole term", term=term["id"])


@_session
async def room(school_a: Space, make_room: MakeRoom, rounds: None) -> Room:
    """A class of grade 7, its rounds open."""
    return await make_room(school_a, "7A")


@_session
async def foreign_room(school_b: Space, make_room: MakeRoom, rounds: None) -> Room:
    """A class of the other school."""
    return await make_room(school_b, "7A")
