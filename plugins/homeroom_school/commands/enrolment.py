"""Students in classes: enrolling, moving, ending, numbering."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.database.dated import dated
from homeroom.errors import Problem, refuse_all
from homeroom.nouns import Draft, Noun, row_type
from homeroom_school.refusals import CAME_LATER, CLASS_NUMBER_TAKEN, ENROLMENT_OVERLAPS, LEFT_SCHOOL, NOT_ENROLLED
from homeroom_school.rules.status import LEFT
from homeroom_school.tables import ClassEnrolment

#: Students ($1) whose status on a day ($2) is one of those ($3) who have left.
_LEFT = """
SELECT n.place, s.status, s.starts_on
FROM unnest($1::uuid[], $2::date[]) WITH ORDINALITY AS n (student_id, day, place)
JOIN student_status s ON s.student_id = n.student_id AND s.starts_on <= n.day
     AND (s.ends_on IS NULL OR s.ends_on >= n.day)
WHERE s.status = ANY($3::text[]) ORDER BY n.place
"""


async def refuse_those_who_left(context: Context, coming: Draft) -> None:
    """Refuse rows of students who have left the school by their first day: they are readmitted before they come.

    Args:
        coming: Rows with a student and a first day. Of rows that are there, those that do not begin later are kept.
    """
    rows = [
        (place, row)
        for place, row in coming.rows()
        if not coming.stored or row["starts_on"] > coming.stored[place]["starts_on"]
    ]
    students, days = [row["student_id"] for _, row in rows], [row["starts_on"] for _, row in rows]
    for each in await context.fetch(_LEFT, students, days, [each.value for each in LEFT]):
        argument = "starts_on" if coming.stored else "student"
        place, _ = rows[each["place"] - 1]
        coming.problem(place, LEFT_SCHOOL, argument, status=each["status"], day=each["starts_on"])


async def _check(context: Context, enrolments: Draft) -> None:
    if enrolments.stored:
        for stored, values in zip(enrolments.stored, enrolments.values, strict=True):
            if values.get("school_class_id", stored["school_class_id"]) != stored["school_class_id"]:
                values.setdefault("class_number", None)  # a number is one of a class
    else:
        enrolments.refuse_listed_twice("student")
    await refuse_those_who_left(context, enrolments)


async def enrolments_changed(context: Context, enrolments: Collection[UUID]) -> None:
    """Tell other plugins that students are in other classes than before, or on other days."""
    sql = "SELECT DISTINCT student_id FROM class_enrolment WHERE id = ANY($1::uuid[])"
    students = [each["student_id"] for each in await context.fetch(sql, list(enrolments))]
    await context.emit(Event("school.enrolment.changed", {"students": students}))


ENROLMENT = Noun(
    ClassEnrolment,
    "school.enrolment",
    singular="enrolment",
    argument="enrolment",
    check=_check,
    apart=(dated(by=("school_class_id", "class_number"), code=CLASS_NUMBER_TAKEN),),
    written=enrolments_changed,
)

enrol_students = ENROLMENT.create_many(
    "Bring students into a class, from a day on (by default today, within the class's school year). A student is in at"
    " most one homeroom class a day.",
    common=("school_class", "starts_on", "ends_on"),
    verb="enrol",
    row="EnrolmentRow",
    name="enrol_students",
)
EnrolmentRow = row_type(enrol_students)
end_enrolments = ENROLMENT.end(
    "End enrolments with a last day, by default today or the last day of the class's school year.", many=True
)
correct_enrolment = ENROLMENT.change(
    "Correct an enrolment that was entered wrongly: its class, its days, its number. For a student who was in one class"
    " and moves to another, use `moveStudents`. With the class, the number is taken away unless one is given. Marks"
    " follow as they do when a student moves.",
    fixed=("student",),
    verb="correct",
)


@command("school.enrolment.move", returns="ClassEnrolment", many=True)
async def move_students(
    context: Context,
    *,
    to_class: Annotated[UUID, Ref("SchoolClass")],
    rows: list[EnrolmentRow],  # type: ignore[valid-type]
    on: date | None = None,
) -> list[UUID]:
    """Move students to another class of its kind: the old enrolment ends the day before, a new one begins.

    A last day that the old enrolment had is that of the new one: who was to leave on a day leaves on that day.

    Args:
        on: The first day in the new class; by default today, within the year.
    """
    called = {"school_class": "to_class", "starts_on": "on"}
    same = {"school_class": to_class, "starts_on": on}
    given = [{**same, **dataclasses.asdict(row)} for row in rows]
    new = await ENROLMENT.checked(context, given, listed=True, common=same, called=called)
    if not new:
        return []
    students, first = [each["student_id"] for each in new], new[0]["starts_on"]
    old = await context.fetch(
        "SELECT e.id, e.student_id, e.school_class_id, e.starts_on, e.ends_on FROM class_enrolment e"
        " JOIN school_class c ON c.id = e.school_class_id JOIN school_class n ON n.id = $2"
        " WHERE e.student_id = ANY($1::uuid[]) AND c.kind = n.kind AND c.school_year_id = n.school_year_id"
        " AND (e.ends_on IS NULL OR e.ends_on >= $3)",
        students,
        to_class,
        first,
    )
    _refuse_bad_moves(students, to_class, first, old)
    await context.rows(ClassEnrolment).update_many(
        [{"id": each["id"], "ends_on": first - timedelta(days=1)} for each in old]
    )
    # Somebody may leave several classes: the one of today, and one that a planned move leads to.
    for values in new:
        last = [each["ends_on"] for each in old if each["student_id"] == values["student_id"]]
        values["ends_on"] = None if None in last else max(last)
    return await ENROLMENT.insert(context, new, listed=True, common=same, called=called)


def _refuse_bad_moves(students: Sequence[UUID], to_class: UUID, first: date, old: Sequence[Any]) -> None:
    leaving = {each["student_id"] for each in old}
    late = {each["student_id"] for each in old if each["starts_on"] >= first}
    staying = {each["student_id"] for each in old if each["school_class_id"] == to_class} - late
    problems = []
    for place, student in enumerate(students):
        if student not in leaving:
            problems.append(Problem(NOT_ENROLLED, "rows.student", place))
        if student in late:
            problems.append(Problem(CAME_LATER, "on", place))
        if student in staying:
            problems.append(Problem(ENROLMENT_OVERLAPS, "rows.student", place))
    refuse_all(problems)


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
