"""The tables of the calendar and of lessons. Other plugins refer to them by these names."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Array, Boolean, Date, Integer, SmallInt, Text, Varchar

from homeroom.columns import choice, day, flag, holds, in_order, number, text, version
from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.database.within import lies_within
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.clock import clock
from homeroom_calendar.days import DayKind, EntryKind, Weekday
from homeroom_school.tables import GradeLevel, Room, SchoolClass, SchoolYear, Staff, Subject


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

    school_year_id = belongs_to(SchoolYear, part=True)
    weekdays = coded(
        Array(base_column=Text(), default=list, help_text="The weekdays with lessons, such as monday."), "{monday}"
    )
    cycle_length = SmallInt(null=True, default=None, help_text="Days of a cycle; none where lessons go by weekdays.")
    cycle_restarts = Varchar(length=20, default=CycleRestart.YEAR, choices=CycleRestart)
    version = Integer(default=1)


class CalendarEntry(SchoolTable, tablename="calendar_entry"):
    """A holiday, a special day or a make-up day (假期, 调休, nghỉ lễ, học bù). Those of one kind do not overlap."""

    within = lies_within("school_year_id")
    checks = (in_order(),)
    school_year_id = belongs_to(SchoolYear, part=True)
    name = text(120, "As people write it.")
    starts_on = day("The first date.")
    ends_on = day("The last date; the first where none is given.", like="starts_on")
    kind = choice(EntryKind, default=EntryKind.HOLIDAY)
    runs_as = choice(Weekday, "Make-up days: whose lessons are held.", null=True)
    cycle_day = number(1, 20, "Make-up days: which cycle day is held.", null=True)
    version = version()


class CalendarDay(SchoolTable, tablename="calendar_day"):
    """What one date of a school year is, as the calendar's entries make it."""

    school_year_id = belongs_to(SchoolYear, part=True)
    date = Date(default=None, help_text="Which day.")
    kind = Varchar(length=20, default=None, choices=DayKind)
    runs_as = Varchar(
        length=20, null=True, default=None, choices=Weekday, help_text="School days: whose lessons are held."
    )
    cycle_day = SmallInt(null=True, default=None, help_text="School days of a school with cycles: from 1.")
    name = Varchar(length=120, default="", help_text="What the entry that says so is called.")


class BellSchedule(SchoolTable, tablename="bell_schedule"):
    """The periods of a day by the clock (作息時間, 上課時間表, khung giờ học)."""

    unique = (("code",),)
    code = text(20, "Short and unique.", code=True)
    name = text(120, "As people write it.")
    version = version()


class BellPeriod(SchoolTable, tablename="bell_period"):
    """One period of a bell schedule; periods of a schedule do not overlap."""

    unique = (("bell_schedule_id", "number"),)
    checks = (holds("times", "ends_at > starts_at", ("starts_at", "ends_at"), ENDS_BEFORE_START),)
    bell_schedule_id = belongs_to(BellSchedule)
    number = number(1, 999, "Counts from 1 in the order of the day, breaks too.")
    name = text(60, "As people write it.")
    starts_at = clock("When it begins.", "08:00")
    ends_at = clock("When it ends.", "08:40")
    kind = choice(PeriodKind, default=PeriodKind.LESSON)


class BellScheduleUse(SchoolTable, tablename="bell_schedule_use"):
    """When a bell schedule holds. What names the grade level comes before a cycle day, and that before a weekday."""

    bell_schedule_id = belongs_to(BellSchedule)
    weekday = choice(Weekday, "None stands for any.", null=True)
    cycle_day = number(1, 20, "None stands for any.", null=True)
    grade_level_id = belongs_to(GradeLevel, null=True, sight=True)


class LessonStatus(StrEnum):
    """Whether a lesson takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class LessonOrigin(StrEnum):
    """Where a lesson came from."""

    HAND = "hand"
    IMPORT = "import"
    PATTERN = "pattern"


class LessonStaffRole(StrEnum):
    """As what somebody is at a lesson."""

    TEACHER = "teacher"
    ASSISTANT = "assistant"
    #: In the place of somebody who is absent (代课, 代課, dạy thay).
    SUBSTITUTE = "substitute"


class Lesson(SchoolTable, tablename="lesson"):
    """One lesson of a class on one date (课次, 課堂, tiết dạy)."""

    within = lies_within("school_class_id.school_year_id", first="date", last="date")
    school_class_id = belongs_to(SchoolClass)
    subject_id = belongs_to(Subject, null=True, sight=True)
    title = text(120, "What it is, where it is more or other than its subject.", optional=True)
    date = day("The day of the lesson.")
    period = number(1, 30, "The period of the day, if the day has periods.", null=True)
    starts_at = clock("When it begins.", "08:00")
    ends_at = clock("When it ends.", "08:40")
    room_id = belongs_to(Room, null=True, sight=True)
    status = Varchar(length=20, default=LessonStatus.PLANNED, choices=LessonStatus)
    origin = Varchar(length=20, default=LessonOrigin.HAND, choices=LessonOrigin)
    note = text(400, "Why it was cancelled or moved.", optional=True)
    planned_date = Date(null=True, default=None, help_text="Where it was moved: the date that it was planned for.")
    planned_starts_at = coded(
        Varchar(length=5, null=True, default=None, help_text="Where it was moved: when it was to begin."), "08:00"
    )
    clash_allowed = flag("It may overlap others: a class in two groups, two in a hall.")
    version = version()


class LessonStaff(SchoolTable, tablename="lesson_staff"):
    """Somebody is at a lesson. Who was replaced stays there with who came instead."""

    lesson_id = belongs_to(Lesson)
    staff_id = belongs_to(Staff)
    role = Varchar(length=20, default=LessonStaffRole.TEACHER, choices=LessonStaffRole)
    present = Boolean(default=True, help_text="Not where somebody else comes instead.")
    replaces_id = belongs_to(Staff, null=True)
    # Copied from the lesson, so that the database can keep one person from two lessons at once.
    date = Date(default=None, help_text="The day of the lesson.")
    starts_at = coded(Varchar(length=5, default=None, help_text="When it begins."), "08:00")
    ends_at = coded(Varchar(length=5, default=None, help_text="When it ends."), "08:40")
    counts = Boolean(default=True)
