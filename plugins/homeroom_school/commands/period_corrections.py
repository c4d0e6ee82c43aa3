"""Assignments, appointments, memberships and employments that were entered by mistake."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom_school.commands import groups, teaching
from homeroom_school.commands.periods import correct_period, remove_periods
from homeroom_school.refusals import GROUP_OVERLAPS, TEACHING_OVERLAPS, TWO_HEADS
from homeroom_school.tables import Employment, GroupMembership, HomeroomAppointment, TeachingAssignment

__all__ = [
    "correct_group_membership",
    "correct_homeroom_appointment",
    "correct_teaching",
    "remove_employments",
    "remove_group_memberships",
    "remove_homeroom_appointments",
    "remove_teaching",
]


@command("school.teaching.correct", returns="TeachingAssignment")
async def correct_teaching(
    context: Context,
    *,
    assignment: Annotated[UUID, Ref("TeachingAssignment")],
    staff: Annotated[UUID, Ref("Staff")] | Unset = UNSET,
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset | None = UNSET,
    ongoing: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Correct a teaching assignment that was entered wrongly: its teacher and its days. What is not given stays.

    Raises OUTSIDE_YEAR and OVERLAP as `assignTeaching` does.

    Args:
        ongoing: Whether it has no last day.
    """
    await context.permit("TeachingAssignment", [assignment], field="assignment")
    if staff is not UNSET:
        await context.permit("Staff", [staff], field="staff", sight=True)
    await teaching.lock_subjects_of(context, [assignment])
    await correct_period(
        context,
        TeachingAssignment,
        assignment,
        starts_on=starts_on,
        ends_on=ends_on,
        ongoing=ongoing,
        field="assignment",
        code=TEACHING_OVERLAPS,
        expected_version=expected_version,
        further={"staff_id": staff} if staff else None,
    )
    return assignment


@command("school.teaching.remove")
async def remove_teaching(context: Context, *, assignments: list[Annotated[UUID, Ref("TeachingAssignment")]]) -> None:
    """Remove teaching assignments that were entered by mistake; one that was true ends with `endTeaching`."""
    await context.permit("TeachingAssignment", assignments, field="assignments", rows=True)
    await remove_periods(context, TeachingAssignment, assignments, field="assignments")


@command("school.homeroom.correct", returns="HomeroomAppointment")
async def correct_homeroom_appointment(
    context: Context,
    *,
    appointment: Annotated[UUID, Ref("HomeroomAppointment")],
    staff: Annotated[UUID, Ref("Staff")] | Unset = UNSET,
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset | None = UNSET,
    ongoing: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Correct the appointment of a homeroom teacher: who it is and from when to when. What is not given stays.

    Raises OUTSIDE_YEAR for days outside the school year of the class, OVERLAP where another is appointed on these days.

    Args:
        ongoing: Whether it has no last day.
    """
    await context.permit("HomeroomAppointment", [appointment], field="appointment")
    if staff is not UNSET:
        await context.permit("Staff", [staff], field="staff", sight=True)
    await teaching.lock_class_of(context, appointment)
    await correct_period(
        context,
        HomeroomAppointment,
        appointment,
        starts_on=starts_on,
        ends_on=ends_on,
        ongoing=ongoing,
        field="appointment",
        code=TWO_HEADS,
        expected_version=expected_version,
        further={"staff_id": staff} if staff else None,
    )
    await teaching.refuse_two_heads(context, appointment, field="appointment")
    return appointment


@command("school.homeroom.remove")
async def remove_homeroom_appointments(
    context: Context, *, appointments: list[Annotated[UUID, Ref("HomeroomAppointment")]]
) -> None:
    """Remove appointments that were entered by mistake; one that was true ends with `endHomeroomAppointment`."""
    await context.permit("HomeroomAppointment", appointments, field="appointments", rows=True)
    await remove_periods(context, HomeroomAppointment, appointments, field="appointments")


@command("school.group.correct", returns="GroupMembership")
async def correct_group_membership(
    context: Context,
    *,
    membership: Annotated[UUID, Ref("GroupMembership")],
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset | None = UNSET,
    ongoing: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Correct from when to when a student is in a group. What is not given stays.

    Raises OVERLAP where the student is in the group, or in another house, on one of these days by another membership.

    Args:
        ongoing: Whether it has no last day.
    """
    await context.permit("GroupMembership", [membership], field="membership")
    await groups.lock_members_of(context, [membership])
    await correct_period(
        context,
        GroupMembership,
        membership,
        starts_on=starts_on,
        ends_on=ends_on,
        ongoing=ongoing,
        field="membership",
        code=GROUP_OVERLAPS,
        expected_version=expected_version,
    )
    return membership


@command("school.group.remove_members")
async def remove_group_memberships(
    context: Context, *, memberships: list[Annotated[UUID, Ref("GroupMembership")]]
) -> None:
    """Remove memberships that were entered by mistake; one that was true ends with `endGroupMemberships`."""
    await context.permit("GroupMembership", memberships, field="memberships", rows=True)
    await remove_periods(context, GroupMembership, memberships, field="memberships")


@command("school.employment.remove")
async def remove_employments(context: Context, *, employments: list[Annotated[UUID, Ref("Employment")]]) -> None:
    """Remove employments that were entered by mistake; `changeEmployment` corrects their days."""
    await context.permit("Employment", employments, field="employments", rows=True)
    await remove_periods(context, Employment, employments, field="employments")
