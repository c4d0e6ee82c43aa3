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
from homeroom.nouns import Noun
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.clashes import refuse_clashes
from homeroom_calendar.days import Weekday
from homeroom_calendar.planning import Bells, PlannedLesson, write_lessons
from homeroom_calendar.refusals import (
    NO_SCHOOL_DAY,
    NOT_TAUGHT,
    NOT_THERE,
    ON_LESSON,
    SUBJECT_OR_TITLE,
    TOO_MANY_LESSONS,
    WEEKDAY_OR_CYCLE,
)
from homeroom_calendar.tables import Lesson, LessonOrigin, LessonSource, LessonStaff, LessonStaffRole, LessonStatus
from homeroom_school.commands.checks import plain_text
from homeroom_school.refusals import OUTSIDE_YEAR

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


LESSON = Noun(Lesson, "calendar.lesson")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A row of the input that was checked.

    Args:
        number: Its place in the input.
        row: The row.
        columns: What is kept of it.
        school_class: Its class with grade level, subjects and the days of its year.
    """

    number: int
    row: LessonRow | PatternRow
    columns: dict[str, Any]
    school_class: Any

    def lesson(self, on: date, bells: Bells) -> PlannedLesson:
        """The lesson on a date. Raises Refusal where it has no subject and no title, or no times."""
        row, title = self.row, self.columns["title"]
        try:
            times = bells.times_of(self.columns, on, self.school_class["grade_level_id"])
            if row.subject is None and not title:
                raise Refusal(SUBJECT_OR_TITLE, "subject")
        except Refusal as refusal:
            raise Refusal.of([each.at(f"rows.{each.field}", self.number) for each in refusal.problems]) from None
        return PlannedLesson(
            row.school_class, row.subject, title, on, row.period, *times, row.room, tuple(row.staff), self.number
        )


async def _asked(context: Context, rows: Sequence[LessonRow | PatternRow]) -> list[_Asked]:
    """Check what rows say, and make sure that all that they name is there."""
    columns = await LESSON.checked(context, [_given(row) for row in rows], listed=True)
    named = [(number, each) for number, row in enumerate(rows) for each in row.staff]
    try:
        await context.permit("Staff", [each for _, each in named], field="rows.staff", rows=True, sight=True)
    except Refusal as refusal:
        raise Refusal.of([p.at(p.field, named[p.row or 0][0]) for p in refusal.problems]) from None
    found = await context.fetch(
        "SELECT c.id, c.grade_level_id, y.starts_on, y.ends_on, y.id AS year,"
        " array(SELECT s.subject_id FROM class_subject s WHERE s.school_class_id = c.id) AS subjects"
        " FROM school_class c JOIN school_year y ON y.id = c.school_year_id WHERE c.id = ANY($1::uuid[])",
        [row.school_class for row in rows],
    )
    classes = {each["id"]: each for each in found}
    problems = [
        Problem(NOT_TAUGHT, "rows.subject", number)
        for number, row in enumerate(rows)
        if row.subject is not None and row.subject not in classes[row.school_class]["subjects"]
    ]
    if problems:
        raise Refusal.of(problems)
    return [_Asked(number, row, columns[number], classes[row.school_class]) for number, row in enumerate(rows)]


def _given(row: LessonRow | PatternRow) -> dict[str, Any]:
    names = ("school_class", "subject", "title", "date", "period", "room", "starts_at", "ends_at")
    given = {name: getattr(row, name, None) for name in names}
    return {name: value for name, value in given.items() if value is not None}


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
    asked = await _asked(context, rows)
    bells, off = await Bells.load(context), await _days_off(context)
    problems: list[Problem] = []
    planned: list[PlannedLesson] = []
    for each in asked:
        on, school_class = each.columns["date"], each.school_class
        if not school_class["starts_on"] <= on <= school_class["ends_on"]:
            problems.append(Problem(OUTSIDE_YEAR, "rows.date", each.number))
        elif not allow_days_off and (school_class["year"], on) in off:
            problems.append(Problem(NO_SCHOOL_DAY, "rows.date", each.number))
        else:
            try:
                planned.append(each.lesson(on, bells))
            except Refusal as refusal:
                problems += refusal.problems
    if problems:
        raise Refusal.of(problems)
    return await write_lessons(context, planned, LessonOrigin.HAND, allow_clashes=allow_clashes)


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
    asked = await _asked(context, rows)
    bells = await Bells.load(context)
    days = await context.fetch(
        "SELECT school_year_id, date, runs_as, cycle_day FROM calendar_day"
        " WHERE kind = 'school' AND date BETWEEN $1 AND $2 ORDER BY date",
        starts_on,
        ends_on,
    )
    problems: list[Problem] = []
    planned: list[PlannedLesson] = []
    for each in asked:
        weekday, cycle_day = rows[each.number].weekday, rows[each.number].cycle_day
        if (weekday is None) == (cycle_day is None):
            problems.append(Problem(WEEKDAY_OR_CYCLE, "rows.weekday", each.number))
            continue
        try:
            planned += [
                each.lesson(day["date"], bells)
                for day in days
                if day["school_year_id"] == each.school_class["year"]
                and (day["runs_as"] == weekday if weekday else day["cycle_day"] == cycle_day)
            ]
        except Refusal as refusal:
            problems += refusal.problems
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
    """Let somebody hold a lesson in another's place. The absent teacher stays on the lesson as absent."""
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

    Refused where something refers to one of them.
    """
    await context.permit("Lesson", lessons, field="lessons", rows=True)
    # All at once: a whole timetable may have been a mistake.
    for table in (LessonStaff, LessonSource):
        found = await context.fetch(
            f"SELECT id FROM {table._meta.tablename} WHERE lesson_id = ANY($1::uuid[])", lessons
        )
        await context.rows(table).delete_many([each["id"] for each in found])
    await context.rows(Lesson).delete_many(lessons)
