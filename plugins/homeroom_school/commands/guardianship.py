"""Who stands for whom."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom_school.commands.periods import check_periods, correct_period, end_periods, remove_periods
from homeroom_school.refusals import GUARDIANSHIP_OVERLAPS
from homeroom_school.tables import Guardianship, Relation

__all__ = ["change_guardianship", "end_guardianship", "remove_guardianships", "start_guardianship"]


@command("school.guardianship.start", returns="Guardianship")
async def start_guardianship(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")],
    guardian: Annotated[UUID, Ref("Guardian")],
    relation: Relation = Relation.GUARDIAN,
    starts_on: date | None = None,
) -> UUID:
    """Let a guardian stand for a student, from a day (today unless told)."""
    await context.permit("Student", [student], field="student")
    await context.permit("Guardian", [guardian], field="guardian")
    starts_on = starts_on or context.today
    await context.fetch("SELECT id FROM student WHERE id = $1 FOR UPDATE", student)
    (made,) = await context.rows(Guardianship).insert(
        [
            {
                "student_id": student,
                "guardian_id": guardian,
                "relation": relation.value,
                "starts_on": starts_on,
                "ends_on": None,
            }
        ]
    )
    await check_periods(context, Guardianship, [made], field="guardian", code=GUARDIANSHIP_OVERLAPS, listed=False)
    return made


@command("school.guardianship.change", returns="Guardianship")
async def change_guardianship(
    context: Context,
    *,
    guardianship: Annotated[UUID, Ref("Guardianship")],
    relation: Relation | Unset = UNSET,
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset | None = UNSET,
    ongoing: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Correct what the guardian is to the student, and from when to when. What is not given stays.

    Args:
        ongoing: Whether it has no last day.
    """
    await context.permit("Guardianship", [guardianship], field="guardianship")
    await _lock_student_of(context, guardianship)
    await correct_period(
        context,
        Guardianship,
        guardianship,
        starts_on=starts_on,
        ends_on=ends_on,
        ongoing=ongoing,
        field="guardianship",
        code=GUARDIANSHIP_OVERLAPS,
        expected_version=expected_version,
        further={"relation": relation.value} if relation else None,
    )
    return guardianship


@command("school.guardianship.remove")
async def remove_guardianships(context: Context, *, guardianships: list[Annotated[UUID, Ref("Guardianship")]]) -> None:
    """Remove guardianships that were entered by mistake; one that was true ends with `endGuardianship`."""
    await context.permit("Guardianship", guardianships, field="guardianships", rows=True)
    await remove_periods(context, Guardianship, guardianships, field="guardianships")


@command("school.guardianship.end", returns="Guardianship")
async def end_guardianship(
    context: Context, *, guardianship: Annotated[UUID, Ref("Guardianship")], ends_on: date | None = None
) -> UUID:
    """End a guardianship with a last day (today unless told).

    Raises OVERLAP where the new last day reaches into another guardianship of the same two.
    """
    await context.permit("Guardianship", [guardianship], field="guardianship")
    await _lock_student_of(context, guardianship)
    await end_periods(
        context, Guardianship, [guardianship], ends_on, field="guardianship", code=GUARDIANSHIP_OVERLAPS, listed=False
    )
    return guardianship


async def _lock_student_of(context: Context, guardianship: UUID) -> None:
    await context.fetch(
        "SELECT id FROM student WHERE id = (SELECT student_id FROM guardianship WHERE id = $1) FOR UPDATE", guardianship
    )
