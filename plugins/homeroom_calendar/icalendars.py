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
from homeroom.messages import Message
from homeroom.reading.faults import Fault, Faults, FileRefused, shown
from homeroom.reading.refusals import DATE_OUT_OF_RANGE, VALUE_TOO_LONG
from homeroom.refusals import BAD_CHARACTER, Code
from homeroom.texts import forbidden, tidy
from homeroom_calendar.days import DatedEntry, EntryKind
from homeroom_calendar.refusals import (
    BAD_CALENDAR,
    EVENT_ENDS_EARLY,
    GIVEN_TWICE,
    NEVER_COMES,
    NO_CALENDAR,
    NO_DATE_IN,
    NOT_A_DATE,
    NOT_A_DURATION,
    NOT_A_RULE,
    NOT_WHOLE_DAYS,
    REPEATED_EVENT,
    RULE_NUMBER,
    SEVERAL_RULES,
    START_NEEDED,
    SUMMARY_NEEDED,
    TOO_MANY_DATES,
    TOO_MANY_ENTRIES,
    TOO_MANY_EVENTS,
    UNKNOWN_TIME_ZONE,
)

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

Lines = list[tuple[int, DatedEntry]]


class _Wrong(Exception):  # noqa: N818 - becomes a fault of the event
    """What is wrong with an event: the property, a code and its values."""

    def __init__(self, property: str, code: Code, /, **values: Any) -> None:
        super().__init__(code)
        self.property = property
        self.message = Message(code, values)


def entries_of(
    file: str, content: str, starts_on: date, ends_on: date, language: str, faults: Faults
) -> tuple[Lines, dict[str, int]]:
    """The entries that the events of a file make, each with its line, and how many events are left out, by reason.

    Args:
        file: The name by which faults call the file.
        starts_on: The day from which events that repeat are followed.
        ends_on: The day up to which they are followed.
        language: Which of several names of an event is taken.
        faults: Gains what is wrong.
    """
    from icalendar import Calendar

    content = content.removeprefix("\ufeff")
    if "\n" not in content:
        content = content.replace("\r", "\n")
    begins = _lines_of(content)
    if len(begins) > _MOST_EVENTS:
        raise FileRefused([Fault(file, begins[_MOST_EVENTS], "", TOO_MANY_EVENTS, most=_MOST_EVENTS)])
    try:
        calendars: list[Any] = Calendar.from_ical(content, multiple=True)
    except OSError:
        # Time zones are looked for among the files of the machine, whose folders no message names.
        faults.append(Fault(file, 0, "TZID", UNKNOWN_TIME_ZONE))
        return [], {}
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        faults.append(Fault(file, 0, "", BAD_CALENDAR, detail=shown(str(error))))
        return [], {}
    if not calendars:
        faults.append(Fault(file, 0, "", NO_CALENDAR))
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
            faults.append(Fault.of(file, line, wrong.property, wrong.message))
            continue
        if not made:
            left_out["events outside the school year"] += 1
        lines += [(line, entry) for entry in made]
        if len(lines) > _MOST_ENTRIES:
            raise FileRefused([Fault(file, line, "RRULE", TOO_MANY_ENTRIES, most=_MOST_ENTRIES)])
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
                least = -within[-1] if part in _SIGNED else within[0]
                value = shown(str(each), 20)
                raise _Wrong("RRULE", RULE_NUMBER, name=part, value=value, least=least, most=within[-1])


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


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


class _Event:
    """One event."""

    def __init__(self, event: Any, language: str, moved: set[Any]) -> None:
        self._event = event
        self._language = language
        self._moved = moved

    def entries(self, starts_on: date, ends_on: date) -> list[DatedEntry]:
        """What it makes of the dates between the two. Raises _Wrong."""
        name = self._name()
        first = self._first()
        length = self._length(first)
        if not self._repeats():
            return [DatedEntry(EntryKind.HOLIDAY, first, first + length, name)]
        return [
            DatedEntry(EntryKind.HOLIDAY, each, each + length, name)
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
            raise _Wrong("SUMMARY", BAD_CHARACTER, character=bad)
        if not name:
            raise _Wrong("SUMMARY", SUMMARY_NEEDED)
        if len(name) > _LONGEST_NAME:
            raise _Wrong("SUMMARY", VALUE_TOO_LONG, value=shown(name), most=_LONGEST_NAME)
        return name

    def _value(self, name: str) -> Any:
        given = self._event.get(name)
        if isinstance(given, list):
            raise _Wrong(name, GIVEN_TWICE, name=name)
        moment = _moment(given)
        if given is not None and moment is None:
            raise _Wrong(name, NOT_A_DURATION if name == "DURATION" else NOT_A_DATE, value=shown(str(given)))
        return moment

    def _first(self) -> date:
        moment = self._value("DTSTART")
        if not isinstance(moment, date):
            raise _Wrong("DTSTART", START_NEEDED)
        if isinstance(moment, datetime) and moment.time() != time():
            raise _Wrong("DTSTART", NOT_WHOLE_DAYS)
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
            raise _Wrong("DTEND", NOT_WHOLE_DAYS)
        last = _day(after)
        # Programs that write the same date twice mean one whole day.
        last = first if last == first else last - timedelta(days=1)
        if last < first:
            raise _Wrong("DTEND", EVENT_ENDS_EARLY)
        return self._bounded("DTEND", last) - first

    @staticmethod
    def _bounded(name: str, day: date) -> date:
        if not in_bounds(day):
            raise _Wrong(name, DATE_OUT_OF_RANGE, value=day.isoformat(), least=EARLIEST, most=LATEST)
        return day

    def _repeats(self) -> bool:
        return any(name in self._event for name in ("RRULE", "RDATE", "EXDATE", "EXRULE"))

    def _dates(self, first: date, start: date, end: date) -> list[date]:
        """The dates between the two on which a repeated event starts, in order."""
        found = {*self._by_rule(first, start, end), *self._listed("RDATE")}
        uid = str(self._event.get("UID", ""))
        without = self._listed("EXDATE")
        if "RECURRENCE-ID" not in self._event:
            without |= {each[1] for each in self._moved if each is not None and each[0] == uid}
        return sorted(day for day in found - without if start <= day <= end)

    def _by_rule(self, first: date, start: date, end: date) -> Iterator[date]:
        yield first
        rule = self._event.get("RRULE")
        if "EXRULE" in self._event or isinstance(rule, list):
            raise _Wrong("RRULE", SEVERAL_RULES)
        if rule is None:
            return
        if isinstance(rule, str):  # one that the library could not read, and keeps as a text
            raise _Wrong("RRULE", NOT_A_RULE, value=shown(str(rule)))
        parts = {str(key).upper() for key in rule}
        frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
        if frequency not in _RULES or not parts <= _PARTS:
            raise _Wrong("RRULE", REPEATED_EVENT, value=shown(str(rule.to_ical(), "utf-8", "replace")))
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
                raise _Wrong("RRULE", NEVER_COMES)
            begin = _forward(first, start, frequency, rule)
            moments = iter(rrulestr(text, dtstart=datetime.combine(begin, time())))
            for number, moment in enumerate(moments):
                if moment.date() > last:
                    return
                if number > _MOST_DATES:
                    raise _Wrong("RRULE", TOO_MANY_DATES)
                yield moment.date()
        except (ValueError, OverflowError):
            raise _Wrong("RRULE", NOT_A_RULE, value=shown(text)) from None

    def _listed(self, name: str) -> set[date]:
        try:
            moments = [each for each, _ in self._event.rdates] if name == "RDATE" else self._event.exdates
            return {_day(each) for each in moments}
        except (AttributeError, TypeError, ValueError):  # what the library could not read has no dates
            raise _Wrong(name, NO_DATE_IN, name=name) from None
