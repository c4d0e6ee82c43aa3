"""Students in classes: enrolling, moving, ending, numbering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid, Problem, Refusal
from homeroom_school.commands.checks import in_range, period
from homeroom_school.rules.status import LEFT
from homeroom_school.tables import ClassEnrolment

__all__ = [
    "EnrolmentRow",
    "end_enrolments",
    "enrol_students",
    "enrolments_changed",
    "move_students",
    "number_class",
    "refuse_those_who_left",
]

# Enrolments of one student change one after another: without this, two offices could each find none.
_LOCK_STUDENTS = "SELECT id FROM student WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"

#: New periods (student, class, first day, last day) against what stands: the same class, or another
#: homeroom class where the new one is a homeroom class too.
_CLASHES = """
SELECT n.place FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
       WITH ORDINALITY AS n (student_id, school_class_id, starts_on, ends_on, place)
JOIN school_class nc ON nc.id = n.school_class_id
WHERE EXISTS (SELECT FROM class_enrolment e JOIN school_class ec ON ec.id = e.school_class_id
              WHERE e.student_id = n.student_id
                AND e.starts_on <= coalesce(n.ends_on, 'infinity') AND n.starts_on <= coalesce(e.ends_on, 'infinity')
                AND (e.school_class_id = n.school_class_id OR nc.kind = 'homeroom' AND ec.kind = 'homeroom'))
"""

#: Students ($1) whose status on a day ($2) is one of those ($3) who have left.
_LEFT = """
SELECT n.place, s.status, s.starts_on FROM unnest($1::uuid[]) WITH ORDINALITY AS n (student_id, place)
JOIN student_status s ON s.student_id = n.student_id AND s.starts_on <= $2 AND (s.ends_on IS NULL OR s.ends_on >= $2)
WHERE s.status = ANY($3::text[]) ORDER BY n.place
"""


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """A student who comes into a class.

    Args:
        class_number: The number in the class; none: none yet.
    """

    student: Annotated[UUID, Ref("Student")]
    class_number: int | None = None


async def _refuse_clashes(
    context: Context,
    rows: list[tuple[UUID, UUID, date, date | None]],
    *,
    field: str,
) -> None:
    found = await context.fetch(
        _CLASHES, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [r[3] for r in rows]
    )
    if found:
        raise Refusal.of(
            [
                Problem("OVERLAP", "the student is in this or another class then", field, each["place"] - 1)
                for each in found
            ]
        )


async def _refuse_taken_numbers(context: Context, school_class: UUID, field: str) -> None:
    taken = await context.fetchval(
        "SELECT class_number FROM class_enrolment WHERE school_class_id = $1 AND class_number IS NOT NULL"
        " AND ends_on IS NULL GROUP BY class_number HAVING count(*) > 1 LIMIT 1",
        school_class,
    )
    if taken is not None:
        raise Invalid(f"two students have the class number {taken}", code="DUPLICATE", field=field)


async def _insert(
    context: Context,
    school_class: UUID,
    rows: list[EnrolmentRow],
    starts_on: date,
    ends_on: date | None,
) -> list[UUID]:
    for number, row in enumerate(rows):
        in_range(row.class_number, 1, 999, "rows.classNumber", number)
    if len({row.student for row in rows}) != len(rows):
        raise Invalid("a student stands twice", code="DUPLICATE", field="rows.student")
    await _refuse_clashes(
        context, [(row.student, school_class, starts_on, ends_on) for row in rows], field="rows.student"
    )
    made = await context.rows(ClassEnrolment).insert(
        [
            {
                "student_id": row.student,
                "school_class_id": school_class,
                "class_number": row.class_number,
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
            for row in rows
        ]
    )
    await _refuse_taken_numbers(context, school_class, "rows.classNumber")
    return made


async def _default_day(context: Context, school_class: UUID) -> date:
    """Today, but not before the class's year begins nor after it ends."""
    row = await context.fetchrow(
        "SELECT y.starts_on, y.ends_on FROM school_class c JOIN school_year y ON y.id = c.school_year_id"
        " WHERE c.id = $1",
        school_class,
    )
    assert row is not None
    first: date = row["starts_on"]
    last: date = row["ends_on"]
    return max(first, min(context.today, last))


async def refuse_those_who_left(
    context: Context, students: Sequence[UUID], on: date, *, field: str, rows: bool = True
) -> None:
    """Refuse students who have left the school by a day: they are readmitted before they come into a class or group.

    Args:
        context: The command's.
        students: Who is to come.
        on: Their first day there.
        field: The input field that named them.
        rows: Whether they are the rows of a list.

    Raises:
        Refusal: LEFT_SCHOOL for each, with the status and since when.
    """
    found = await context.fetch(_LEFT, list(students), on, [each.value for each in LEFT])
    if found:
        raise Refusal.of(
            [
                Problem(
                    "LEFT_SCHOOL",
                    f"The student has left the school (status {each['status']} since {each['starts_on']})."
                    " Record a readmission first.",
                    field,
                    each["place"] - 1 if rows else None,
                )
                for each in found
            ]
        )


async def enrolments_changed(context: Context, students: Sequence[UUID]) -> None:
    """Tell other plugins that students are in other classes than before, or on other days."""
    await context.emit(Event("school.enrolment.changed", {"students": list(students)}))


@command("school.enrolment.enrol", returns="ClassEnrolment", many=True)
async def enrol_students(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    rows: list[EnrolmentRow],
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> list[UUID]:
    """Bring students into a class, from a day on (by default today, within the class's school year).

    A student is in at most one homeroom class a day.
    """
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await context.permit("Student", [row.student for row in rows], field="rows.student", rows=True)
    await context.fetch(_LOCK_STUDENTS, [row.student for row in rows])
    starts_on = starts_on or await _default_day(context, school_class)
    period(starts_on, ends_on)
    await refuse_those_who_left(context, [row.student for row in rows], starts_on, field="rows.student")
    made = await _insert(context, school_class, rows, starts_on, ends_on)
    await enrolments_changed(context, [row.student for row in rows])
    return made


@command("school.enrolment.move", returns="ClassEnrolment", many=True)
async def move_students(
    context: Context,
    *,
    to_class: Annotated[UUID, Ref("SchoolClass")],
    rows: list[EnrolmentRow],
    on: date | None = None,
) -> list[UUID]:
    """Move students to another class of its kind: the old enrolment ends the day before, a new one begins.

    Args:
        on: The first day in the new class; today unless told, within the year.
    """
    await context.permit("SchoolClass", [to_class], field="toClass")
    await context.permit("Student", [row.student for row in rows], field="rows.student", rows=True)
    students = [row.student for row in rows]
    await context.fetch(_LOCK_STUDENTS, students)
    on = on or await _default_day(context, to_class)
    old = await context.fetch(
        "SELECT e.id, e.student_id, e.starts_on FROM class_enrolment e JOIN school_class c"
        " ON c.id = e.school_class_id JOIN school_class n ON n.id = $2"
        " WHERE e.student_id = ANY($1::uuid[]) AND c.kind = n.kind AND c.school_year_id = n.school_year_id"
        " AND (e.ends_on IS NULL OR e.ends_on >= $3)",
        students,
        to_class,
        on,
    )
    leaving = {each["student_id"]: each for each in old}
    problems = [
        Problem("NOT_ENROLLED", "the student is in no class to move from", "rows.student", number)
        for number, student in enumerate(students)
        if student not in leaving
    ]
    problems += [
        Problem("INVALID", "the student came into the old class on or after that day", "on", number)
        for number, student in enumerate(students)
        if student in leaving and leaving[student]["starts_on"] >= on
    ]
    if problems:
        raise Refusal.of(problems)
    await context.rows(ClassEnrolment).update_many(
        [{"id": each["id"], "ends_on": on - timedelta(days=1)} for each in old]
    )
    await refuse_those_who_left(context, students, on, field="rows.student")
    made = await _insert(context, to_class, rows, on, None)
    await enrolments_changed(context, students)
    return made


@command("school.enrolment.end", returns="ClassEnrolment", many=True)
async def end_enrolments(
    context: Context,
    *,
    enrolments: list[Annotated[UUID, Ref("ClassEnrolment")]],
    ends_on: date | None = None,
) -> list[UUID]:
    """End enrolments with a last day (today unless told)."""
    await context.permit("ClassEnrolment", enrolments, field="enrolments", rows=True)
    ends_on = ends_on or context.today
    early = await context.fetchval("SELECT max(starts_on) FROM class_enrolment WHERE id = ANY($1::uuid[])", enrolments)
    if early is not None and early > ends_on:
        raise Invalid("an enrolment begins after that day", field="endsOn")
    await context.rows(ClassEnrolment).update_many(
        [{"id": each, "ends_on": ends_on} for each in dict.fromkeys(enrolments)]
    )
    return enrolments


@command("school.enrolment.number", returns="ClassEnrolment", many=True)
async def number_class(context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")]) -> list[UUID]:
    """Number the students who are in a class now, from 1 in the order of their names."""
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    found = await context.fetch(
        "SELECT e.id FROM class_enrolment e JOIN student s ON s.id = e.student_id"
        " WHERE e.school_class_id = $1 AND (e.ends_on IS NULL OR e.ends_on >= $2) ORDER BY s.sort_key, s.id",
        school_class,
        context.today,
    )
    ids: list[UUID] = [each["id"] for each in found]
    await context.rows(ClassEnrolment).update_many(
        [{"id": each, "class_number": number} for number, each in enumerate(ids, start=1)]
    )
    return ids
