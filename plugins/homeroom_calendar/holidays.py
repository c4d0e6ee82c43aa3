"""Reading holidays and other entries of a calendar from files: CSV (RFC 4180) and iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from homeroom.context import Context
from homeroom.reading.apart import Reader, read_apart
from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import Fault, Faults, FileRefused, shown
from homeroom.reading.layouts import Column, Kind, Layout, ReadOptions, Row, read_table
from homeroom.reading.refusals import (
    BAD_NUMBER,
    ENDS_EARLY,
)
from homeroom.reading.tables import Allowance
from homeroom_calendar.days import DatedEntry, EntryKind, Weekday
from homeroom_calendar.icalendars import entries_of

__all__ = ["HolidayFormat", "HolidayLine", "Holidays", "read_holidays"]

#: Entries of one file: a school year has some dozens.
_MOST_LINES: Final = 5_000
_FILE: Final = "calendar"
_LAYOUT: Final = Layout(
    _FILE,
    (
        Column("name", required=True, longest=120),
        Column("starts_on", Kind.DATE, required=True),
        Column("ends_on", Kind.DATE),
        Column("kind", words=tuple(EntryKind)),
        Column("runs_as", words=tuple(Weekday)),
        Column("cycle_day"),
    ),
    closed=True,
)


class HolidayFormat(StrEnum):
    """How a file of holidays is written."""

    CSV = "csv"
    ICALENDAR = "icalendar"


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """An entry and the line of the file that it comes from."""

    line: int
    entry: DatedEntry


@dataclass(frozen=True, slots=True)
class Holidays:
    """What a file holds.

    Args:
        lines: Its entries, in its order.
        left_out: How many of its events become no entry, by reason.
    """

    lines: list[HolidayLine] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


def holidays_of(
    content: str, format: str, starts_on: str, ends_on: str, language: str, date_order: str | None
) -> Holidays:
    """The entries of a file; runs apart. Raises FileRefused."""
    faults = Faults()
    if format == HolidayFormat.CSV:
        order = DateOrder(date_order) if date_order else None
        table = read_table(
            _LAYOUT, content.encode(), faults, ReadOptions(date_order=order), Allowance(lines=_MOST_LINES)
        )
        broken = {each.line for each in faults}
        found = Holidays(list(_lines(table.rows, broken, faults)))
    else:
        first, last = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
        lines, left_out = entries_of(_FILE, content, first, last, language, faults)
        found = Holidays([HolidayLine(line, entry) for line, entry in lines], left_out)
    if faults:
        raise FileRefused(faults.ordered())
    return found


_READER: Final = Reader(f"{__name__}:holidays_of", Holidays, preload=["icalendar", "dateutil.rrule"])


async def read_holidays(
    context: Context,
    content: str,
    format: HolidayFormat,
    *,
    starts_on: date,
    ends_on: date,
    language: str,
    date_order: DateOrder | None = None,
) -> Holidays:
    """The entries of a file.

    Args:
        context: A command's.
        content: The file's text.
        format: How it is written.
        starts_on: The first date that matters: events that repeat are followed to it.
        ends_on: The last date that matters.
        language: Which of several names of an event is taken, such as ``zh-Hant``.
        date_order: What comes first in a date of a CSV whose year comes last.

    Raises:
        FileRefused: The file cannot be read, or lines of it are wrong: each is named.
    """
    (found,) = await read_apart(
        context,
        _READER,
        content=content,
        format=format.value,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        language=language,
        date_order=date_order,
    )
    return found


def _lines(rows: tuple[Row, ...], broken: set[int], faults: Faults) -> Iterator[HolidayLine]:
    for row in rows:
        first = row.day("starts_on")
        if row.line in broken or first is None:
            continue
        last = row.day("ends_on") or first
        if last < first:
            faults.append(Fault(_FILE, row.line, "ends_on", ENDS_EARLY, end=last, start=first))
            continue
        cycle_day = row.text("cycle_day")
        if cycle_day and not (cycle_day.isascii() and cycle_day.isdigit() and len(cycle_day) <= 2):
            faults.append(Fault(_FILE, row.line, "cycle_day", BAD_NUMBER, value=shown(cycle_day)))
            continue
        runs_as = row.text("runs_as")
        yield HolidayLine(
            row.line,
            DatedEntry(
                EntryKind(row.text("kind") or EntryKind.HOLIDAY),
                first,
                last,
                row.text("name"),
                Weekday(runs_as) if runs_as else None,
                int(cycle_day) if cycle_day else None,
            ),
        )
