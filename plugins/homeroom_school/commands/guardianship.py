"""Who stands for whom."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid
from homeroom_school.commands.checks import period
from homeroom_school.tables import Guardianship, Relation

__all__ = ["change_guardianship", "end_guardianship", "start_guardianship"]


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
    if await context.fetchval(
        "SELECT true FROM guardianship WHERE student_id = $1 AND guardian_id = $2"
        " AND (ends_on IS NULL OR ends_on >= $3) LIMIT 1",
        student,
        guardian,
        starts_on,
    ):
        raise Invalid("this guardian stands for the student already", code="DUPLICATE", field="guardian")
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
    return made


@command("school.guardianship.change", returns="Guardianship")
async def change_guardianship(
    context: Context,
    *,
    guardianship: Annotated[UUID, Ref("Guardianship")],
    relation: Relation,
    expected_version: int | None = None,
) -> UUID:
    """Correct what the guardian is to the student."""
    await context.permit("Guardianship", [guardianship], field="guardianship")
    await context.rows(Guardianship).update(
        guardianship, {"relation": relation.value}, expected_version=expected_version, field="guardianship"
    )
    return guardianship


@command("school.guardianship.end", returns="Guardianship")
async def end_guardianship(
    context: Context, *, guardianship: Annotated[UUID, Ref("Guardianship")], ends_on: date | None = None
) -> UUID:
    """End a guardianship with a last day (today unless told)."""
    await context.permit("Guardianship", [guardianship], field="guardianship")
    ends_on = ends_on or context.today
    starts_on: date = await context.fetchval("SELECT starts_on FROM guardianship WHERE id = $1", guardianship)
    period(starts_on, ends_on)
    await context.rows(Guardianship).update(guardianship, {"ends_on": ends_on}, field="guardianship")
    return guardianship
