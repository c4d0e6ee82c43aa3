"""What each date of a school year is: a school day and which, a weekend, a holiday, a special day.

Where several entries speak of one date, the narrower statement wins: a make-up day (调休, học bù) before a special day,
a special day before a holiday, a holiday before the weekday. Cycle days (循環週, Day 1 to Day 6) count the days on
which lessons are held; holidays, weekends and special days take none, so the cycle continues after them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class Weekday(StrEnum):
    """A day of the week; ISO 8601 counts Monday as 1."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: date) -> Weekday:
        """The weekday of a date."""
        return _WEEK[day.weekday()]


_WEEK: Final = tuple(Weekday)


class EntryKind(StrEnum):
    """What an entry of the calendar says about its dates."""

    HOLIDAY = "holiday"
    #: The school is open without its usual lessons: a sports day, examinations.
    SPECIAL = "special"
    #: Lessons are held, on a weekend or within a holiday too, as on another weekday.
    MAKE_UP = "make_up"


class DayKind(StrEnum):
    """What a date is."""

    SCHOOL = "school"
    SPECIAL = "special"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """Something that the calendar says about dates.

    Args:
        kind: What it says.
        starts_on: The first date.
        ends_on: The last date.
        name: What people call it.
        runs_as: Make-up days: the weekday whose lessons are held; the date's own where none is given.
        cycle_day: Make-up days: the cycle day that is held; the cycle itself continues as if the date were not there.
    """

    kind: EntryKind
    starts_on: date
    ends_on: date
    name: str = ""
    runs_as: Weekday | None = None
    cycle_day: int | None = None


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    """How a school year runs where no entry says otherwise.

    Args:
        starts_on: The first date of the year.
        ends_on: The last date.
        weekdays: On which lessons are held.
        cycle_length: Days of a cycle, or none where lessons go by weekdays.
        cycle_starts: The dates on or after which the next school day is Day 1; the year's first always is one.
    """

    starts_on: date
    ends_on: date
    weekdays: Collection[Weekday]
    cycle_length: int | None = None
    cycle_starts: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """What one date is.

    Args:
        date: The date.
        kind: What it is.
        runs_as: School days: the weekday whose lessons are held.
        cycle_day: School days of a school with cycles: from 1.
        name: The entry that says so, or nothing.
    """

    date: date
    kind: DayKind
    runs_as: Weekday | None = None
    cycle_day: int | None = None
    name: str = ""


_FIRST: Final = (EntryKind.MAKE_UP, EntryKind.SPECIAL, EntryKind.HOLIDAY)


def days_of_year(plan: CalendarPlan, entries: Iterable[DatedEntry]) -> list[Day]:
    """Every date of a school year, in order.

    Args:
        entries: What is otherwise; those of one kind do not overlap, and dates outside the year are passed over.
    """
    said: dict[date, DatedEntry] = {}
    for entry in sorted(entries, key=lambda each: _FIRST.index(each.kind), reverse=True):
        for each in _dates(max(entry.starts_on, plan.starts_on), min(entry.ends_on, plan.ends_on)):
            said[each] = entry
    made: list[Day] = []
    following = 1
    starts = sorted(plan.cycle_starts)
    for each in _dates(plan.starts_on, plan.ends_on):
        while starts and starts[0] <= each:
            starts.pop(0)
            following = 1
        day = _day(plan, each, said.get(each), following)
        if day.cycle_day is not None and not (each in said and said[each].cycle_day is not None):
            following = following % (plan.cycle_length or 1) + 1
        made.append(day)
    return made


def _day(plan: CalendarPlan, each: date, entry: DatedEntry | None, following: int) -> Day:
    weekday = Weekday.of(each)
    cycle_day = following if plan.cycle_length else None
    if entry is None:
        if weekday not in plan.weekdays:
            return Day(each, DayKind.WEEKEND)
        return Day(each, DayKind.SCHOOL, weekday, cycle_day)
    if entry.kind is EntryKind.MAKE_UP:
        held = (entry.cycle_day or cycle_day) if plan.cycle_length else None
        return Day(each, DayKind.SCHOOL, entry.runs_as or weekday, held, entry.name)
    return Day(each, DayKind.SPECIAL if entry.kind is EntryKind.SPECIAL else DayKind.HOLIDAY, name=entry.name)


def _dates(first: date, last: date) -> Iterable[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def schedule_rank(
    rule: tuple[Weekday | None, int | None, object | None],
    runs_as: Weekday | None,
    cycle_day: int | None,
    grade_level: object | None,
) -> int | None:
    """How well a rule for bell schedules fits a day and a grade level: the highest wins, none does not fit.

    A rule that names a grade level beats one that names a day; a cycle day beats a weekday.

    Args:
        rule: The weekday, cycle day and grade level that it names; none stands for any.
        runs_as: The weekday whose lessons are held, which need not be that of the date.
        grade_level: Of the class.
    """
    rank = 0
    for weight, (named, actual) in zip(
        (1, 2, 4), zip(rule, (runs_as, cycle_day, grade_level), strict=True), strict=True
    ):
        if named is not None:
            if named != actual:
                return None
            rank += weight
    return rank
