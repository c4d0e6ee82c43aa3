"""Students in classes: enrolling, moving, ending, numbering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.nouns.dating import end_rows, first_day, refuse_wrong_days
from homeroom.refusals import LISTED_TWICE
from homeroom_school.commands.checks import in_range, period
from homeroom_school.refusals import CAME_LATER, CLASS_NUMBER_TAKEN, ENROLMENT_OVERLAPS, LEFT_SCHOOL, NOT_ENROLLED
from homeroom_school.rules.status import LEFT
from homeroom_school.tables import ClassEnrolment

# Enrolments of one student change one after another: without this, two offices could each find none.
LOCK_STUDENTS = "SELECT id FROM student WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"

#: Rows ($1) whose number another row of the class has on one of their days.
_SAME_NUMBER = """
SELECT DISTINCT n.place, a.class_number FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place)
JOIN class_enrolment a ON a.id = n.id
JOIN class_enrolment b ON b.school_class_id = a.school_class_id AND b.class_number = a.class_number AND b.id <> a.id
     AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')
ORDER BY n.place
"""

#: Students ($1) whose status on a day ($2) is one of those ($3) who have left.
_LEFT = """
SELECT n.place, s.status, s.starts_on
FROM unnest($1::uuid[], $2::date[]) WITH ORDINALITY AS n (student_id, day, place)
JOIN student_status s ON s.student_id = n.student_id AND s.starts_on <= n.day
     AND (s.ends_on IS NULL OR s.ends_on >= n.day)
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


async def refuse_taken_numbers(context: Context, rows: Sequence[UUID], field: str, *, listed: bool = True) -> None:
    """Refuse enrolments whose class number somebody else has in the class on one of their days.

    Args:
        context: The command's, which has locked the class.
        rows: The enrolments that were written.
        field: The input field of the number.
        listed: Whether the field is one of a list.

    Raises:
        Refusal: DUPLICATE for each.
    """
    found = await context.fetch(_SAME_NUMBER, list(rows))
    if found:
        raise Refusal.of(
            [
                Problem(CLASS_NUMBER_TAKEN, field, each["place"] - 1 if listed else None, number=each["class_number"])
                for each in found
            ]
        )


async def _insert(
    context: Context,
    school_class: UUID,
    rows: list[EnrolmentRow],
    starts_on: date,
    last_days: Sequence[date | None],
    *,
    days_field: str = "starts_on",
) -> list[UUID]:
    for number, row in enumerate(rows):
        in_range(row.class_number, 1, 999, "rows.classNumber", number)
    if len({row.student for row in rows}) != len(rows):
        raise Refusal(LISTED_TWICE, "rows.student")
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR NO KEY UPDATE", school_class)
    made = await context.rows(ClassEnrolment).insert(
        [
            {
                "student_id": row.student,
                "school_class_id": school_class,
                "class_number": row.class_number,
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
            for row, ends_on in zip(rows, last_days, strict=True)
        ]
    )
    await refuse_wrong_days(
        context, ClassEnrolment, made, ["starts_on"], field="rows.student", days_field=days_field, listed=True
    )
    await refuse_taken_numbers(context, made, "rows.classNumber")
    return made


async def those_who_left(context: Context, students: Sequence[tuple[UUID, date]]) -> list[tuple[int, dict[str, Any]]]:
    """Those who have left the school by a day: place in the list, and what LEFT_SCHOOL says about them.

    Args:
        context: The command's.
        students: Each student, and the day.
    """
    found = await context.fetch(
        _LEFT, [each for each, _ in students], [day for _, day in students], [each.value for each in LEFT]
    )
    return [(each["place"] - 1, {"status": each["status"], "day": each["starts_on"]}) for each in found]


async def refuse_those_who_left(
    context: Context, students: Sequence[UUID], on: date, *, field: str, rows: bool = True
) -> None:
    """Refuse students who have left the school by a day: they are readmitted before they come into a class.

    Args:
        context: The command's.
        students: Who is to come.
        on: Their first day there.
        field: The input field that named them.
        rows: Whether they are the rows of a list.

    Raises:
        Refusal: LEFT_SCHOOL for each, with the status and since when.
    """
    left = await those_who_left(context, [(student, on) for student in students])
    if left:
        raise Refusal.of([Problem(LEFT_SCHOOL, field, place if rows else None, **values) for place, values in left])


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
    await context.fetch(LOCK_STUDENTS, [row.student for row in rows])
    starts_on = starts_on or await first_day(context, ClassEnrolment, {"school_class_id": school_class})
    period(starts_on, ends_on)
    await refuse_those_who_left(context, [row.student for row in rows], starts_on, field="rows.student")
    made = await _insert(context, school_class, rows, starts_on, [ends_on] * len(rows))
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

    A last day that the old enrolment had is that of the new one: who was to leave on a day leaves on that day.

    Args:
        on: The first day in the new class; by default today, within the year.
    """
    await context.permit("SchoolClass", [to_class], field="toClass")
    await context.permit("Student", [row.student for row in rows], field="rows.student", rows=True)
    students = [row.student for row in rows]
    await context.fetch(LOCK_STUDENTS, students)
    on = on or await first_day(context, ClassEnrolment, {"school_class_id": to_class})
    old = await context.fetch(
        "SELECT e.id, e.student_id, e.school_class_id, e.starts_on, e.ends_on FROM class_enrolment e"
        " JOIN school_class c ON c.id = e.school_class_id JOIN school_class n ON n.id = $2"
        " WHERE e.student_id = ANY($1::uuid[]) AND c.kind = n.kind AND c.school_year_id = n.school_year_id"
        " AND (e.ends_on IS NULL OR e.ends_on >= $3)",
        students,
        to_class,
        on,
    )
    # Somebody may leave several classes: the one of today, and one that a planned move leads to.
    leaving = {each["student_id"] for each in old}
    late = {each["student_id"] for each in old if each["starts_on"] >= on}
    staying = {each["student_id"] for each in old if each["school_class_id"] == to_class} - late
    problems = [
        Problem(NOT_ENROLLED, "rows.student", number)
        for number, student in enumerate(students)
        if student not in leaving
    ]
    problems += [Problem(CAME_LATER, "on", number) for number, student in enumerate(students) if student in late]
    problems += [
        Problem(ENROLMENT_OVERLAPS, "rows.student", number)
        for number, student in enumerate(students)
        if student in staying
    ]
    if problems:
        raise Refusal.of(problems)
    await context.rows(ClassEnrolment).update_many(
        [{"id": each["id"], "ends_on": on - timedelta(days=1)} for each in old]
    )
    await refuse_those_who_left(context, students, on, field="rows.student")
    last_days: dict[UUID, date | None] = {}
    for each in old:
        last, before = each["ends_on"], last_days.get(each["student_id"], date.min)
        last_days[each["student_id"]] = None if last is None or before is None else max(last, before)
    made = await _insert(context, to_class, rows, on, [last_days[each] for each in students], days_field="on")
    await enrolments_changed(context, students)
    return made


@command("school.enrolment.end", returns="ClassEnrolment", many=True)
async def end_enrolments(
    context: Context,
    *,
    enrolments: list[Annotated[UUID, Ref("ClassEnrolment")]],
    ends_on: date | None = None,
) -> list[UUID]:
    """End enrolments with a last day, by default today or the last day of the class's school year.

    Raises INVALID for one that begins later, OUTSIDE_YEAR, and OVERLAP where the new last day reaches into another
    enrolment of the student.
    """
    await context.permit("ClassEnrolment", enrolments, field="enrolments", rows=True)
    before = {
        each["id"]: each
        for each in await context.fetch(
            "SELECT id, student_id, ends_on FROM class_enrolment WHERE id = ANY($1::uuid[])", enrolments
        )
    }
    students = [each["student_id"] for each in before.values()]
    await context.fetch(LOCK_STUDENTS, students)
    await end_rows(context, ClassEnrolment, enrolments, ends_on, listed=True)
    await refuse_wrong_days(
        context, ClassEnrolment, enrolments, ["ends_on"], field="enrolments", days_field="ends_on", listed=True
    )
    ids = list(dict.fromkeys(enrolments))
    longer = [each for each in ids if ends_on and (last := before[each]["ends_on"]) is not None and last < ends_on]
    await refuse_taken_numbers(context, longer, "endsOn", listed=False)
    await enrolments_changed(context, students)
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
