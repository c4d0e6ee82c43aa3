"""Homeroom teachers and teaching assignments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.database.dated import dated, refuse_overlaps
from homeroom.errors import Problem, Refusal
from homeroom.refusals import LISTED_TWICE
from homeroom_school.commands.periods import check_periods, default_days, end_periods
from homeroom_school.refusals import HEAD_ALREADY, LATER_APPOINTMENT, TEACHING_DUPLICATE, TEACHING_OVERLAPS, TWO_HEADS
from homeroom_school.tables import HomeroomAppointment, TeachingAssignment

__all__ = [
    "TeachingRow",
    "appoint_homeroom_teacher",
    "assign_teaching",
    "end_homeroom_appointment",
    "end_teaching",
    "lock_class_of",
    "lock_subjects_of",
    "refuse_two_heads",
]


_ONE_HEAD: Final = dated(by="school_class_id")


@command("school.homeroom.appoint", returns="HomeroomAppointment")
async def appoint_homeroom_teacher(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    staff: Annotated[UUID, Ref("Staff")],
    starts_on: date | None = None,
) -> UUID:
    """Appoint the homeroom teacher of a class from a day on; who was it before, is so until the day before."""
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await context.permit("Staff", [staff], field="staff", sight=True)
    starts_on = starts_on or (await default_days(context, HomeroomAppointment, "school_class_id", [school_class]))[0]
    # The class's row stands for all its appointments: two offices appoint one after the other.
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR UPDATE", school_class)
    before = await context.fetch(
        "SELECT id, staff_id, starts_on FROM homeroom_appointment"
        " WHERE school_class_id = $1 AND (ends_on IS NULL OR ends_on >= $2)",
        school_class,
        starts_on,
    )
    table = context.rows(HomeroomAppointment)
    for each in before:
        if each["staff_id"] == staff and each["starts_on"] <= starts_on:
            raise Refusal(HEAD_ALREADY, "staff")
        if each["starts_on"] >= starts_on:
            raise Refusal(LATER_APPOINTMENT, "starts_on")
        await table.update(each["id"], {"ends_on": starts_on - timedelta(days=1)})
    (made,) = await table.insert(
        [{"school_class_id": school_class, "staff_id": staff, "starts_on": starts_on, "ends_on": None}]
    )
    await check_periods(context, HomeroomAppointment, [made], field="staff", code=TWO_HEADS, listed=False)
    return made


@command("school.homeroom.end", returns="HomeroomAppointment")
async def end_homeroom_appointment(
    context: Context,
    *,
    appointment: Annotated[UUID, Ref("HomeroomAppointment")],
    ends_on: date | None = None,
) -> UUID:
    """End the appointment of a homeroom teacher, by default today or on the last day of the class's school year.

    Raises OVERLAP where the new last day reaches into the appointment of another.
    """
    await context.permit("HomeroomAppointment", [appointment], field="appointment")
    await lock_class_of(context, appointment)
    await end_periods(
        context, HomeroomAppointment, [appointment], ends_on, field="appointment", code=TWO_HEADS, listed=False
    )
    await refuse_two_heads(context, appointment, field="appointment")
    return appointment


async def lock_class_of(context: Context, appointment: UUID) -> None:
    """Lock the class of an appointment, which stands for all its appointments."""
    await context.fetch(
        "SELECT id FROM school_class WHERE id = (SELECT school_class_id FROM homeroom_appointment WHERE id = $1)"
        " FOR NO KEY UPDATE",
        appointment,
    )


async def refuse_two_heads(context: Context, appointment: UUID, *, field: str) -> None:
    """Refuse an appointment on whose days the class has another homeroom teacher."""
    await refuse_overlaps(
        context,
        HomeroomAppointment,
        [appointment],
        field=field,
        code=TWO_HEADS,
        listed=False,
        rules=[_ONE_HEAD],
    )


@dataclass(frozen=True, slots=True)
class TeachingRow:
    """Somebody who teaches a class a subject."""

    class_subject: Annotated[UUID, Ref("ClassSubject")]
    staff: Annotated[UUID, Ref("Staff")]


@command("school.teaching.assign", returns="TeachingAssignment", many=True)
async def assign_teaching(context: Context, *, rows: list[TeachingRow], starts_on: date | None = None) -> list[UUID]:
    """Assign teachers to subjects of classes, from a day on (today unless told). Several may share one."""
    await context.permit("ClassSubject", [row.class_subject for row in rows], field="rows.classSubject", rows=True)
    await context.permit("Staff", [row.staff for row in rows], field="rows.staff", rows=True, sight=True)
    if len(set(rows)) != len(rows):
        raise Refusal(LISTED_TWICE, "rows.staff")
    subjects = [row.class_subject for row in rows]
    defaults = await default_days(context, TeachingAssignment, "class_subject_id", subjects)
    days = [starts_on or each for each in defaults]
    await context.fetch("SELECT id FROM class_subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", subjects)
    standing = {
        (each["class_subject_id"], each["staff_id"])
        for each in await context.fetch(
            "SELECT t.class_subject_id, t.staff_id FROM unnest($1::uuid[], $2::date[]) AS n (class_subject_id, day)"
            " JOIN teaching_assignment t USING (class_subject_id) WHERE t.ends_on IS NULL OR t.ends_on >= n.day",
            subjects,
            days,
        )
    }
    problems = [
        Problem(TEACHING_DUPLICATE, "rows.staff", number)
        for number, row in enumerate(rows)
        if (row.class_subject, row.staff) in standing
    ]
    if problems:
        raise Refusal.of(problems)
    made = await context.rows(TeachingAssignment).insert(
        [
            {"class_subject_id": row.class_subject, "staff_id": row.staff, "starts_on": day, "ends_on": None}
            for row, day in zip(rows, days, strict=True)
        ]
    )
    await check_periods(context, TeachingAssignment, made, field="rows.staff", code=TEACHING_OVERLAPS)
    return made


@command("school.teaching.end", returns="TeachingAssignment", many=True)
async def end_teaching(
    context: Context,
    *,
    assignments: list[Annotated[UUID, Ref("TeachingAssignment")]],
    ends_on: date | None = None,
) -> list[UUID]:
    """End teaching assignments with a last day, by default today or the last day of the class's school year.

    Raises OVERLAP where the new last day reaches into another assignment of the same teacher and subject.
    """
    await context.permit("TeachingAssignment", assignments, field="assignments", rows=True)
    await lock_subjects_of(context, assignments)
    await end_periods(context, TeachingAssignment, assignments, ends_on, field="assignments", code=TEACHING_OVERLAPS)
    return assignments


async def lock_subjects_of(context: Context, assignments: Sequence[UUID]) -> None:
    """Lock the subjects of classes that assignments are to: two offices change theirs one after the other."""
    await context.fetch(
        "SELECT id FROM class_subject WHERE id IN (SELECT class_subject_id FROM teaching_assignment"
        " WHERE id = ANY($1::uuid[])) ORDER BY id FOR NO KEY UPDATE",
        list(assignments),
    )
