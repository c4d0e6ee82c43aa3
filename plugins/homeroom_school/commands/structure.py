"""Grade levels, subjects, and the plan of subjects of each grade level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Noun
from homeroom.refusals import LISTED_TWICE
from homeroom_school.commands.checks import in_range
from homeroom_school.tables import GradeLevel, GradeSubject, Subject

__all__ = [
    "GradeSubjectRow",
    "change_grade_level",
    "change_subject",
    "create_grade_level",
    "create_subject",
    "plan_grade_subjects",
    "remove_grade_level",
    "remove_subject",
]


GRADE_LEVEL = Noun(GradeLevel, "school.grade_level")
SUBJECT = Noun(Subject, "school.subject")

create_grade_level = GRADE_LEVEL.create("Add a grade level; number and code are unique.")
change_grade_level = GRADE_LEVEL.change(
    "Change a grade level. Its number stays: the rules of the region speak of it.", fixed=("number",)
)
remove_grade_level = GRADE_LEVEL.remove(
    "Remove a grade level that was entered by mistake, with its plan of subjects; IN_USE names what rests on it.",
    parts=(GradeSubject.grade_level_id,),
)
create_subject = SUBJECT.create("Add a subject; its code is unique.")
change_subject = SUBJECT.change(
    "Change a subject, or retire it. Its code stays: the rules of the region speak of it.", fixed=("code",)
)
remove_subject = SUBJECT.remove("Remove a subject that was entered by mistake; IN_USE names what rests on it.")


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
            raise Refusal(LISTED_TWICE, "rows.subject", number)
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
