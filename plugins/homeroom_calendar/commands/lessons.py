"""Dated lessons: planned by hand or by the weekly pattern, cancelled, moved, held by somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import ENDS_BEFORE_START
from homeroom.texts import plain_text
from homeroom_calendar.asked import LESSON, AskedLessons, LessonRow, PatternRow, days_off
from homeroom_calendar.clashes import refuse_clashes
from homeroom_calendar.planning import Bells, PlannedLesson, call_off, count_staff, write_lessons
from homeroom_calendar.refusals import NOT_THERE, ON_LESSON, TOO_MANY_LESSONS, WEEKDAY_OR_CYCLE
from homeroom_calendar.tables import Lesson, LessonOrigin, LessonStaff, LessonStaffRole, LessonStatus
from homeroom_school.refusals import OUTSIDE_YEAR

#: Lessons that one pattern makes at most: a year of some forty classes.
_MOST_PLANNED: Final = 50_000


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
    asked = await AskedLessons.read(context, [replace(row, may_clash=True) for row in rows] if allow_clashes else rows)
    lessons = asked.dated(() if allow_days_off else await days_off(context))
    asked.draft.raise_problems()
    return await write_lessons(context, lessons, LessonOrigin.HAND)


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
    asked = await AskedLessons.read(context, [replace(row, may_clash=True) for row in rows] if allow_clashes else rows)
    days = await context.fetch(
        "SELECT school_year_id, date, runs_as, cycle_day FROM calendar_day"
        " WHERE kind = 'school' AND date BETWEEN $1 AND $2 ORDER BY date",
        starts_on,
        ends_on,
    )
    lessons: list[PlannedLesson] = []
    for place, _ in asked.draft.rows():
        weekday, cycle_day = rows[place].weekday, rows[place].cycle_day
        if (weekday is None) == (cycle_day is None):
            asked.draft.problem(place, WEEKDAY_OR_CYCLE, "weekday")
            continue
        for day in days:
            runs = day["runs_as"] == weekday if weekday else day["cycle_day"] == cycle_day
            if not runs or day["school_year_id"] != asked.school_class(place)["year"]:
                continue
            lesson = asked.on(place, day["date"])
            if lesson is None:
                break
            lessons.append(lesson)
        if len(lessons) > _MOST_PLANNED:
            raise Refusal(TOO_MANY_LESSONS, "rows", most=_MOST_PLANNED)
    asked.draft.raise_problems()
    return await write_lessons(context, lessons, LessonOrigin.PATTERN)


@command("calendar.lesson.cancel", returns="Lesson", many=True)
async def cancel_lessons(
    context: Context, *, lessons: list[Annotated[UUID, Ref("Lesson")]], note: str = ""
) -> list[UUID]:
    """Cancel lessons; their class, rooms and staff are free then. The lessons stay to be seen."""
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    await call_off(context, lessons, plain_text(note, 400, "note"))
    return lessons


@command("calendar.lesson.restore", returns="Lesson", many=True)
async def restore_lessons(context: Context, *, lessons: list[Annotated[UUID, Ref("Lesson")]]) -> list[UUID]:
    """Let cancelled lessons take place after all; refused where others have taken their place."""
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    changes = {"status": LessonStatus.PLANNED.value, "note": ""}
    await context.rows(Lesson).update_many([{"id": each, **changes} for each in dict.fromkeys(lessons)])
    await count_staff(context, lessons)
    await refuse_clashes(context, lessons, range(len(lessons)), field="lessons")
    return lessons


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
    when = {"period": period, "starts_at": starts_at, "ends_at": ends_at}
    when = {name: value for name, value in when.items() if value is not None}
    (changes,) = await LESSON.checked(context, [{"date": date, "room": room, "note": note, **when}], row=lesson)
    row = await context.fetchrow(
        "SELECT l.*, c.grade_level_id, y.starts_on AS first, y.ends_on AS last FROM lesson l"
        " JOIN school_class c ON c.id = l.school_class_id JOIN school_year y ON y.id = c.school_year_id"
        " WHERE l.id = $1 FOR UPDATE OF l",
        lesson,
    )
    assert row is not None
    on = changes.get("date", row["date"])
    if not row["first"] <= on <= row["last"]:
        raise Refusal(OUTSIDE_YEAR, "date")
    times = row["starts_at"], row["ends_at"]
    if when:
        times = (await Bells.load(context)).times_of(changes, on, row["grade_level_id"])
        changes.setdefault("period", None)
    changes |= {"starts_at": times[0], "ends_at": times[1], "clash_allowed": allow_clashes}
    if row["planned_date"] is None and (on, times[0]) != (row["date"], row["starts_at"]):
        changes |= {"planned_date": row["date"], "planned_starts_at": row["starts_at"]}
    await context.rows(Lesson).update(lesson, changes, expected_version=expected_version, field="lesson")
    await count_staff(context, [lesson])
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
    """Let somebody hold a lesson in another's place. The absent teacher stays on the lesson as absent."""
    await context.permit("Lesson", [lesson], field="lesson")
    await context.permit("Staff", [substitute], field="substitute", sight=True)
    row = await context.rows(Lesson).locked(lesson)
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

    Refused where something refers to one of them.
    """
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    # All at once: a whole timetable may have been a mistake.
    found = await context.fetch("SELECT id FROM lesson_staff WHERE lesson_id = ANY($1::uuid[])", lessons)
    await context.rows(LessonStaff).delete_many([each["id"] for each in found])
    await context.rows(Lesson).delete_many(lessons)
