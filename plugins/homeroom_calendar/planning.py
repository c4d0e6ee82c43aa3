"""Writing lessons: their times by the bell, and those who hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.clashes import refuse_clashes
from homeroom_calendar.days import Weekday, schedule_rank
from homeroom_calendar.refusals import NO_SUCH_PERIOD, PERIOD_OR_TIMES
from homeroom_calendar.tables import Lesson, LessonOrigin, LessonStaff, LessonStaffRole, LessonStatus


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """A lesson to be written.

    Args:
        columns: What is planned, as columns of the lesson.
        staff: Who holds it.
        row: The row of the input that it comes from.
    """

    columns: Mapping[str, Any]
    staff: Sequence[UUID]
    row: int


class Bells:
    """The bell schedules of a school, loaded once for a command."""

    def __init__(self, uses: Sequence[Any], periods: Sequence[Any], days: Sequence[Any]) -> None:
        self._uses = [
            ((Weekday(u["weekday"]) if u["weekday"] else None, u["cycle_day"], u["grade_level_id"]), u["id"])
            for u in uses
        ]
        # A period is numbered as people number lessons: breaks do not count.
        self._times: dict[UUID, list[tuple[str, str]]] = {}
        for each in periods:
            self._times.setdefault(each["id"], []).append((each["starts_at"], each["ends_at"]))
        self._days = {
            each["date"]: (Weekday(each["runs_as"]) if each["runs_as"] else None, each["cycle_day"]) for each in days
        }

    @classmethod
    async def load(cls, context: Context) -> Bells:
        """Those of the command's school."""
        uses = await context.fetch(
            "SELECT bell_schedule_id AS id, weekday, cycle_day, grade_level_id FROM bell_schedule_use"
        )
        periods = await context.fetch(
            "SELECT bell_schedule_id AS id, starts_at, ends_at FROM bell_period WHERE kind = 'lesson'"
            " ORDER BY bell_schedule_id, number"
        )
        days = await context.fetch("SELECT date, runs_as, cycle_day FROM calendar_day WHERE kind = 'school'")
        return cls(uses, periods, days)

    def times_of(self, lesson: Mapping[str, Any], on: date, grade_level: UUID | None) -> tuple[str, str]:
        """When a lesson is that was asked for with a period or with both times.

        Args:
            lesson: What was given of ``period``, ``starts_at`` and ``ends_at``; periods count from 1.
            grade_level: Of the class; a bell schedule may be for some grades alone.

        Raises:
            Refusal: It has neither or both, it ends before it begins, or the day has no such period.
        """
        period, starts_at, ends_at = (lesson.get(each) for each in ("period", "starts_at", "ends_at"))
        if starts_at and ends_at:
            if ends_at <= starts_at:
                raise Refusal(ENDS_BEFORE_START, "ends_at")
            return starts_at, ends_at
        if starts_at or ends_at or period is None:
            raise Refusal(PERIOD_OR_TIMES, "period")
        runs_as, cycle_day = self._days.get(on, (Weekday.of(on), None))
        ranked = [(schedule_rank(rule, runs_as, cycle_day, grade_level), schedule) for rule, schedule in self._uses]
        fitting = [(rank, schedule) for rank, schedule in ranked if rank is not None]
        times = self._times.get(max(fitting, key=lambda each: each[0])[1], []) if fitting else []
        if not 1 <= period <= len(times):
            raise Refusal(NO_SUCH_PERIOD, "period", period=period, day=on)
        return times[int(period) - 1]


async def write_lessons(context: Context, lessons: Sequence[PlannedLesson], origin: LessonOrigin) -> list[UUID]:
    """Write lessons with their staff, all or none.

    Raises:
        Refusal: See :func:`homeroom_calendar.clashes.refuse_clashes`.
    """
    made = await insert_lessons(context, lessons, origin)
    await refuse_clashes(context, made, [each.row for each in lessons], field="rows")
    return made


async def insert_lessons(context: Context, lessons: Sequence[PlannedLesson], origin: LessonOrigin) -> list[UUID]:
    """Write lessons with their staff; the caller sees to clashes."""
    first = {"status": LessonStatus.PLANNED.value, "origin": origin.value, "note": ""}
    made = await context.rows(Lesson).insert([{**each.columns, **first} for each in lessons])
    staff = [row for row_id, each in zip(made, lessons, strict=True) for row in staff_rows(row_id, each)]
    await context.rows(LessonStaff).insert(staff)
    return made


def staff_rows(lesson: UUID, planned: PlannedLesson, *, takes_place: bool = True) -> list[dict[str, Any]]:
    """The rows of those who hold a lesson.

    Args:
        takes_place: Whether it does, so that nobody of them may be elsewhere.
    """
    return [
        {
            "lesson_id": lesson,
            "staff_id": person,
            "role": LessonStaffRole.TEACHER.value,
            "present": True,
            "replaces_id": None,
            **{name: planned.columns[name] for name in ("date", "starts_at", "ends_at")},
            "counts": takes_place and not planned.columns["clash_allowed"],
        }
        for person in dict.fromkeys(planned.staff)
    ]


async def count_staff(context: Context, lessons: Sequence[UUID]) -> None:
    """Bring what the rows of staff copy of their lessons up to date."""
    rows = await context.fetch(
        "SELECT s.id, l.date, l.starts_at, l.ends_at,"
        " l.status = 'planned' AND NOT l.clash_allowed AND s.present AS counts"
        " FROM lesson_staff s JOIN lesson l ON l.id = s.lesson_id WHERE l.id = ANY($1::uuid[])",
        list(lessons),
    )
    await context.rows(LessonStaff).update_many([dict(each) for each in rows])


async def call_off(context: Context, lessons: Sequence[UUID], note: str) -> None:
    """Cancel lessons: their class, rooms and staff are free then, and the lessons stay to be seen."""
    changes = {"status": LessonStatus.CANCELLED.value, "note": note}
    await context.rows(Lesson).update_many([{"id": each, **changes} for each in dict.fromkeys(lessons)])
    await count_staff(context, lessons)
