"""Importing dated lessons from the files of a timetabling program, or of an office: all of a file or nothing.

What a file says about a lesson is kept with its link. A later file changes the lessons about which it says something
else than the one before; what somebody changed by hand since then (a substitute, a move, a cancellation) stays where
the file says what it said before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports import SheetRow, imports
from homeroom.imports.sync import Link, SystemFile
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.asked import AskedLessons, LessonRow, days_off
from homeroom_calendar.clashes import find_clashes
from homeroom_calendar.commands.lessons import plan_lessons
from homeroom_calendar.planning import PlannedLesson, call_off, insert_lessons, staff_rows
from homeroom_calendar.refusals import BOTH_DAYS, OUTSIDE_SPAN
from homeroom_calendar.tables import Lesson, LessonOrigin, LessonStaff, LessonStatus
from homeroom_school.tables import Room, SchoolClass, Staff, Subject

#: What links, reports and the stop call a lesson.
LESSON: Final = "lesson"
_CLASH_COLUMNS: Final = {"CLASH_CLASS": "school_class", "CLASH_ROOM": "room", "CLASH_STAFF": "staff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonLine(LessonRow):
    """A lesson as a file has it.

    Args:
        id: By which the program knows it; without one, it is known by its day, class, period and subject.
    """

    id: str = ""


@dataclass(frozen=True, slots=True)
class _Brought:
    """A lesson of the file.

    Args:
        source_id: By which a later file finds it again.
        row: Its row of the file.
        said: What the file says, as JSON values.
        planned: The lesson.
    """

    source_id: str
    row: SheetRow
    said: Mapping[str, Any]
    planned: PlannedLesson


async def bring_in_lessons(
    file: SystemFile, *, starts_on: date | None = None, ends_on: date | None = None, allow_days_off: bool = False
) -> None:
    """Plan, change and cancel lessons as a file says.

    Args:
        starts_on: The first day of the span that the file is the whole of.
        ends_on: The last day of it.
        allow_days_off: Whether lessons may lie on days without lessons.
    """
    context, links, report = file.context, file.sync.links, file.sync.report
    span = _span(starts_on, ends_on)
    lessons = await _read(file, span, allow_days_off=allow_days_off)
    known = {each.source_id: each for each in links.of(LESSON).values()}
    ids = [each.row for each in known.values()]
    found = await context.fetch("SELECT id FROM lesson WHERE id = ANY($1::uuid[])", ids)
    # Somebody may have removed a lesson since.
    present = {each["id"] for each in found}
    new: list[_Brought] = []
    changed: list[tuple[Link, _Brought]] = []
    for each in lessons:
        link = known.pop(each.source_id, None)
        if link is None or link.row not in present:
            new.append(each)
            continue
        links.keep(LESSON, each.source_id, each.said, each.row.line, row=link.row, made=True)
        if link.present and link.said() == each.said:
            report["unchanged"][LESSON] += 1
        else:
            changed.append((link, each))
    gone = [each for each in known.values() if each.row in present and _lies_in(span, each)]
    for link in known.values():
        if link not in gone:
            links.see(LESSON, link.key)
    before = [each for each in links.of(LESSON).values() if _lies_in(span, each)]
    file.sync.endings.add(LESSON, [_name(each.said()) for each in gone], len(before), new=len(new))
    await call_off(context, [each.row for each in gone if each.row is not None], file.sync.system)
    await _change(context, changed)
    made = await insert_lessons(context, [each.planned for each in new], LessonOrigin.IMPORT)
    for row, each in zip(made, new, strict=True):
        links.keep(LESSON, each.source_id, each.said, each.row.line, row=row, made=True)
        report.add("created", LESSON, _name(each.said), row)
    for link, each in changed:
        report.add("changed", LESSON, _name(each.said), link.row)
    for link in gone:
        report.add("ended", LESSON, _name(link.said()), link.row)
    rows = [*(each.row for _, each in changed), *(each.row for each in new)]
    written = [*(link.row for link, _ in changed if link.row is not None), *made]
    for place, code, values in await find_clashes(context, written):
        file.sheet.problem(rows[place], _CLASH_COLUMNS[code], code, **values)


def _span(starts_on: date | None, ends_on: date | None) -> tuple[date, date] | None:
    if starts_on is None and ends_on is None:
        return None
    if starts_on is None or ends_on is None:
        raise Refusal(BOTH_DAYS, "ends_on" if starts_on else "starts_on")
    if ends_on < starts_on:
        raise Refusal(ENDS_BEFORE_START, "ends_on")
    return starts_on, ends_on


def _lies_in(span: tuple[date, date] | None, link: Link) -> bool:
    """Whether the last file had a lesson in the span; somebody may have moved the lesson since."""
    return span is not None and link.present and span[0] <= date.fromisoformat(link.said()["date"]) <= span[1]


async def _read(file: SystemFile, span: tuple[date, date] | None, *, allow_days_off: bool) -> list[_Brought]:
    """The lessons of the file. Raises Refusal with everything that is wrong with it."""
    sheet = file.sheet
    for row in sheet.good():
        if span is not None and not span[0] <= row.values["date"] <= span[1]:
            sheet.problem(row, "date", OUTSIDE_SPAN, day=row.values["date"])
    rows = sheet.good()
    asked = await AskedLessons.read(file.context, file.made(rows))
    lessons = asked.dated(() if allow_days_off else await days_off(file.context))
    sheet.refuse(rows, asked.draft.problems)
    said = [_said(row, values) for row, values in zip(rows, asked.draft.values, strict=True)]
    ids = [row.values.get("id") or _derived_id(each) for row, each in zip(rows, said, strict=True)]
    file.refuse_twins(ids, rows, "id")
    sheet.raise_problems()
    return [_Brought(*each) for each in zip(ids, rows, said, lessons, strict=True)]


def _said(row: SheetRow, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, as JSON values: by this a later file knows what it changes."""
    return {
        "date": row.values["date"].isoformat(),
        "class": row.texts.get("school_class", str(values.get("school_class_id"))),
        "subject": row.texts.get("subject", ""),
        "title": values.get("title", ""),
        "period": values.get("period"),
        "starts_at": values.get("starts_at"),
        "ends_at": values.get("ends_at"),
        "room": row.texts.get("room", ""),
        "staff": row.texts.get("staff", []),
        "may_clash": row.values.get("may_clash") or False,
    }


def _derived_id(said: Mapping[str, Any]) -> str:
    """The id of a lesson to which the file gives none: its day, class, period and subject."""
    when = said["starts_at"] if said["period"] is None else f"p{said['period']}"
    return f"{said['date']}|{said['class'].casefold()}|{when}|{(said['subject'] or said['title']).casefold()}"


def _name(said: Mapping[str, Any]) -> str:
    """What people call a lesson of a file."""
    return f"{said['date']} {said['class']} {said['subject'] or said['title']}".rstrip()


async def _change(context: Context, changed: Sequence[tuple[Link, _Brought]]) -> None:
    """What the file says replaces what was there, also what somebody wrote; a lesson cancelled by hand stays so."""
    ids = [link.row for link, _ in changed]
    found = await context.fetch("SELECT id, status, note FROM lesson WHERE id = ANY($1::uuid[]) FOR UPDATE", ids)
    stored = {each["id"]: each for each in found}
    rows: list[dict[str, Any]] = []
    staff: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for link, each in changed:
        assert link.row is not None
        there = stored[link.row]
        state = {"status": there["status"], "note": there["note"]}
        if not link.present:
            state = {"status": LessonStatus.PLANNED.value, "note": ""}
        moved = {"planned_date": None, "planned_starts_at": None}
        rows.append({"id": link.row, **each.planned.columns, **moved, **state})
        for row in staff_rows(link.row, each.planned, takes_place=state["status"] == LessonStatus.PLANNED):
            staff[row["lesson_id"], row["staff_id"]] = row
    await context.rows(Lesson).update_many(rows)
    await _change_staff(context, ids, staff)


async def _change_staff(
    context: Context, lessons: Sequence[UUID | None], wanted: Mapping[tuple[UUID, UUID], dict[str, Any]]
) -> None:
    """Who holds the lessons, as the file says: who still does keeps the row."""
    table = context.rows(LessonStaff)
    found = await context.fetch(
        "SELECT id, lesson_id, staff_id FROM lesson_staff WHERE lesson_id = ANY($1::uuid[])", lessons
    )
    there = {(each["lesson_id"], each["staff_id"]): each["id"] for each in found}
    await table.delete_many([row for who, row in there.items() if who not in wanted])
    await table.update_many([{"id": row, **wanted[who]} for who, row in there.items() if who in wanted])
    await table.insert([row for who, row in wanted.items() if who not in there])


import_lessons = imports(
    plan_lessons,
    bring_in=bring_in_lessons,
    row=LessonLine,
    headers={"class": "school_class"},
    by={
        "school_class": (SchoolClass.code, SchoolClass.name),
        "subject": (Subject.code, Subject.title),
        "room": (Room.code, Room.name),
        "staff": (Staff.code, Staff.full_name),
    },
    about=(
        "Import lessons: all of them or none. A second import of the same system changes what its file says otherwise;"
        " what was changed by hand stays where the file says what it said before. With both days, the file is the whole"
        " of what lies between them: lessons of the system that it no longer has are cancelled."
    ),
)
