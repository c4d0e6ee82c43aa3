"""The tables of the calendar and of lessons. Other plugins refer to them by these names."""

from __future__ import annotations

from homeroom_calendar.tables.days import (
    BellPeriod,
    BellSchedule,
    BellScheduleUse,
    CalendarDay,
    CalendarEntry,
    CycleRestart,
    PeriodKind,
    SchoolCalendar,
)
from homeroom_calendar.tables.lessons import (
    Lesson,
    LessonOrigin,
    LessonSource,
    LessonStaff,
    LessonStaffRole,
    LessonStatus,
)

__all__ = [
    "BellPeriod",
    "BellSchedule",
    "BellScheduleUse",
    "CalendarDay",
    "CalendarEntry",
    "CycleRestart",
    "Lesson",
    "LessonOrigin",
    "LessonSource",
    "LessonStaff",
    "LessonStaffRole",
    "LessonStatus",
    "PeriodKind",
    "SchoolCalendar",
]
