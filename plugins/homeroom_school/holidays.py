"""Reading holidays and other entries of a calendar from files: CSV (RFC 4180) and iCalendar (RFC 5545)."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from homeroom.dates import in_bounds, read_date
from homeroom.errors import Invalid, Problem, Refusal
from homeroom_school.rules.days import CalendarEntry, EntryKind, Weekday

__all__ = ["HolidayFormat", "read_holidays"]

_COLUMNS = ("name", "starts_on", "ends_on", "kind", "runs_as", "cycle_day")


class HolidayFormat(StrEnum):
    """How a file of holidays is written."""

    CSV = "csv"
    ICALENDAR = "icalendar"


def read_holidays(content: str, format: HolidayFormat) -> list[CalendarEntry]:
    """The entries of a file, in its order.

    Args:
        content: The file's text.
        format: How it is written.

    Raises:
        Refusal: The file cannot be read (field ``content``), or rows of it are wrong: each is named.
    """
    problems: list[Problem] = []
    entries = _of_csv(content, problems) if format is HolidayFormat.CSV else _of_icalendar(content, problems)
    if problems:
        raise Refusal.of(problems)
    return entries


def _of_csv(content: str, problems: list[Problem]) -> list[CalendarEntry]:
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), strict=True)
    try:
        headings = [each.strip() for each in reader.fieldnames or ()]
        unknown = [each for each in headings if each not in _COLUMNS]
        if unknown or not {"name", "starts_on"} <= set(headings):
            told = (
                f"unknown headings: {', '.join(unknown)}" if unknown else "the headings name and starts_on are needed"
            )
            raise Invalid(told, field="content")
        reader.fieldnames = headings
        lines = list(reader)
    except csv.Error as error:
        raise Invalid(f"line {reader.line_num} is no CSV: {error}", field="content") from None
    entries = []
    for number, line in enumerate(lines):
        made = _entry(line, number, problems)
        if made is not None:
            entries.append(made)
    return entries


def _entry(line: dict[str, Any], number: int, problems: list[Problem]) -> CalendarEntry | None:
    if None in line or None in line.values():
        problems.append(Problem("INVALID", "the row has not as many values as there are headings", "content", number))
        return None
    said = {column: (line.get(column) or "").strip() for column in _COLUMNS}
    column = "name"
    try:
        if not said["name"]:
            raise ValueError
        column = "starts_on"
        starts_on = read_date(said["starts_on"])
        column = "ends_on"
        ends_on = read_date(said["ends_on"]) if said["ends_on"] else starts_on
        if ends_on < starts_on:
            raise ValueError
        column = "kind"
        kind = EntryKind(said["kind"].lower() or EntryKind.HOLIDAY)
        column = "runs_as"
        runs_as = Weekday(said["runs_as"].lower()) if said["runs_as"] else None
        column = "cycle_day"
        cycle_day = int(said["cycle_day"]) if said["cycle_day"] else None
    except ValueError:
        problems.append(Problem("INVALID", f"column {column}: {said[column]!r} cannot be", f"content.{column}", number))
        return None
    return CalendarEntry(kind, starts_on, ends_on, said["name"], runs_as, cycle_day)


def _of_icalendar(content: str, problems: list[Problem]) -> list[CalendarEntry]:
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(content)
    except ValueError as error:
        raise Invalid(f"this is no iCalendar file: {error}", field="content") from None
    entries = []
    for number, event in enumerate(calendar.walk("VEVENT")):
        name = " ".join(str(event.get("SUMMARY", "")).split())
        starts_on = event.decoded("DTSTART", None)
        if "RRULE" in event or "RDATE" in event:
            problems.append(Problem("REPEATED_EVENT", "an event that repeats; list its dates", "content", number))
        elif not _is_date(starts_on) or not name:
            problems.append(Problem("INVALID", "an event of whole days with a summary is needed", "content", number))
        else:
            last = _last_date(event, starts_on)
            if last is None or last < starts_on:
                problems.append(Problem("INVALID", "the event ends before it begins", "content", number))
            elif not in_bounds(starts_on) or not in_bounds(last):
                problems.append(Problem("OUT_OF_RANGE", "the event lies outside 1800 to 2200", "content", number))
            else:
                entries.append(CalendarEntry(EntryKind.HOLIDAY, starts_on, last, name))
    return entries


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _last_date(event: Any, starts_on: date) -> date | None:
    """The last date of an event: DTEND is the date after it (RFC 5545, 3.6.1), and without one it is one date."""
    after = event.decoded("DTEND", None)
    if after is None:
        length = event.decoded("DURATION", None)
        try:
            after = starts_on + (length if isinstance(length, timedelta) else timedelta(days=1))
        except OverflowError:  # beyond the last date that Python knows
            return starts_on if length is None else date.max
    if not _is_date(after):
        return None
    # Programs that write the same date twice mean one whole day.
    return starts_on if after == starts_on else after - timedelta(days=1)
