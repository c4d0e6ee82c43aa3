"""Who reads the calendar and lessons, and who plans them, unless the school says otherwise."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import allow

_STAFF: Final = ("admin", "principal", "registrar", "teacher")
_DAYS: Final = ("SchoolCalendar", "CalendarEntry", "CalendarDay", "BellSchedule", "BellPeriod", "BellScheduleUse")
_LESSONS: Final = ("Lesson", "LessonStaff")

RULES: Final = (
    *allow((*_STAFF, "student", "guardian"), *_DAYS),
    *allow(_STAFF, *_LESSONS),
    *allow("student", *_LESSONS, scope="self"),
    *allow("guardian", *_LESSONS, scope="children"),
    *allow(("principal", "registrar"), "calendar.*", action="run"),
)
