"""Students for an activity: who has a talent, is free on a day, and is barred by no rule."""

from __future__ import annotations

from typing import Final

from homeroom.matching import at_least, equal, matching
from homeroom_school.tables import GradeLevel
from homeroom_talent.tables import TalentItem

__all__ = ["QUERIES"]

_CLASS: Final = "student.current_enrolment.school_class"

match_talents: Final = matching(
    "talent.student.match",
    "Students who have a talent, are free on a day, and whom no rule of eligibility bars.",
    TalentItem.student_id,
    equal("category", "A code of the categories of talents.", needed=True),
    equal(f"{_CLASS}.grade_level", "Students of this grade level alone.", of=GradeLevel),
    at_least("grade", "The least grade of an examination, such as 5 for violin grade 5."),
    at_least("level", "How far the event reached at least."),
    where="{row}.state IN ('verified', 'published')",
    shows={
        "name": "student.full_name",
        "school_class": f"{_CLASS}.name",
        "title": "title",
        "grade": "grade",
        "award": "award",
    },
    best=("-grade", "-happened_on"),
    order=("school_class", "name"),
    function="match_talents",
    answer="TalentMatch",
)

QUERIES: Final = (match_talents,)
