"""A school with classes, rooms, teachers, a calendar and bells: what lessons are planned in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_calendar.asked import LessonRow
from homeroom_calendar.commands.bells import BellPeriodRow, BellUseRow, create_bell_schedule, use_bell_schedules
from homeroom_calendar.commands.entries import CalendarEntryRow, add_calendar_entries, plan_calendar
from homeroom_calendar.commands.lessons import plan_lessons
from homeroom_calendar.days import EntryKind, Weekday
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_staff, create_student
from homeroom_school.commands.premises import RoomRow, create_campus, create_rooms

__all__ = ["HOLIDAY", "MONDAY", "TUESDAY", "Taught", "teach"]

MONDAY = date(2025, 10, 20)
TUESDAY = date(2025, 10, 21)
HOLIDAY = date(2025, 10, 29)  # a Wednesday


@dataclass
class Taught:
    """A school with two classes, two rooms, two teachers, a calendar and a bell."""

    school: Any
    classes: dict[str, UUID]
    rooms: list[UUID]
    staff: list[UUID]
    math: UUID
    student: UUID

    def lesson(self, name: str = "6A", period: int = 1, room: int = 0, staff: int = 0, on: date = MONDAY) -> LessonRow:
        return LessonRow(
            self.classes[name], self.math, period, date=on, room=self.rooms[room], staff=[self.staff[staff]]
        )

    async def plan(self, *rows: LessonRow, **arguments: Any) -> list[UUID]:
        made: list[UUID] = await self.school.run(plan_lessons, rows=list(rows), **arguments)
        return made

    async def refused(self, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
        with pytest.raises(Refusal) as refusal:
            await self.school.run(command, **arguments)
        return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


async def teach(school: Any) -> Taught:
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    classes = {
        name: await school.run(create_school_class, school_year=year, name=name, grade_level=level)
        for name in ("6A", "6B")
    }
    campus = await school.run(create_campus, code="A", name="A")
    rooms = await school.run(create_rooms, campus=campus, rows=[RoomRow("101", "101"), RoomRow("102", "102")])
    staff = [await school.run(create_staff, name=NameInput(name, "Trần")) for name in ("Lan", "Nga")]
    student = await school.run(create_student, name=NameInput("An", "Lê"))
    await school.run(
        enrol_students, school_class=classes["6A"], rows=[EnrolmentRow(student)], starts_on=date(2025, 9, 5)
    )
    await school.run(plan_calendar, school_year=year, weekdays=list(Weekday)[:5], cycle_length=6)
    entries = [
        CalendarEntryRow("Nghỉ", HOLIDAY),
        CalendarEntryRow("Học bù", date(2025, 11, 1), kind=EntryKind.MAKE_UP, runs_as=Weekday.WEDNESDAY),
    ]
    await school.run(add_calendar_entries, school_year=year, rows=entries)
    morning = await school.run(
        create_bell_schedule,
        code="AM",
        name="Sáng",
        periods=[
            BellPeriodRow("1", "07:00", "07:45"),
            BellPeriodRow("2", "07:50", "08:35"),
            BellPeriodRow("3", "08:40", "09:25"),
        ],
    )
    late = await school.run(
        create_bell_schedule, code="L", name="Thứ ba", periods=[BellPeriodRow("1", "08:00", "08:45")]
    )
    await school.run(use_bell_schedules, rows=[BellUseRow(morning), BellUseRow(late, Weekday.TUESDAY)])
    math = await school.one("SELECT id FROM subject WHERE code = 'math'")
    return Taught(school, classes, rooms, staff, math, student)
