"""Importing dated lessons from a file: all of it or nothing."""

from __future__ import annotations

import base64
from datetime import date
from uuid import UUID

from homeroom.commands import Event, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports.runs import record_run
from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import FileRefused
from homeroom.reading.layouts import ReadOptions
from homeroom.reading.texts import TextEncoding
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.lesson_files.bringing import IMPORT, bring_in_lessons
from homeroom_calendar.lesson_files.rows import LessonLine, read_lessons_apart
from homeroom_calendar.refusals import BOTH_DAYS
from homeroom_school.commands.checks import required_text
from homeroom_school.refusals import BASE64_NEEDED


async def _read(
    context: Context, content: str, file: str, encoding: TextEncoding | None, date_order: DateOrder | None
) -> tuple[str, list[LessonLine]]:
    try:
        data = base64.b64decode(content, validate=True)
    except ValueError:
        raise Refusal(BASE64_NEEDED, "content") from None
    try:
        return await read_lessons_apart(context, file, data, ReadOptions(encoding, date_order))
    except FileRefused as fault:
        raise fault.refusal("content") from None


def _span(starts_on: date | None, ends_on: date | None) -> tuple[date, date] | None:
    if starts_on is None and ends_on is None:
        return None
    if starts_on is None or ends_on is None:
        raise Refusal(BOTH_DAYS, "endsOn" if starts_on else "startsOn")
    if ends_on < starts_on:
        raise Refusal(ENDS_BEFORE_START, "ends_on")
    return starts_on, ends_on


@command(IMPORT, returns="ImportRun")
async def import_lessons(
    context: Context,
    *,
    content: str,
    system: str,
    file: str = "lessons",
    starts_on: date | None = None,
    ends_on: date | None = None,
    allow_days_off: bool = False,
    encoding: TextEncoding | None = None,
    date_order: DateOrder | None = None,
    allow_endings: bool = False,
) -> UUID:
    """Import lessons: all of them or none. A second import of the same system changes what its file says otherwise.

    What was changed by hand stays where the file says what it said before. With both days, the file is the whole of
    what lies between them: lessons of the system that it no longer has are cancelled. Every bad line is named by file,
    line and column, also where class, room or teacher have another lesson at that time.

    Args:
        content: A CSV or an XLSX, in Base64.
        system: Which other system it comes from.
        file: The name by which problems call the file.
        starts_on: The first day of the span that the file is the whole of.
        ends_on: The last day of it.
        allow_days_off: Whether lessons may lie on days without lessons.
        encoding: Of a CSV that is neither UTF-8 nor UTF-16, such as GB18030.
        date_order: What comes first in a date whose year comes last, such as 03/04/2026.
        allow_endings: Whether more than a tenth of the span's lessons may be cancelled.
    """
    system, span = required_text(system, 60, "system"), _span(starts_on, ends_on)
    form, lines = await _read(context, content, required_text(file, 100, "file"), encoding, date_order)
    length = context.trail.length
    try:
        report = await bring_in_lessons(
            context, file, lines, system=system, span=span, allow_days_off=allow_days_off, allow_endings=allow_endings
        )
    except FileRefused as fault:
        raise fault.refusal("content") from None
    run = await record_run(
        context,
        command=IMPORT,
        format=form,
        system=system,
        file_name=file,
        report=report.as_json(),
        names=report.named,
        since=length,
    )
    await context.emit(Event("school.lessons.imported", {"run": run, "system": system}))
    return run
