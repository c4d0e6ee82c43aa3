"""Whose data the rows of the calendar and of lessons are."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, kept, nobody
from homeroom_calendar import tables as t

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(
        t.LessonStaff,
        "staff_id",
        "replaces_id",
        erasure=kept("that a class was taught is the class's past; whose row it was cannot be known any more"),
        category=DataCategory.EMPLOYMENT,
    ),
    *nobody("a lesson of a class; who holds it is in other rows", t.Lesson),
    *nobody("days and bells", t.SchoolCalendar, t.CalendarEntry, t.CalendarDay),
    *nobody("days and bells", t.BellSchedule, t.BellPeriod, t.BellScheduleUse),
)
