"""Holidays from iCalendar files (RFC 5545), as rows of an import."""

from __future__ import annotations

from datetime import date
from typing import Final

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports import FileLines, ImportOptions
from homeroom.reading.apart import Reader, read_apart
from homeroom.reading.faults import Faults, FileRefused
from homeroom.reading.texts import TextEncoding, decode
from homeroom.refusals import REQUIRED
from homeroom_calendar.icalendars import entries_of

_HEADERS: Final = ["name", "starts_on", "ends_on"]


def is_icalendar(content: bytes) -> bool:
    """Whether a file is an iCalendar, in whatever encoding."""
    return b"BEGIN:VCALENDAR" in content[:1_000].replace(b"\0", b"").upper()


def events_of(name: str, data: bytes, starts_on: str, ends_on: str, language: str, encoding: str | None) -> FileLines:
    """The entries that the events of a file make; runs apart. Raises FileRefused."""
    faults = Faults()
    content = decode(name, data, faults, TextEncoding(encoding) if encoding else None)
    lines = FileLines("icalendar", [1], [_HEADERS])
    if content is not None:
        first, last = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
        found, lines.left_out = entries_of(name, content, first, last, language, faults)
        lines.numbers += [number for number, _ in found]
        lines.cells += [[each.name, each.starts_on.isoformat(), each.ends_on.isoformat()] for _, each in found]
    if faults:
        raise FileRefused(faults.ordered())
    return lines


_READER: Final = Reader(f"{__name__}:events_of", FileLines, preload=["icalendar", "dateutil.rrule"])


async def read_events(context: Context, name: str, content: bytes, options: ImportOptions) -> FileLines:
    """The events of a file, read in a process apart; those that repeat are followed through the school year.

    Args:
        options: What the caller chose; it must name the school year.

    Raises:
        FileRefused: The file cannot be read, or events of it are wrong: each is named.
    """
    year = await context.fetchrow(
        "SELECT starts_on, ends_on FROM school_year WHERE id = $1", options.common.get("school_year")
    )
    if year is None:
        raise Refusal(REQUIRED, "school_year")
    (lines,) = await read_apart(
        context,
        _READER,
        name=name,
        data=content,
        starts_on=year["starts_on"].isoformat(),
        ends_on=year["ends_on"].isoformat(),
        language=context.space.locale,
        encoding=options.encoding,
    )
    return lines
