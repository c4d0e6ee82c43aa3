"""Who reads the calendar and lessons, and who plans them, unless the school says otherwise."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

_STAFF: Final = ("admin", "principal", "registrar", "teacher")
_DAYS: Final = ("SchoolCalendar", "CalendarEntry", "CalendarDay", "BellSchedule", "BellPeriod", "BellScheduleUse")
_LESSONS: Final = ("Lesson", "LessonStaff")

RULES: Final = (
    *(Rule(role, each) for role in (*_STAFF, "student", "guardian") for each in _DAYS),
    *(Rule(role, each) for role in _STAFF for each in _LESSONS),
    *(
        Rule(role, each, scope=scope)
        for role, scope in (("student", "self"), ("guardian", "children"))
        for each in _LESSONS
    ),
    *(Rule(role, "calendar.*", "run") for role in ("principal", "registrar")),
)
