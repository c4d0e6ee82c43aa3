"""Grade levels, subjects, and the plan of subjects of each grade level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid
from homeroom_school.commands.checks import given, in_range, plain_text, refuse_duplicate, required_code, required_text
from homeroom_school.tables import GradeLevel, GradeSubject, Subject

__all__ = [
    "GradeSubjectRow",
    "change_grade_level",
    "change_subject",
    "create_grade_level",
    "create_subject",
    "plan_grade_subjects",
]


@command("school.grade_level.create", returns="GradeLevel")
async def create_grade_level(context: Context, *, number: int, code: str, title: str, stage: str = "") -> UUID:
    """Add a grade level; number and code are unique."""
    in_range(number, -9, 99, "number")
    with refuse_duplicate("there is a grade level of this number or code", "code"):
        (made,) = await context.rows(GradeLevel).insert(
            [
                {
                    "number": number,
                    "code": required_code(code, 20, "code"),
                    "title": required_text(title, 80, "title"),
                    "stage": plain_text(stage, 40, "stage"),
                }
            ]
        )
    return made


@command("school.grade_level.change", returns="GradeLevel")
async def change_grade_level(
    context: Context,
    *,
    grade_level: Annotated[UUID, Ref("GradeLevel")],
    code: str | None = None,
    title: str | None = None,
    stage: str | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Change a grade level. Its number stays: the rules of the region speak of it."""
    await context.permit("GradeLevel", [grade_level], field="gradeLevel")
    changes: dict[str, Any] = {}
    if stage is not None:
        changes["stage"] = plain_text(stage, 40, "stage")
    if code is not None:
        changes["code"] = required_code(code, 20, "code")
    if title is not None:
        changes["title"] = required_text(title, 80, "title")
    with refuse_duplicate("there is a grade level of this code", "code"):
        await context.rows(GradeLevel).update(
            grade_level, changes, expected_version=expected_version, field="gradeLevel"
        )
    return grade_level


@command("school.subject.create", returns="Subject")
async def create_subject(context: Context, *, code: str, title: str, position: int = 0) -> UUID:
    """Add a subject; its code is unique."""
    in_range(position, 0, 9999, "position")
    with refuse_duplicate("there is a subject of this code", "code"):
        (made,) = await context.rows(Subject).insert(
            [
                {
                    "code": required_code(code, 40, "code"),
                    "title": required_text(title, 120, "title"),
                    "position": position,
                    "active": True,
                }
            ]
        )
    return made


@command("school.subject.change", returns="Subject")
async def change_subject(
    context: Context,
    *,
    subject: Annotated[UUID, Ref("Subject")],
    title: str | None = None,
    position: int | None = None,
    active: bool | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Change a subject, or retire it. Its code stays: the rules of the region speak of it."""
    await context.permit("Subject", [subject], field="subject")
    in_range(position, 0, 9999, "position")
    changes = given({"position": position, "active": active})
    if title is not None:
        changes["title"] = required_text(title, 120, "title")
    await context.rows(Subject).update(subject, changes, expected_version=expected_version, field="subject")
    return subject


@dataclass(frozen=True, slots=True)
class GradeSubjectRow:
    """A subject in the plan of a grade level.

    Args:
        periods_per_year: How many periods a year; none: nothing is prescribed.
    """

    grade_level: Annotated[UUID, Ref("GradeLevel")]
    subject: Annotated[UUID, Ref("Subject")]
    periods_per_year: int | None = None


@command("school.grade_subject.plan", returns="GradeSubject", many=True)
async def plan_grade_subjects(context: Context, *, rows: list[GradeSubjectRow]) -> list[UUID]:
    """Put subjects into the plans of grade levels, or change their periods a year.

    Classes that exist already keep theirs.
    """
    await context.permit(
        "GradeLevel", [row.grade_level for row in rows], field="rows.gradeLevel", rows=True, sight=True
    )
    await context.permit("Subject", [row.subject for row in rows], field="rows.subject", rows=True)
    wanted: dict[tuple[UUID, UUID], int | None] = {}
    for number, row in enumerate(rows):
        in_range(row.periods_per_year, 1, 2000, "rows.periodsPerYear", number)
        if wanted.setdefault((row.grade_level, row.subject), row.periods_per_year) != row.periods_per_year:
            raise Invalid("the same subject stands twice for a grade level", field="rows.subject", row=number)
    found = {
        (each["grade_level_id"], each["subject_id"]): each["id"]
        for each in await context.fetch(
            "SELECT id, grade_level_id, subject_id FROM grade_subject WHERE grade_level_id = ANY($1::uuid[])",
            [grade for grade, _ in wanted],
        )
    }
    table = context.rows(GradeSubject)
    await table.update_many(
        [{"id": found[key], "periods_per_year": periods} for key, periods in wanted.items() if key in found]
    )
    new = [key for key in wanted if key not in found]
    made = await table.insert(
        [{"grade_level_id": key[0], "subject_id": key[1], "periods_per_year": wanted[key]} for key in new]
    )
    found |= dict(zip(new, made, strict=True))
    return [found[key] for key in wanted]
