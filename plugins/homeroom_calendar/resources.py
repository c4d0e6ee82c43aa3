"""What can be read: days and bells by everybody of the school, lessons by staff and by who is taught or holds them."""

from __future__ import annotations

from typing import Final

from homeroom.resources import Extension, Resource, along, extend, many, resource
from homeroom_calendar.tables import (
    BellPeriod,
    BellSchedule,
    BellScheduleUse,
    CalendarDay,
    CalendarEntry,
    Lesson,
    LessonStaff,
    SchoolCalendar,
)
from homeroom_school.tables import SchoolClass

_TIMES: Final = ("date", "starts_at")
#: Students and guardians see the lessons of their classes.
_SCOPES: Final = ("own_class", "own_teaching", "self", "children")

RESOURCES: tuple[Resource, ...] = (
    resource(
        SchoolCalendar,
        filters=("cycle_length", "school_year"),
        enums={"cycle_restarts": "CycleRestart"},
    ),
    resource(
        CalendarEntry,
        plural="calendarEntries",
        default_order=("starts_on",),
        enums={"kind": "CalendarEntryKind", "runs_as": "Weekday"},
    ),
    resource(
        CalendarDay,
        filters=("date", "kind", "runs_as", "cycle_day", "school_year"),
        order=("date",),
        default_order=("date",),
        enums={"kind": "CalendarDayKind", "runs_as": "Weekday"},
    ),
    resource(
        BellSchedule,
        many("periods", BellPeriod.bell_schedule_id, order=("number",)),
        many("uses", BellScheduleUse.bell_schedule_id),
    ),
    resource(
        BellPeriod,
        default_order=("number",),
        enums={"kind": "BellPeriodKind"},
    ),
    resource(BellScheduleUse, enums={"weekday": "Weekday"}),
    resource(
        Lesson,
        many("staff", LessonStaff.lesson_id, order=("role",)),
        scopes=along(Lesson.school_class_id, *_SCOPES),
        filters=(*_TIMES, "period", "status", "origin", "planned_date", "school_class", "subject", "room", "staff"),
        order=_TIMES,
        default_order=_TIMES,
        enums={"status": "LessonStatus", "origin": "LessonOrigin"},
    ),
    resource(
        LessonStaff,
        scopes=along(LessonStaff.lesson_id, *_SCOPES),
        plural="lessonStaffMembers",
        exclude=("counts",),
        filters=(*_TIMES, "role", "present", "staff", "lesson"),
        order=_TIMES,
        default_order=_TIMES,
        enums={"role": "LessonStaffRole"},
    ),
)
EXTENSIONS: tuple[Extension, ...] = (
    extend(
        SchoolClass,
        many("lessons", Lesson.school_class_id, order=("date", "starts_at"), description="When the class is taught."),
    ),
)
