"""Dated lessons and who holds them: staff see all, students and guardians those of their classes."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Resource, many, resource, through
from homeroom_calendar.tables import Lesson, LessonStaff

__all__ = ["LESSONS"]

_TIMES: Final = ("date", "starts_at")
_SCOPES: Final = ("own_class", "own_teaching", "self", "children")

LESSONS: tuple[Resource, ...] = (
    resource(
        Lesson,
        many("staff", LessonStaff.lesson_id, order=("role",)),
        scopes={"school": EVERYTHING, **{each: through(Lesson.school_class_id, each) for each in _SCOPES}},
        filters=(*_TIMES, "period", "status", "origin", "planned_date", "school_class", "subject", "room", "staff"),
        order=_TIMES,
        default_order=_TIMES,
        enums={"status": "LessonStatus", "origin": "LessonOrigin"},
    ),
    resource(
        LessonStaff,
        scopes={"school": EVERYTHING, **{each: through(LessonStaff.lesson_id, each) for each in _SCOPES}},
        plural="lessonStaffMembers",
        exclude=("counts",),
        filters=(*_TIMES, "role", "present", "staff", "lesson"),
        order=_TIMES,
        default_order=_TIMES,
        enums={"role": "LessonStaffRole"},
    ),
)
