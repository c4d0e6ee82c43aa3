"""A school whose pages are measured: classes of 34, a book with 20 columns of marks, a seating plan, a district."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from homeroom_bench.console.kinds import KINDS, PageKind
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, office, populate
from homeroom_gradebook.commands.books import add_assessment
from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_gradebook.commands.rounds import open_entry_round
from homeroom_school.commands.seating import SeatRow, plan_seats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom.callers import Space
    from homeroom.context import Context
    from homeroom.host import Host
    from homeroom_tenants.directory import TenantDirectory

__all__ = ["Seats", "prepare"]

_STUDENTS: Final = 34
_COLUMNS: Final = 20
_PLAN: Final = SchoolPlan("bench", "Measured school", "vn", 6, 7, "{grade}A", _STUDENTS, 14)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who opens pages, and which rows these show.

    Args:
        school: The school.
        district: Its district.
        cookies: Role to the value of the header Cookie.
        rows: The names in braces of paths to global ids.
    """

    school: Space
    district: Space
    cookies: Mapping[str, str]
    rows: Mapping[str, str]

    def space_of(self, kind: PageKind) -> Space:
        """Where a kind of page is."""
        return self.district if kind.district else self.school

    def path_of(self, kind: PageKind) -> str:
        """Where a page of a kind is."""
        return kind.path.format_map(self.rows)


async def prepare(host: Host) -> Seats:
    """Make the school, in an empty database that is migrated.

    Args:
        host: The open host.
    """
    directory = cast("TenantDirectory", host.directory)
    school = await directory.create_space(slug="bench", name=_PLAN.name, region="vn")
    district = await directory.create_space(slug="district", name="Measured district", region="vn", kind="district")
    await directory.join_district(school.id, district.id)
    school, district = await directory.space("bench"), await directory.space("district")
    filled = await populate(host, school, _PLAN, with_marks=False)
    async with office(host, school, "bench.console") as context:
        rows = await _rows(context, filled)
    people = {
        "principal": filled.staff[0],
        "registrar": filled.staff[1],
        "teacher": filled.homeroom_teacher,
        "guardian": filled.guardian,
        "district_admin": None,
    }
    cookies = {}
    for role in sorted({kind.role for kind in KINDS.values()}):
        space = district if role == "district_admin" else school
        account = await directory.create_account(login=role, name=role)
        await directory.add_member(space.id, account, roles=[role], person=people[role])
        cookies[role] = (await directory.open_session(account)).partition(";")[0]
    return Seats(school, district, cookies, rows)


async def _rows(context: Context, filled: Filled) -> dict[str, str]:
    students = await context.fetch(
        "SELECT student_id AS id FROM class_enrolment WHERE school_class_id = $1 ORDER BY class_number",
        filled.school_class,
    )
    ids = [each["id"] for each in students]
    seats = [SeatRow(student=each, row_number=at // 6 + 1, place=at % 6 + 1) for at, each in enumerate(ids)]
    plan = await plan_seats(
        context, school_class=filled.school_class, name="Lessons", row_count=6, places_in_row=6, rows=seats
    )
    book = await _book(context, filled, ids)
    return {"student": f"Student_{filled.student}", "plan": f"SeatingPlan_{plan}", "book": f"Gradebook_{book}"}


async def _book(context: Context, filled: Filled, students: list[UUID]) -> UUID:
    """A book of the teacher in the class, with as many columns as are wanted, and all its marks."""
    book: UUID = await context.fetchval(
        "SELECT g.id FROM gradebook g JOIN teaching_assignment a ON a.class_subject_id = g.class_subject_id"
        " WHERE g.school_class_id = $1 AND a.staff_id = $2 AND g.measure = 'scored' ORDER BY g.id LIMIT 1",
        filled.school_class,
        filled.homeroom_teacher,
    )
    (several,) = await context.fetch(
        "SELECT kind, term_id FROM assessment WHERE gradebook_id = $1 GROUP BY kind, term_id, term_number"
        " HAVING count(*) > 1 ORDER BY term_number LIMIT 1",
        book,
    )
    present: int = await context.fetchval("SELECT count(*) FROM assessment WHERE gradebook_id = $1", book)
    for _ in range(present, _COLUMNS):
        await add_assessment(context, gradebook=book, term=several["term_id"], kind=several["kind"])
    for each in await context.fetch("SELECT DISTINCT term_id FROM assessment WHERE gradebook_id = $1", book):
        await open_entry_round(context, title="Measured", term=each["term_id"])
    columns: list[Any] = await context.fetch("SELECT id FROM assessment WHERE gradebook_id = $1", book)
    marks = [
        MarkRow(student=student, assessment=column["id"], value=f"{5 + at % 10 / 2:.1f}")
        for at, student in enumerate(students)
        for column in columns
    ]
    await enter_marks(context, gradebook=book, rows=marks)
    return book
