"""What other nouns show of the talent bank."""

from __future__ import annotations

from typing import Final

from homeroom.resources import extend, many
from homeroom_school.tables import SchoolClass, Student
from homeroom_talent.tables import TalentEngagement, TalentItem

__all__ = ["EXTENSIONS"]

EXTENSIONS: Final = (
    extend(
        Student,
        many("talent_items", TalentItem.student_id, order=("happened_on",), description="Talents and achievements."),
        many("talent_engagements", TalentEngagement.student_id, description="Days on which the student is engaged."),
        filters=("talent_items", "talent_engagements"),
    ),
    extend(
        SchoolClass,
        many("talent_items", TalentItem.school_class_id, description="What its students achieved while in it."),
    ),
)
