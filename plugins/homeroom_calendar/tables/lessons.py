"""Dated lessons, and who holds them."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, Boolean, Date, Text, Varchar

from homeroom.columns import day, flag, number, text, version
from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.database.within import lies_within
from homeroom_calendar.clock import clock
from homeroom_school.tables.classes import SchoolClass, Subject
from homeroom_school.tables.people import Staff
from homeroom_school.tables.premises import Room

__all__ = ["Lesson", "LessonOrigin", "LessonSource", "LessonStaff", "LessonStaffRole", "LessonStatus"]


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


class LessonSource(SchoolTable, tablename="lesson_source"):
    """What a file said about a lesson, so that the next file changes only what it says otherwise."""

    lesson_id = belongs_to(Lesson)
    system = Varchar(length=60, default=None, help_text="Which other system the file came from.")
    source_id = Text(default=None, help_text="The lesson's id there, or what tells it apart.")
    record = coded(JSONB(default=None, help_text="What the file said."), "{}")
    present = Boolean(default=True, help_text="Whether the last file still had the lesson.")
