"""Dated lessons: planned by hand or by the weekly pattern, cancelled, moved, held by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.clashes import refuse_clashes
from homeroom_calendar.commands.bells import clock_time
from homeroom_calendar.days import Weekday
from homeroom_calendar.planning import Bells, PlannedLesson, write_lessons
from homeroom_calendar.refusals import (
    NO_SCHOOL_DAY,
    NO_SUCH_PERIOD,
    NOT_TAUGHT,
    NOT_THERE,
    ON_LESSON,
    PERIOD_OR_TIMES,
    SUBJECT_OR_TITLE,
    TOO_MANY_LESSONS,
    WEEKDAY_OR_CYCLE,
)
from homeroom_calendar.tables import Lesson, LessonOrigin, LessonSource, LessonStaff, LessonStaffRole, LessonStatus
from homeroom_school.commands.checks import in_range, plain_text
from homeroom_school.refusals import OUTSIDE_YEAR

__all__ = [
    "LessonRow",
    "PatternRow",
    "cancel_lessons",
    "move_lesson",
    "plan_lessons",
    "plan_lessons_by_pattern",
    "remove_lessons",
    "restore_lessons",
    "substitute_teacher",
]

#: Lessons that one pattern makes at most: a year of some forty classes.
_MOST_PLANNED: Final = 50_000


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson: either a period of the day or both times (HH:MM on the school's clock).

    Args:
        date: The day.
        period: In which period of the bell schedule; none: at the times given.
        starts_at: When it begins.
        ends_at: When it ends.
        title: What it is, where no subject says that.
    """

    school_class: Annotated[UUID, Ref("SchoolClass")]
    date: date
    subject: Annotated[UUID, Ref("Subject")] | None = None
    period: int | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    room: Annotated[UUID, Ref("Room")] | None = None
    staff: list[Annotated[UUID, Ref("Staff")]] = field(default_factory=list)
    title: str = ""


@dataclass(frozen=True, slots=True)
class PatternRow:
    """A lesson of every week, or of every cycle: a weekday or a cycle day, and a period or both times.

    Args:
        cycle_day: On which day of the cycle.
        period: In which period of the bell schedule; none: at the times given.
        starts_at: When it begins.
        ends_at: When it ends.
        title: What it is, where no subject says that.
    """

    school_class: Annotated[UUID, Ref("SchoolClass")]
    weekday: Weekday | None = None
    cycle_day: int | None = None
    subject: Annotated[UUID, Ref("Subject")] | None = None
    period: int | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    room: Annotated[UUID, Ref("Room")] | None = None
    staff: list[Annotated[UUID, Ref("Staff")]] = field(default_factory=list)
    title: str = ""


async def _permit(context: Context, rows: Sequence[LessonRow | PatternRow]) -> dict[UUID, Any]:
    """Make sure that all that the rows name is there; gives the classes with grade level and year."""
    await context.permit("SchoolClass", [row.school_class for row in rows], field="rows.schoolClass", rows=True)
    for name, resource in (("subject", "Subject"), ("room", "Room")):
        named = [(number, getattr(row, name)) for number, row in enumerate(rows) if getattr(row, name) is not None]
        await _permit_each(context, resource, named, f"rows.{name}")
    await _permit_each(
        context, "Staff", [(number, each) for number, row in enumerate(rows) for each in row.staff], "rows.staff"
    )
    classes = await context.fetch(
        "SELECT c.id, c.grade_level_id, y.starts_on, y.ends_on, y.id AS year,"
        " array(SELECT s.subject_id FROM class_subject s WHERE s.school_class_id = c.id) AS subjects"
        " FROM school_class c JOIN school_year y ON y.id = c.school_year_id WHERE c.id = ANY($1::uuid[])",
        [row.school_class for row in rows],
    )
    found = {each["id"]: each for each in classes}
    problems = [
        Problem(NOT_TAUGHT, "rows.subject", number)
        for number, row in enumerate(rows)
        if row.subject is not None and row.subject not in found[row.school_class]["subjects"]
    ]
    if problems:
        raise Refusal.of(problems)
    return found


async def _permit_each(context: Context, resource: str, named: list[tuple[int, UUID]], field: str) -> None:
    try:
        await context.permit(resource, [each for _, each in named], field=field, rows=True, sight=True)
    except Refusal as refusal:
        # Rows that name none were left out of the question: the answer counts them again.
        raise Refusal.of([p.at(p.field, named[p.row or 0][0]) for p in refusal.problems]) from None


def _times(
    bells: Bells, row: LessonRow | PatternRow, on: date, grade_level: UUID | None, number: int
) -> tuple[str, str] | Problem:
    """When a lesson is, or what is wrong with it."""
    if row.starts_at is not None and row.ends_at is not None:
        starts_at = clock_time(row.starts_at, "rows.startsAt", number)
        ends_at = clock_time(row.ends_at, "rows.endsAt", number)
        if ends_at <= starts_at:
            return Problem(ENDS_BEFORE_START, "rows.ends_at", number)
        return starts_at, ends_at
    if row.starts_at is not None or row.ends_at is not None or row.period is None:
        return Problem(PERIOD_OR_TIMES, "rows.period", number)
    times = bells.times(on, row.period, grade_level)
    if times is None:
        return Problem(NO_SUCH_PERIOD, "rows.period", number, period=row.period, day=on)
    return times


@command("calendar.lesson.plan", returns="Lesson", many=True)
async def plan_lessons(
    context: Context, *, rows: list[LessonRow], allow_clashes: bool = False, allow_days_off: bool = False
) -> list[UUID]:
    """Plan lessons on their dates. All are planned or none.

    A lesson that overlaps another of its class, its room or its staff is refused by name, unless clashes are allowed:
    a class in two groups, two classes in the hall. So is one on a date without school, unless days off are allowed.

    Args:
        allow_clashes: Whether lessons that clash are planned all the same.
        allow_days_off: Whether lessons may lie on days without lessons.
    """
    classes = await _permit(context, rows)
    bells = await Bells.load(context)
    off = await _days_off(context)
    problems: list[Problem] = []
    planned: list[PlannedLesson] = []
    for number, row in enumerate(rows):
        school_class = classes[row.school_class]
        in_range(row.period, 1, 30, "rows.period", number)
        if not school_class["starts_on"] <= row.date <= school_class["ends_on"]:
            problems.append(Problem(OUTSIDE_YEAR, "rows.date", number))
            continue
        if not allow_days_off and (school_class["year"], row.date) in off:
            problems.append(Problem(NO_SCHOOL_DAY, "rows.date", number))
            continue
        times = _times(bells, row, row.date, school_class["grade_level_id"], number)
        if isinstance(times, Problem):
            problems.append(times)
            continue
        planned.append(_planned(row, row.date, times, number))
    if problems:
        raise Refusal.of(problems)
    return await write_lessons(context, planned, LessonOrigin.HAND, allow_clashes=allow_clashes)


def _planned(row: LessonRow | PatternRow, on: date, times: tuple[str, str], number: int) -> PlannedLesson:
    title = plain_text(row.title, 120, "rows.title", number)
    if row.subject is None and not title:
        raise Refusal(SUBJECT_OR_TITLE, "rows.subject", number)
    return PlannedLesson(
        row.school_class, row.subject, title, on, row.period, *times, row.room, tuple(row.staff), number
    )


async def _days_off(context: Context) -> set[tuple[UUID, date]]:
    return {
        (each["school_year_id"], each["date"])
        for each in await context.fetch(
            "SELECT school_year_id, date FROM calendar_day WHERE kind IN ('holiday', 'weekend')"
        )
    }


@command("calendar.lesson.plan_pattern", returns="Lesson", many=True)
async def plan_lessons_by_pattern(
    context: Context, *, rows: list[PatternRow], starts_on: date, ends_on: date, allow_clashes: bool = False
) -> list[UUID]:
    """Plan the lessons of a weekly or cyclic pattern on the school days of a span of dates. All are planned or none.

    The calendar says which dates run as which weekday or cycle day; holidays and special days get no lessons. Raises
    TOO_MANY_LESSONS beyond 50,000 of them.

    Args:
        starts_on: The first day.
        ends_on: The last day.
        allow_clashes: Whether lessons that clash are planned all the same.
    """
    if ends_on < starts_on:
        raise Refusal(ENDS_BEFORE_START, "ends_on")
    classes = await _permit(context, rows)
    bells = await Bells.load(context)
    days = await context.fetch(
        "SELECT school_year_id, date, runs_as, cycle_day FROM calendar_day"
        " WHERE kind = 'school' AND date BETWEEN $1 AND $2 ORDER BY date",
        starts_on,
        ends_on,
    )
    problems: list[Problem] = []
    planned: list[PlannedLesson] = []
    for number, row in enumerate(rows):
        in_range(row.period, 1, 30, "rows.period", number)
        if (row.weekday is None) == (row.cycle_day is None):
            problems.append(Problem(WEEKDAY_OR_CYCLE, "rows.weekday", number))
            continue
        school_class = classes[row.school_class]
        for day in days:
            held = day["runs_as"] == row.weekday if row.weekday else day["cycle_day"] == row.cycle_day
            if day["school_year_id"] != school_class["year"] or not held:
                continue
            times = _times(bells, row, day["date"], school_class["grade_level_id"], number)
            if isinstance(times, Problem):
                problems.append(times)
                break
            planned.append(_planned(row, day["date"], times, number))
        if len(planned) > _MOST_PLANNED:
            raise Refusal(TOO_MANY_LESSONS, "rows", most=_MOST_PLANNED)
    if problems:
        raise Refusal.of(problems)
    return await write_lessons(context, planned, LessonOrigin.PATTERN, allow_clashes=allow_clashes)


@command("calendar.lesson.cancel", returns="Lesson", many=True)
async def cancel_lessons(
    context: Context, *, lessons: list[Annotated[UUID, Ref("Lesson")]], note: str = ""
) -> list[UUID]:
    """Cancel lessons; their class, rooms and staff are free then. The lessons stay to be seen."""
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    changes = {"status": LessonStatus.CANCELLED.value, "note": plain_text(note, 400, "note")}
    await context.rows(Lesson).update_many([{"id": each, **changes} for each in dict.fromkeys(lessons)])
    await _count_staff(context, lessons)
    return lessons


@command("calendar.lesson.restore", returns="Lesson", many=True)
async def restore_lessons(context: Context, *, lessons: list[Annotated[UUID, Ref("Lesson")]]) -> list[UUID]:
    """Let cancelled lessons take place after all; refused where others have taken their place."""
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    changes = {"status": LessonStatus.PLANNED.value, "note": ""}
    await context.rows(Lesson).update_many([{"id": each, **changes} for each in dict.fromkeys(lessons)])
    await _count_staff(context, lessons)
    await refuse_clashes(context, lessons, range(len(lessons)), field="lessons")
    return lessons


async def _count_staff(context: Context, lessons: list[UUID]) -> None:
    """Bring what the staff's rows copy of their lessons up to date."""
    rows = await context.fetch(
        "SELECT s.id, l.date, l.starts_at, l.ends_at,"
        " l.status = 'planned' AND NOT l.clash_allowed AND s.present AS counts"
        " FROM lesson_staff s JOIN lesson l ON l.id = s.lesson_id WHERE l.id = ANY($1::uuid[])",
        lessons,
    )
    await context.rows(LessonStaff).update_many([dict(each) for each in rows])


@command("calendar.lesson.move", returns="Lesson")
async def move_lesson(
    context: Context,
    *,
    lesson: Annotated[UUID, Ref("Lesson")],
    date: date | Unset = UNSET,
    period: int | None = None,
    starts_at: str | None = None,
    ends_at: str | None = None,
    room: Annotated[UUID, Ref("Room")] | Unset | None = UNSET,
    note: str | Unset | None = UNSET,
    allow_clashes: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Move a lesson to another date, another time or another room. What is not given stays; without a
    room it has none. When it was planned for first stays known.

    Args:
        date: To which day.
        allow_clashes: Whether it may clash with another.
    """
    await context.permit("Lesson", [lesson], field="lesson")
    if room:
        await context.permit("Room", [room], field="room", sight=True)
    row = await context.fetchrow(
        "SELECT l.*, c.grade_level_id, y.starts_on AS first, y.ends_on AS last FROM lesson l"
        " JOIN school_class c ON c.id = l.school_class_id JOIN school_year y ON y.id = c.school_year_id"
        " WHERE l.id = $1 FOR UPDATE OF l",
        lesson,
    )
    assert row is not None
    in_range(period, 1, 30, "period")
    on = date or row["date"]
    if not row["first"] <= on <= row["last"]:
        raise Refusal(OUTSIDE_YEAR, "date")
    asked = LessonRow(row["school_class_id"], on, period=period, starts_at=starts_at, ends_at=ends_at)
    if period is None and starts_at is None and ends_at is None:
        asked = LessonRow(row["school_class_id"], on, starts_at=row["starts_at"], ends_at=row["ends_at"])
        period = row["period"]
    times = _times(await Bells.load(context), asked, on, row["grade_level_id"], 0)
    if isinstance(times, Problem):
        raise Refusal.of([times.at((times.field or "").removeprefix("rows."))])
    changes: dict[str, Any] = {
        "date": on,
        "period": period,
        "starts_at": times[0],
        "ends_at": times[1],
        "clash_allowed": allow_clashes,
    }
    if room is not UNSET:
        changes["room_id"] = room
    if note is not UNSET:
        changes["note"] = plain_text(note or "", 400, "note")
    if row["planned_date"] is None and (on, times[0]) != (row["date"], row["starts_at"]):
        changes |= {"planned_date": row["date"], "planned_starts_at": row["starts_at"]}
    await context.rows(Lesson).update(lesson, changes, expected_version=expected_version, field="lesson")
    await _count_staff(context, [lesson])
    await refuse_clashes(context, [lesson], [0], field="lesson")
    return lesson


@command("calendar.lesson.substitute", returns="Lesson")
async def substitute_teacher(
    context: Context,
    *,
    lesson: Annotated[UUID, Ref("Lesson")],
    absent: Annotated[UUID, Ref("Staff")],
    substitute: Annotated[UUID, Ref("Staff")],
) -> UUID:
    """Let somebody hold a lesson in another's place. Who is away stays on the lesson as absent."""
    await context.permit("Lesson", [lesson], field="lesson")
    await context.permit("Staff", [substitute], field="substitute", sight=True)
    row = await context.fetchrow("SELECT * FROM lesson WHERE id = $1 FOR UPDATE", lesson)
    assert row is not None
    there = {
        each["staff_id"]: each
        for each in await context.fetch("SELECT id, staff_id, present FROM lesson_staff WHERE lesson_id = $1", lesson)
    }
    if absent not in there or not there[absent]["present"]:
        raise Refusal(NOT_THERE, "absent")
    if substitute in there:
        raise Refusal(ON_LESSON, "substitute")
    table = context.rows(LessonStaff)
    await table.update(there[absent]["id"], {"present": False, "counts": False})
    await table.insert(
        [
            {
                "lesson_id": lesson,
                "staff_id": substitute,
                "role": LessonStaffRole.SUBSTITUTE.value,
                "present": True,
                "replaces_id": absent,
                "date": row["date"],
                "starts_at": row["starts_at"],
                "ends_at": row["ends_at"],
                "counts": row["status"] == LessonStatus.PLANNED and not row["clash_allowed"],
            }
        ]
    )
    await refuse_clashes(context, [lesson], [0], field="substitute")
    return lesson


@command("calendar.lesson.remove")
async def remove_lessons(context: Context, *, lessons: list[Annotated[UUID, Ref("Lesson")]]) -> None:
    """Remove lessons that were planned by mistake; one that is off is cancelled instead.

    Refused where something rests on one of them.
    """
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    for table in (LessonStaff, LessonSource):
        found = await context.fetch(
            f"SELECT id FROM {table._meta.tablename} WHERE lesson_id = ANY($1::uuid[])", lessons
        )
        await context.rows(table).delete_many([each["id"] for each in found])
    await context.rows(Lesson).delete_many(lessons)
