"""The calendar and the periods of the day: known to everybody who belongs to the school."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Resource, many, resource
from homeroom_calendar.tables import (
    BellPeriod,
    BellSchedule,
    BellScheduleUse,
    CalendarDay,
    CalendarEntry,
    SchoolCalendar,
)

__all__ = ["SCHOOL_DAYS"]

_ALL: Final = {"school": EVERYTHING}
_PERIOD: Final = ("starts_on", "ends_on")

SCHOOL_DAYS: tuple[Resource, ...] = (
    resource(
        SchoolCalendar,
        scopes=_ALL,
        filters=("cycle_length", "school_year"),
        enums={"cycle_restarts": "CycleRestart"},
    ),
    resource(
        CalendarEntry,
        scopes=_ALL,
        plural="calendarEntries",
        filters=("kind", "name", "runs_as", *_PERIOD, "school_year"),
        order=(*_PERIOD, "name"),
        default_order=("starts_on",),
        enums={"kind": "CalendarEntryKind", "runs_as": "Weekday"},
    ),
    resource(
        CalendarDay,
        scopes=_ALL,
        filters=("date", "kind", "runs_as", "cycle_day", "school_year"),
        order=("date",),
        default_order=("date",),
        enums={"kind": "CalendarDayKind", "runs_as": "Weekday"},
    ),
    resource(
        BellSchedule,
        many("periods", BellPeriod.bell_schedule_id, order=("number",)),
        many("uses", BellScheduleUse.bell_schedule_id),
        scopes=_ALL,
        filters=("code", "name"),
        order=("code", "name"),
        default_order=("code",),
    ),
    resource(
        BellPeriod,
        scopes=_ALL,
        filters=("number", "kind", "starts_at", "bell_schedule"),
        order=("number", "starts_at"),
        default_order=("number",),
        enums={"kind": "BellPeriodKind"},
    ),
    resource(
        BellScheduleUse,
        scopes=_ALL,
        filters=("weekday", "cycle_day", "grade_level", "bell_schedule"),
        enums={"weekday": "Weekday"},
    ),
)
