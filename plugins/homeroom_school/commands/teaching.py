"""Homeroom teachers and teaching assignments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.database.dated import dated
from homeroom.errors import Refusal
from homeroom.nouns import Noun, row_type
from homeroom_school.refusals import HEAD_ALREADY, LATER_APPOINTMENT, TWO_HEADS
from homeroom_school.tables import HomeroomAppointment, TeachingAssignment

APPOINTMENT = Noun(
    HomeroomAppointment,
    "school.homeroom",
    argument="appointment",
    apart=(dated(by="school_class_id", code=TWO_HEADS),),
)
TEACHING = Noun(TeachingAssignment, "school.teaching", argument="assignment", singular="teaching", plural="teaching")


@command("school.homeroom.appoint", returns="HomeroomAppointment")
async def appoint_homeroom_teacher(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    staff: Annotated[UUID, Ref("Staff")],
    starts_on: date | None = None,
) -> UUID:
    """Appoint the homeroom teacher of a class from a day on; who was it before, is so until the day before."""
    given = {"school_class": school_class, "staff": staff, "starts_on": starts_on}
    (values,) = await APPOINTMENT.checked(context, [given])
    first = values["starts_on"]
    # The class's row stands for all its appointments: two offices appoint one after the other.
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR UPDATE", school_class)
    before = await context.fetch(
        "SELECT id, staff_id, starts_on FROM homeroom_appointment"
        " WHERE school_class_id = $1 AND (ends_on IS NULL OR ends_on >= $2)",
        school_class,
        first,
    )
    for each in before:
        if each["staff_id"] == staff and each["starts_on"] <= first:
            raise Refusal(HEAD_ALREADY, "staff")
        if each["starts_on"] >= first:
            raise Refusal(LATER_APPOINTMENT, "starts_on")
        await context.rows(HomeroomAppointment).update(each["id"], {"ends_on": first - timedelta(days=1)})
    return (await APPOINTMENT.insert(context, [values]))[0]


end_homeroom_appointment = APPOINTMENT.end("End the appointment of a homeroom teacher.")
correct_homeroom_appointment = APPOINTMENT.change(
    "Correct the appointment of a homeroom teacher: who it is and from when to when.",
    fixed=("school_class",),
    verb="correct",
)
remove_homeroom_appointments = APPOINTMENT.remove(
    "Remove appointments that were entered by mistake; one that was true ends with `endHomeroomAppointment`.", many=True
)
assign_teaching = TEACHING.create_many(
    "Assign teachers to subjects of classes, from a day on. Several may share a subject.",
    common=("starts_on",),
    without=("ends_on",),
    verb="assign",
    row="TeachingRow",
)
end_teaching = TEACHING.end("End teaching assignments with a last day.", many=True)
correct_teaching = TEACHING.change(
    "Correct a teaching assignment that was entered wrongly: its teacher and its days.",
    fixed=("class_subject",),
    verb="correct",
)
remove_teaching = TEACHING.remove(
    "Remove teaching assignments that were entered by mistake; one that was true ends with `endTeaching`.", many=True
)
TeachingRow = row_type(assign_teaching)
