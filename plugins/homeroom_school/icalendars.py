"""Events of an iCalendar file (RFC 5545) as entries of a school's calendar.

Events of whole days are taken, also those that programs write from midnight to midnight. Events that are cancelled are
left out and counted. Events that repeat by the day, week, month or year are followed through the school year.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from homeroom.dates import EARLIEST, LATEST, in_bounds
from homeroom.reading.faults import Fault, Faults, FileRefused, shown
from homeroom.texts import forbidden, tidy
from homeroom_school.rules.days import CalendarEntry, EntryKind

__all__ = ["entries_of"]

_MOST_EVENTS: Final = 5_000
#: Entries that one file makes at most, and dates of an event that are looked through.
_MOST_ENTRIES: Final = 5_000
_MOST_DATES: Final = 100_000
_LONGEST_NAME: Final = 120
#: The parts of a rule that speak of dates alone (RFC 5545, 3.3.10).
_RULES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS: Final = frozenset("FREQ INTERVAL COUNT UNTIL BYDAY BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYSETPOS WKST".split())
#: What the numbers of a rule may be, without their signs; those that have one count from the end, too.
_RANGES: Final = {
    "INTERVAL": range(1, 10_001),
    "COUNT": range(1, 1_000_001),
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(1, 32),
    "BYYEARDAY": range(1, 367),
    "BYWEEKNO": range(1, 54),
    "BYSETPOS": range(1, 367),
}
_SIGNED: Final = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"})
_BEGIN: Final = re.compile(r"(?im)^BEGIN:VEVENT[ \t]*\r?$")

Lines = list[tuple[int, CalendarEntry]]


class _Wrong(Exception):  # noqa: N818 - becomes a fault of the event
    """What is wrong with an event: the property, a code and a reason."""

    def __init__(self, name: str, code: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.code = code


def entries_of(
    file: str, content: str, starts_on: date, ends_on: date, language: str, faults: Faults
) -> tuple[Lines, dict[str, int]]:
    """The entries that the events of a file make, each with its line, and how many events are left out, by reason.

    Args:
        file: The name by which faults call the file.
        content: Its text.
        starts_on: Events that repeat are followed from here.
        ends_on: And to here.
        language: Which of several names of an event is taken.
        faults: Gains what is wrong.
    """
    from icalendar import Calendar

    content = content.removeprefix("\ufeff")
    if "\n" not in content:
        content = content.replace("\r", "\n")
    begins = _lines_of(content)
    if len(begins) > _MOST_EVENTS:
        told = f"the file has more than {_MOST_EVENTS:,} events"
        raise FileRefused([Fault(file, begins[_MOST_EVENTS], "", "file_too_large", told)])
    try:
        calendars: list[Any] = Calendar.from_ical(content, multiple=True)
    except OSError:
        # Time zones are looked for among the files of the machine, whose folders no message names.
        faults.append(Fault(file, 0, "TZID", "bad_calendar", "a time is in a time zone that cannot be looked for"))
        return [], {}
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        faults.append(Fault(file, 0, "", "bad_calendar", f"this is no iCalendar file: {shown(str(error))}"))
        return [], {}
    if not calendars:
        faults.append(
            Fault(file, 0, "", "bad_calendar", "this is no iCalendar file: it does not begin BEGIN:VCALENDAR")
        )
        return [], {}
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    lines: Lines = []
    left_out: Counter[str] = Counter()
    moved = {_moved(event) for event in events}
    for line, event in zip(itertools.chain(begins, itertools.repeat(0)), events, strict=False):
        if str(event.get("STATUS", "")).strip().upper() == "CANCELLED":
            left_out["cancelled events"] += 1
            continue
        try:
            made = _Event(event, language, moved).entries(starts_on, ends_on)
        except _Wrong as wrong:
            faults.append(Fault(file, line, wrong.name, wrong.code, str(wrong)))
            continue
        if not made:
            left_out["events outside the school year"] += 1
        lines += [(line, entry) for entry in made]
        if len(lines) > _MOST_ENTRIES:
            told = f"the events make more than {_MOST_ENTRIES:,} entries"
            raise FileRefused([Fault(file, line, "RRULE", "file_too_large", told)])
    return lines, dict(left_out)


def _lines_of(content: str) -> list[int]:
    """The lines on which events begin: one more than a file may have, at most."""
    lines: list[int] = []
    line, counted = 1, 0
    for each in itertools.islice(_BEGIN.finditer(content), _MOST_EVENTS + 1):
        line += content.count("\n", counted, each.start())
        counted = each.start()
        lines.append(line)
    return lines


def _moved(event: Any) -> tuple[str, date] | None:
    """Which date of which repeated event another event stands for, or cancels."""
    at = event.get("RECURRENCE-ID")
    day = _moment(at)
    return (str(event.get("UID", "")), _day(day)) if isinstance(day, date) else None


def _moment(value: Any) -> Any:
    """What a property says; none where it is no date or time."""
    try:
        return getattr(value, "dt", None)
    except ValueError:  # of a property that the library could not read
        return None


def _refuse_numbers(rule: Any) -> None:
    """Refuse numbers that a rule cannot have: with an interval of 0, an event would come for ever on one day."""
    for part, within in _RANGES.items():
        for each in rule.get(part, []):
            number = abs(int(each)) if part in _SIGNED else int(each)
            if number not in within:
                least = f"-{within[-1]} to -1 or " if part in _SIGNED else ""
                told = f"{part} is {shown(str(each), 20)}; it must be {least}{within[0]} to {within[-1]:,}"
                raise _Wrong("RRULE", "bad_value", told)


def _never(frequency: str, rule: Any) -> bool:
    """Whether no day fits a rule: the library would look for one until the year 9999, day by day."""
    if frequency == "DAILY" and "BYSETPOS" in rule:
        return True
    days = [abs(int(each)) for each in rule.get("BYMONTHDAY", [])]
    months = [int(each) for each in rule.get("BYMONTH", range(1, 13))]
    longest = max((31 if each not in (2, 4, 6, 9, 11) else 29 if each == 2 else 30 for each in months), default=0)
    return bool(days) and not 1 <= min(days) <= longest


def _forward(first: date, start: date, frequency: str, rule: Any) -> date:
    """A date before `start` from which a rule gives the same dates as from `first`, where it is a plain one."""
    if frequency not in ("DAILY", "WEEKLY") or {"COUNT", "BYSETPOS"}.intersection(str(key).upper() for key in rule):
        return first
    try:
        step = int(next(iter(rule.get("INTERVAL", [1])))) * (1 if frequency == "DAILY" else 7)
    except (TypeError, ValueError):
        return first
    steps = ((start - first).days // step - 1) if step > 0 else 0
    return first + timedelta(days=steps * step) if steps > 0 else first


def _dates_of(value: Any) -> list[Any]:
    try:
        return list(getattr(value, "dts", [None]))
    except ValueError:
        return [None]


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


class _Event:
    """One event."""

    def __init__(self, event: Any, language: str, moved: set[Any]) -> None:
        self._event = event
        self._language = language
        self._moved = moved

    def entries(self, starts_on: date, ends_on: date) -> list[CalendarEntry]:
        """What it makes of the dates between the two. Raises _Wrong."""
        name = self._name()
        first = self._first()
        length = self._length(first)
        if not self._repeats():
            return [CalendarEntry(EntryKind.HOLIDAY, first, first + length, name)]
        return [
            CalendarEntry(EntryKind.HOLIDAY, each, each + length, name)
            for each in self._dates(first, starts_on - length, ends_on)
        ]

    def _name(self) -> str:
        """The summary, in the school's language where there are several."""
        given = self._event.get("SUMMARY")
        texts = given if isinstance(given, list) else [given] if given is not None else []
        wanted = self._language.casefold()

        def rank(text: Any) -> int:
            said = str(getattr(text, "params", {}).get("LANGUAGE", "")).casefold()
            same = said.split("-")[0] == wanted.split("-")[0]
            return 0 if said == wanted else 1 if said and same else 2 if not said else 3

        name = tidy(str(min(texts, key=rank))) if texts else ""
        bad = forbidden(name)
        if bad is not None:
            raise _Wrong("SUMMARY", "bad_character", f"the character {bad} is not allowed")
        if not name:
            raise _Wrong("SUMMARY", "missing_value", "an event needs a summary")
        if len(name) > _LONGEST_NAME:
            raise _Wrong("SUMMARY", "too_long", f"{shown(name)!r} has more than {_LONGEST_NAME} characters")
        return name

    def _value(self, name: str) -> Any:
        given = self._event.get(name)
        if isinstance(given, list):
            raise _Wrong(name, "bad_value", f"the event has {name} more than once")
        moment = _moment(given)
        if given is not None and moment is None:
            what = "a duration" if name == "DURATION" else "a date"
            raise _Wrong(name, "bad_value", f"{shown(str(given))!r} is not {what}")
        return moment

    def _first(self) -> date:
        moment = self._value("DTSTART")
        if not isinstance(moment, date):
            raise _Wrong("DTSTART", "bad_value", "an event needs a date on which it starts")
        if isinstance(moment, datetime) and moment.time() != time():
            raise _Wrong("DTSTART", "not_whole_days", f"{moment:%Y-%m-%d %H:%M}: an event of whole days is needed")
        return self._bounded("DTSTART", _day(moment))

    def _length(self, first: date) -> timedelta:
        """How many dates it has beyond the first: DTEND is the date after the last (RFC 5545, 3.6.1)."""
        after = self._value("DTEND")
        try:
            if after is None:
                duration = self._value("DURATION")
                after = first + (duration if isinstance(duration, timedelta) else timedelta(days=1))
        except OverflowError:
            after = date.max
        if not isinstance(after, date) or (isinstance(after, datetime) and after.time() != time()):
            raise _Wrong("DTEND", "not_whole_days", "an event of whole days is needed")
        last = _day(after)
        # Programs that write the same date twice mean one whole day.
        last = first if last == first else last - timedelta(days=1)
        if last < first:
            raise _Wrong("DTEND", "ends_before_start", "the event ends before it starts")
        return self._bounded("DTEND", last) - first

    @staticmethod
    def _bounded(name: str, day: date) -> date:
        if not in_bounds(day):
            raise _Wrong(name, "date_out_of_bounds", f"{day} lies outside {EARLIEST} to {LATEST}")
        return day

    def _repeats(self) -> bool:
        return any(name in self._event for name in ("RRULE", "RDATE", "EXDATE", "EXRULE"))

    def _dates(self, first: date, start: date, end: date) -> list[date]:
        """The dates between the two on which a repeated event starts, in order."""
        found = set(itertools.chain(self._by_rule(first, start, end), self._listed("RDATE")))
        uid = str(self._event.get("UID", ""))
        without = set(self._listed("EXDATE"))
        if "RECURRENCE-ID" not in self._event:
            without |= {each[1] for each in self._moved if each is not None and each[0] == uid}
        return sorted(day for day in found - without if start <= day <= end)

    def _by_rule(self, first: date, start: date, end: date) -> Iterator[date]:
        yield first
        rule = self._event.get("RRULE")
        if "EXRULE" in self._event or isinstance(rule, list):
            raise _Wrong("RRULE", "repeated_event", "an event with several rules is not read; list its dates")
        if rule is None:
            return
        if isinstance(rule, str):  # one that the library could not read, and keeps as a text
            raise _Wrong("RRULE", "bad_value", f"{shown(str(rule))!r} is no rule")
        parts = {str(key).upper() for key in rule}
        frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
        if frequency not in _RULES or not parts <= _PARTS:
            told = f"{shown(str(rule.to_ical(), 'utf-8', 'replace'))!r} is not read; list the dates of the event"
            raise _Wrong("RRULE", "repeated_event", told)
        _refuse_numbers(rule)
        from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

        text = ";".join(
            f"{key}={value}"
            for key, value in (part.split("=", 1) for part in rule.to_ical().decode().split(";") if "=" in part)
            if key.upper() != "UNTIL"
        )
        last = min([end, *(_day(each) for each in rule.get("UNTIL", []) if isinstance(each, date))])
        try:
            if _never(frequency, rule):
                raise _Wrong("RRULE", "repeated_event", "the event never comes")
            begin = _forward(first, start, frequency, rule)
            moments = iter(rrulestr(text, dtstart=datetime.combine(begin, time())))
            for number, moment in enumerate(moments):
                if moment.date() > last:
                    return
                if number > _MOST_DATES:
                    raise _Wrong("RRULE", "repeated_event", "the event has too many dates before this school year")
                yield moment.date()
        except (ValueError, OverflowError) as error:
            raise _Wrong("RRULE", "bad_value", f"{shown(text)!r} is no rule: {shown(str(error))}") from None

    def _listed(self, name: str) -> Iterator[date]:
        given = self._event.get(name)
        for each in given if isinstance(given, list) else [given] if given is not None else []:
            for value in _dates_of(each):
                moment = _moment(value)
                if not isinstance(moment, date):
                    raise _Wrong(name, "bad_value", f"{name} holds what is no date")
                yield _day(moment)
