"""The calendar of a school year: its weekdays and cycle, holidays and special days, and what each date is."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Array, Date, Integer, SmallInt, Text, Varchar

from homeroom.columns import choice, number
from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.database.within import lies_within
from homeroom_calendar.days import DayKind, EntryKind, Weekday
from homeroom_school.tables.calendar import SchoolYear
from homeroom_school.tables.classes import GradeLevel

__all__ = [
    "BellPeriod",
    "BellSchedule",
    "BellScheduleUse",
    "CalendarDay",
    "CalendarEntry",
    "CycleRestart",
    "PeriodKind",
    "SchoolCalendar",
]

_CLOCK = "On the school's clock, such as 08:05."


class CycleRestart(StrEnum):
    """When the cycle begins with Day 1 again."""

    YEAR = "year"
    TERM = "term"


class PeriodKind(StrEnum):
    """What a period of the day is for."""

    LESSON = "lesson"
    BREAK = "break"
    OTHER = "other"


class SchoolCalendar(SchoolTable, tablename="school_calendar"):
    """How a school year runs from week to week; one for each year."""

    school_year_id = belongs_to(SchoolYear)
    weekdays = coded(
        Array(base_column=Text(), default=list, help_text="The weekdays with lessons, such as monday."), "{monday}"
    )
    cycle_length = SmallInt(null=True, default=None, help_text="Days of a cycle; none where lessons go by weekdays.")
    cycle_restarts = Varchar(length=20, default=CycleRestart.YEAR, choices=CycleRestart)
    version = Integer(default=1)


class CalendarEntry(SchoolTable, tablename="calendar_entry"):
    """A holiday, a special day or a make-up day (假期, 调休, nghỉ lễ, học bù). Those of one kind do not overlap."""

    within = lies_within("school_year_id")
    school_year_id = belongs_to(SchoolYear)
    kind = Varchar(length=20, default=None, choices=EntryKind)
    name = Varchar(length=120, default=None, help_text="As people write it.")
    starts_on = Date(default=None, help_text="The first date.")
    ends_on = Date(default=None, help_text="The last date.")
    runs_as = Varchar(
        length=20, null=True, default=None, choices=Weekday, help_text="Make-up days: whose lessons are held."
    )
    cycle_day = SmallInt(null=True, default=None, help_text="Make-up days: which cycle day is held.")
    version = Integer(default=1)


class CalendarDay(SchoolTable, tablename="calendar_day"):
    """What one date of a school year is, as the calendar's entries make it."""

    school_year_id = belongs_to(SchoolYear)
    date = Date(default=None, help_text="Which day.")
    kind = Varchar(length=20, default=None, choices=DayKind)
    runs_as = Varchar(
        length=20, null=True, default=None, choices=Weekday, help_text="School days: whose lessons are held."
    )
    cycle_day = SmallInt(null=True, default=None, help_text="School days of a school with cycles: from 1.")
    name = Varchar(length=120, default="", help_text="What the entry that says so is called.")


class BellSchedule(SchoolTable, tablename="bell_schedule"):
    """The periods of a day by the clock (作息時間, 上課時間表, khung giờ học)."""

    code = Varchar(length=20, default=None, help_text="Short and unique.")
    name = Varchar(length=120, default=None, help_text="As people write it.")
    version = Integer(default=1)


class BellPeriod(SchoolTable, tablename="bell_period"):
    """One period of a bell schedule; periods of a schedule do not overlap."""

    bell_schedule_id = belongs_to(BellSchedule)
    number = SmallInt(default=None, help_text="Counts from 1 in the order of the day, breaks too.")
    name = Varchar(length=60, default=None, help_text="As people write it.")
    kind = Varchar(length=20, default=PeriodKind.LESSON, choices=PeriodKind)
    starts_at = coded(Varchar(length=5, default=None, help_text=_CLOCK), "08:00")
    ends_at = coded(Varchar(length=5, default=None, help_text=_CLOCK), "08:40")


class BellScheduleUse(SchoolTable, tablename="bell_schedule_use"):
    """When a bell schedule holds. What names the grade level comes before a cycle day, and that before a weekday."""

    bell_schedule_id = belongs_to(BellSchedule)
    weekday = choice(Weekday, "None stands for any.", null=True)
    cycle_day = number(1, 20, "None stands for any.", null=True)
    grade_level_id = belongs_to(GradeLevel, null=True, sight=True)
