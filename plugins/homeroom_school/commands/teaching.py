"""Homeroom teachers and teaching assignments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid, Problem, Refusal
from homeroom_school.commands.checks import period
from homeroom_school.tables import HomeroomAppointment, TeachingAssignment

__all__ = [
    "TeachingRow",
    "appoint_homeroom_teacher",
    "assign_teaching",
    "end_homeroom_appointment",
    "end_teaching",
]


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
    starts_on = starts_on or context.today
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
            raise Invalid("this teacher is homeroom teacher already", code="DUPLICATE", field="staff")
        if each["starts_on"] >= starts_on:
            raise Invalid("another appointment begins on or after that day", field="startsOn")
        await table.update(each["id"], {"ends_on": starts_on - timedelta(days=1)})
    (made,) = await table.insert(
        [{"school_class_id": school_class, "staff_id": staff, "starts_on": starts_on, "ends_on": None}]
    )
    return made


@command("school.homeroom.end", returns="HomeroomAppointment")
async def end_homeroom_appointment(
    context: Context,
    *,
    appointment: Annotated[UUID, Ref("HomeroomAppointment")],
    ends_on: date | None = None,
) -> UUID:
    """End the appointment of a homeroom teacher with a last day (today unless told)."""
    await context.permit("HomeroomAppointment", [appointment], field="appointment")
    ends_on = ends_on or context.today
    period(await context.fetchval("SELECT starts_on FROM homeroom_appointment WHERE id = $1", appointment), ends_on)
    await context.rows(HomeroomAppointment).update(appointment, {"ends_on": ends_on}, field="appointment")
    return appointment


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
    starts_on = starts_on or context.today
    if len(set(rows)) != len(rows):
        raise Invalid("an assignment stands twice", code="DUPLICATE", field="rows.staff")
    subjects = [row.class_subject for row in rows]
    await context.fetch("SELECT id FROM class_subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", subjects)
    standing = {
        (each["class_subject_id"], each["staff_id"])
        for each in await context.fetch(
            "SELECT class_subject_id, staff_id FROM teaching_assignment"
            " WHERE class_subject_id = ANY($1::uuid[]) AND (ends_on IS NULL OR ends_on >= $2)",
            subjects,
            starts_on,
        )
    }
    problems = [
        Problem("DUPLICATE", "this teacher teaches this class the subject already", "rows.staff", number)
        for number, row in enumerate(rows)
        if (row.class_subject, row.staff) in standing
    ]
    if problems:
        raise Refusal.of(problems)
    return await context.rows(TeachingAssignment).insert(
        [
            {
                "class_subject_id": row.class_subject,
                "staff_id": row.staff,
                "starts_on": starts_on,
                "ends_on": None,
            }
            for row in rows
        ]
    )


@command("school.teaching.end", returns="TeachingAssignment", many=True)
async def end_teaching(
    context: Context,
    *,
    assignments: list[Annotated[UUID, Ref("TeachingAssignment")]],
    ends_on: date | None = None,
) -> list[UUID]:
    """End teaching assignments with a last day (today unless told)."""
    await context.permit("TeachingAssignment", assignments, field="assignments", rows=True)
    ends_on = ends_on or context.today
    late = await context.fetchval(
        "SELECT max(starts_on) FROM teaching_assignment WHERE id = ANY($1::uuid[])", assignments
    )
    if late is not None and late > ends_on:
        raise Invalid("an assignment begins after that day", field="endsOn")
    await context.rows(TeachingAssignment).update_many(
        [{"id": each, "ends_on": ends_on} for each in dict.fromkeys(assignments)]
    )
    return assignments
