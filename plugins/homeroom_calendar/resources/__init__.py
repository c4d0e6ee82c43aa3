"""What can be read of the calendar and of lessons."""

from __future__ import annotations

from homeroom.resources import Extension, Resource, extend, many
from homeroom_calendar.resources.days import SCHOOL_DAYS
from homeroom_calendar.resources.lessons import LESSONS
from homeroom_calendar.tables import Lesson
from homeroom_school.tables import SchoolClass

__all__ = ["EXTENSIONS", "RESOURCES"]

RESOURCES: tuple[Resource, ...] = (*SCHOOL_DAYS, *LESSONS)
EXTENSIONS: tuple[Extension, ...] = (
    extend(
        SchoolClass,
        many("lessons", Lesson.school_class_id, order=("date", "starts_at"), description="When the class is taught."),
    ),
)
