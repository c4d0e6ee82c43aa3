"""The components of subjects, with their weights."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import asyncpg

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import LISTED_TWICE
from homeroom_school.commands.checks import required_code, required_text
from homeroom_school.refusals import USED, WEIGHT_RANGE
from homeroom_school.tables import SubjectComponent

__all__ = ["ComponentRow", "plan_subject_components"]


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component: its weight counts against those of the others, whatever their sum.

    Args:
        code: Short and unique within the subject.
        title: As people write it.
        weight: Its share in the subject.
    """

    code: str
    title: str
    weight: Decimal


@command("school.subject.plan_components", returns="SubjectComponent", many=True)
async def plan_subject_components(
    context: Context,
    *,
    subject: Annotated[UUID, Ref("Subject")],
    rows: list[ComponentRow],
    grade_level: Annotated[UUID, Ref("GradeLevel")] | None = None,
) -> list[UUID]:
    """Say all components of a subject, for one grade level or for those that have none of their own.

    Components are ordered as the list is. One that is not among the rows is removed, unless something uses it.
    """
    await context.permit("Subject", [subject], field="subject")
    if grade_level is not None:
        await context.permit("GradeLevel", [grade_level], field="gradeLevel", sight=True)
    await context.fetch("SELECT id FROM subject WHERE id = $1 FOR UPDATE", subject)
    standing = {
        each["code"]: each["id"]
        for each in await context.fetch(
            "SELECT id, code FROM subject_component WHERE subject_id = $1 AND grade_level_id IS NOT DISTINCT FROM $2",
            subject,
            grade_level,
        )
    }
    wanted: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        code = required_code(row.code, 40, "rows.code", number)
        if code in wanted:
            raise Refusal(LISTED_TWICE, "rows.code", number)
        exponent = row.weight.as_tuple().exponent
        if not 0 < row.weight < 1000 or not isinstance(exponent, int) or exponent < -3:
            raise Refusal(WEIGHT_RANGE, "rows.weight", number)
        wanted[code] = {
            "title": required_text(row.title, 120, "rows.title", number),
            "weight": row.weight,
            "position": number + 1,
        }
    table = context.rows(SubjectComponent)
    try:
        for code, row_id in standing.items():
            if code not in wanted:
                await table.delete(row_id)
    except asyncpg.ForeignKeyViolationError:
        raise Refusal(USED, "rows") from None
    await table.update_many([{"id": standing[code], **row} for code, row in wanted.items() if code in standing])
    new = [code for code in wanted if code not in standing]
    made = await table.insert(
        [{"subject_id": subject, "grade_level_id": grade_level, "code": code, **wanted[code]} for code in new]
    )
    standing |= dict(zip(new, made, strict=True))
    return [standing[code] for code in wanted]
