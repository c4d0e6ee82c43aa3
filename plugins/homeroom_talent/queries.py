"""Students for an activity: who has a talent, is free on a day, and is barred by no rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.code_tables import code_id
from homeroom.commands import Ref
from homeroom.computed_queries import query
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import UNKNOWN_CODE
from homeroom_talent.code_tables import CATEGORIES
from homeroom_talent.tables import TalentLevel

__all__ = ["QUERIES", "Barred"]

#: $1 category, $2 grade, $3 level, $4 grade level, $5 today, $6 the day of the activity. The best item of each student.
_MATCHING: Final = """
SELECT DISTINCT ON (s.id) s.id, s.full_name, c.name AS school_class, i.id AS item, i.title, i.grade, i.award
FROM talent_item i JOIN student s ON s.id = i.student_id
JOIN class_enrolment e ON e.student_id = s.id AND e.starts_on <= $5 AND (e.ends_on IS NULL OR e.ends_on >= $5)
JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
WHERE i.state IN ('verified', 'published') AND i.category_id = $1
    AND ($2::int IS NULL OR i.grade >= $2) AND ($3::text[] IS NULL OR i.level = ANY($3::text[]))
    AND ($4::uuid IS NULL OR c.grade_level_id = $4)
    AND ($6::date IS NULL OR NOT EXISTS (SELECT FROM talent_engagement g
        WHERE g.student_id = s.id AND g.starts_on <= $6 AND g.ends_on >= $6))
    AND {within}
ORDER BY s.id, i.grade DESC NULLS LAST, i.happened_on DESC
"""


@dataclass(slots=True)
class Barred:
    """Students who were found, and those of them whom rules bar.

    Args:
        students: Who was found.
        reasons: Student to why they are barred.
    """

    students: Collection[UUID]
    reasons: dict[UUID, str] = field(default_factory=dict)

    def add(self, student: UUID, reason: str) -> None:
        """Bar a student.

        Args:
            student: One of :attr:`students`; others are passed over.
            reason: Why, for the staff.
        """
        if student in self.students:
            self.reasons.setdefault(student, reason)


@dataclass(frozen=True, slots=True)
class TalentMatch:
    """A student who has a talent.

    Args:
        student: The student.
        name: The full name.
        school_class: The name of the homeroom class.
        item: The best item of the category.
        title: The title of the item.
        grade: The grade of an examination.
        award: The award.
    """

    student: Annotated[UUID, Ref("Student")]
    name: str
    school_class: str
    item: Annotated[UUID, Ref("TalentItem")]
    title: str
    grade: int | None
    award: str


@query("talent.student.match")
async def match_talents(
    context: Context,
    *,
    category: str,
    grade_level: Annotated[UUID, Ref("GradeLevel")] | None = None,
    least_grade: int | None = None,
    least_level: TalentLevel | None = None,
    free_on: date | None = None,
) -> list[TalentMatch]:
    """Students who have a talent, are free on a day, and whom no rule of eligibility bars.

    Args:
        category: A code of the categories of talents.
        grade_level: Students of this grade level alone.
        least_grade: The least grade of an examination, such as 5 for violin grade 5.
        least_level: How far the event reached at least.
        free_on: The day of the activity.
    """
    sought = await code_id(context, CATEGORIES.name, category, field="category")
    if sought is None:
        raise Refusal(UNKNOWN_CODE, "category", code=category)
    levels = list(TalentLevel)
    reaching = None if least_level is None else [each.value for each in levels[levels.index(least_level) :]]
    within, values = context.within_scopes("TalentItem", "i", 7, sight=True)
    rows: list[Any] = await context.fetch(
        _MATCHING.format(within=within), sought, least_grade, reaching, grade_level, context.today, free_on, *values
    )
    barred = Barred({row["id"] for row in rows})
    hooks = context.host.hooks
    await hooks.each("talent_barring", only=context.variant.plugins, context=context, on=free_on, barred=barred)
    return [
        TalentMatch(
            row["id"], row["full_name"], row["school_class"], row["item"], row["title"], row["grade"], row["award"]
        )
        for row in sorted(rows, key=lambda each: (each["school_class"], each["full_name"]))
        if row["id"] not in barred.reasons
    ]


QUERIES: Final = (match_talents,)
