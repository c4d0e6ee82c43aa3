"""Bringing a file of dated lessons into the registry, in the transaction of a command.

What a file says about a lesson is kept beside it. A later file changes the lessons about which it says something else
than the one before; what somebody changed by hand since then (a substitute, a move, a cancellation) stays where the
file says what it said before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports.report import Report
from homeroom.imports.stops import Stop
from homeroom.reading.faults import Fault, FileRefused
from homeroom_calendar.clashes import refuse_clashes
from homeroom_calendar.lesson_files.names import Known, Placed
from homeroom_calendar.lesson_files.rows import LessonLine
from homeroom_calendar.planning import Bells, PlannedLesson, insert_lessons, staff_rows
from homeroom_calendar.tables import Lesson, LessonOrigin, LessonSource, LessonStaff, LessonStatus

#: The command that imports lessons.
IMPORT: Final = "calendar.lesson.import"

_CLASH_COLUMNS: Final = {"CLASH_CLASS": "class", "CLASH_ROOM": "room", "CLASH_STAFF": "staff"}


@dataclass(frozen=True, slots=True)
class _Before:
    """A lesson that an earlier file of the system brought."""

    source: UUID
    lesson: UUID
    said: Mapping[str, Any]
    present: bool

    @property
    def date(self) -> date:
        """The day by the earlier file; somebody may have moved the lesson since."""
        return date.fromisoformat(self.said["date"])


async def bring_in_lessons(
    context: Context,
    file: str,
    lines: Sequence[LessonLine],
    *,
    system: str,
    span: tuple[date, date] | None = None,
    allow_days_off: bool = False,
    allow_endings: bool = False,
) -> Report:
    """Plan, change and cancel lessons as a file says; all of it or nothing.

    Args:
        context: A command's.
        file: The name by which problems call the file.
        lines: What it says.
        system: The system that it comes from; an earlier file of it is changed by this one.
        span: The dates that the file is the whole of: lessons of the system in it that the file lacks are cancelled.
        allow_days_off: Whether lessons may lie on days without school.
        allow_endings: Whether more than a tenth of the span's lessons may be cancelled.

    Returns:
        What was done, by number and by name.

    Raises:
        FileRefused: With every line that cannot be: unknown names, no such period, a day off, a clash; or because
            it would cancel a large share of the span's lessons.
    """
    # A term of a whole school in a few statements: one may outlast what a page's statement may take.
    await context.execute("SET LOCAL statement_timeout = '300s'")
    await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{IMPORT} {context.space.id}")
    known = await Known.load(context, allow_days_off=allow_days_off)
    placed = await known.place(file, lines, await Bells.load(context), span)
    before = await _before(context, system)
    report = Report()
    new = [each for each in placed if each.line.key not in before]
    changed, unchanged = [], 0
    for each in placed:
        earlier = before.get(each.line.key)
        if earlier is None:
            continue
        if earlier.present and earlier.said == each.line.said:
            unchanged += 1
        else:
            changed.append((earlier, each))
    there = {each.line.key for each in placed}
    gone = [
        earlier
        for key, earlier in before.items()
        if span and key not in there and earlier.present and span[0] <= earlier.date <= span[1]
    ]
    endings = Stop("content", allowed=allow_endings)
    within = [each for each in before.values() if span and each.present and span[0] <= each.date <= span[1]]
    endings.add("lesson", [_name(each.said) for each in gone], len(within), new=len(new))
    endings.refuse()
    await _cancel(context, gone, system)
    await _change(context, changed)
    made = await _make(context, new, system)
    changed_lessons = [earlier.lesson for earlier, _ in changed]
    numbers = [each.line.line for each in (*(each for _, each in changed), *new)]
    try:
        await refuse_clashes(context, [*changed_lessons, *made], numbers, field="content")
    except Refusal as refusal:
        raise FileRefused(
            [
                Fault(file, each.row or 0, _CLASH_COLUMNS[each.code], each.code, **each.values)
                for each in refusal.problems
            ]
        ) from None
    report["unchanged"]["lesson"] = unchanged
    for row, each in zip(made, new, strict=True):
        report.add("created", "lesson", _name(each.line.said), row)
    for earlier, each in changed:
        report.add("changed", "lesson", _name(each.line.said), earlier.lesson)
    for earlier in gone:
        report.add("ended", "lesson", _name(earlier.said), earlier.lesson)
    return report


def _name(said: Mapping[str, Any]) -> str:
    """What people call a lesson of a file."""
    return f"{said['date']} {said['class']} {said['subject'] or said['title']}".rstrip()


async def _before(context: Context, system: str) -> dict[str, _Before]:
    rows = await context.fetch(
        "SELECT id, lesson_id, source_id, record, present FROM lesson_source WHERE system = $1", system
    )
    return {
        row["source_id"]: _Before(row["id"], row["lesson_id"], msgspec.json.decode(row["record"]), row["present"])
        for row in rows
    }


async def _cancel(context: Context, gone: Sequence[_Before], system: str) -> None:
    """What a file no longer has is off, and stays visible: something may refer to it."""
    status = {"status": LessonStatus.CANCELLED.value, "note": system}
    await context.rows(Lesson).update_many([{"id": each.lesson, **status} for each in gone])
    await context.rows(LessonSource).update_many([{"id": each.source, "present": False} for each in gone])
    rows = await context.fetch(
        "SELECT id FROM lesson_staff WHERE lesson_id = ANY($1::uuid[]) AND counts", [each.lesson for each in gone]
    )
    await context.rows(LessonStaff).update_many([{"id": row["id"], "counts": False} for row in rows])


async def _change(context: Context, changed: Sequence[tuple[_Before, Placed]]) -> None:
    """What the file says replaces what was there, also what somebody wrote; a lesson cancelled by hand stays so."""
    status = {
        row["id"]: row["status"]
        for row in await context.fetch(
            "SELECT id, status FROM lesson WHERE id = ANY($1::uuid[]) FOR UPDATE",
            [earlier.lesson for earlier, _ in changed],
        )
    }
    rows: list[dict[str, Any]] = []
    staff: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for earlier, each in changed:
        state = status[earlier.lesson] if earlier.present else LessonStatus.PLANNED.value
        rows.append({"id": earlier.lesson, "status": state, **each.planned.columns})
        if not earlier.present:
            rows[-1]["note"] = ""
        for row in staff_rows(earlier.lesson, each.planned, counts=state == LessonStatus.PLANNED):
            staff[row["lesson_id"], row["staff_id"]] = row
    for with_note in (False, True):
        await context.rows(Lesson).update_many([row for row in rows if ("note" in row) is with_note])
    await _change_staff(context, [earlier.lesson for earlier, _ in changed], staff)
    await context.rows(LessonSource).update_many(
        [{"id": earlier.source, "record": _kept(each.line), "present": True} for earlier, each in changed]
    )


async def _change_staff(
    context: Context, lessons: Sequence[UUID], wanted: Mapping[tuple[UUID, UUID], dict[str, Any]]
) -> None:
    """Who holds the lessons, as the file says: who still does keeps the row."""
    table = context.rows(LessonStaff)
    kept: dict[tuple[UUID, UUID], UUID] = {}
    gone: list[UUID] = []
    for row in await context.fetch(
        "SELECT id, lesson_id, staff_id FROM lesson_staff WHERE lesson_id = ANY($1::uuid[])", list(lessons)
    ):
        if (row["lesson_id"], row["staff_id"]) in wanted:
            kept[row["lesson_id"], row["staff_id"]] = row["id"]
        else:
            gone.append(row["id"])
    await table.delete_many(gone)
    await table.update_many([{"id": row, **wanted[who]} for who, row in kept.items()])
    await table.insert([row for who, row in wanted.items() if who not in kept])


async def _make(context: Context, new: Sequence[Placed], system: str) -> list[UUID]:
    lessons: list[PlannedLesson] = [each.planned for each in new]
    made = await insert_lessons(context, lessons, LessonOrigin.IMPORT)
    await context.rows(LessonSource).insert(
        [
            {
                "lesson_id": row,
                "system": system,
                "source_id": each.line.key,
                "record": _kept(each.line),
                "present": True,
            }
            for row, each in zip(made, new, strict=True)
        ]
    )
    return made


def _kept(line: LessonLine) -> str:
    return msgspec.json.encode(line.said).decode()
