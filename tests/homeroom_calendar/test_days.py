"""What each date of a year is: worked examples, and what holds whatever a calendar says."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from homeroom_calendar.days import (
    CalendarPlan,
    DatedEntry,
    Day,
    DayKind,
    EntryKind,
    Weekday,
    days_of_year,
    schedule_rank,
)

WEEK = tuple(Weekday)[:5]
FIRST = date(2025, 9, 1)  # a Monday


def year(days: int, cycle: int | None = None, starts: tuple[date, ...] = ()) -> CalendarPlan:
    return CalendarPlan(FIRST, FIRST + timedelta(days=days - 1), WEEK, cycle, starts)


def on(day: int) -> date:
    return date(2025, 9, day)


def at(days: list[Day], day: int) -> Day:
    return next(each for each in days if each.date == on(day))


def test_a_week_without_entries() -> None:
    days = days_of_year(year(7), [])
    assert [DayKind.SCHOOL] * 5 + [DayKind.WEEKEND] * 2 == [each.kind for each in days]
    assert list(WEEK) == [each.runs_as for each in days[:5]]
    assert {None} == {each.cycle_day for each in days}


def test_cycle_days_skip_weekends_holidays_and_special_days() -> None:
    entries = [
        DatedEntry(EntryKind.HOLIDAY, on(3), on(3), "中秋節翌日"),
        DatedEntry(EntryKind.SPECIAL, on(9), on(9), "陸運會"),
    ]
    days = days_of_year(year(14, 6), entries)
    #       Mon Tue Wed   Thu Fri Sat   Sun   Mon Tue   Wed Thu Fri Sat   Sun
    expected = [1, 2, None, 3, 4, None, None, 5, None, 6, 1, 2, None, None]
    assert expected == [each.cycle_day for each in days]
    assert Day(on(9), DayKind.SPECIAL, name="陸運會") == at(days, 9)


def test_a_saturday_runs_as_a_wednesday() -> None:
    entries = [DatedEntry(EntryKind.MAKE_UP, on(6), on(6), "调休", Weekday.WEDNESDAY)]
    assert Day(on(6), DayKind.SCHOOL, Weekday.WEDNESDAY, None, "调休") == at(days_of_year(year(7), entries), 6)


def test_a_make_up_day_within_a_holiday_is_a_school_day() -> None:
    entries = [
        DatedEntry(EntryKind.MAKE_UP, on(3), on(3), "học bù"),
        DatedEntry(EntryKind.HOLIDAY, on(1), on(5), "nghỉ"),
    ]
    days = days_of_year(year(7), entries)
    assert (DayKind.SCHOOL, Weekday.WEDNESDAY) == (at(days, 3).kind, at(days, 3).runs_as)
    assert DayKind.HOLIDAY is at(days, 4).kind


def test_a_make_up_day_may_hold_a_cycle_day_and_the_cycle_continues() -> None:
    entries = [DatedEntry(EntryKind.MAKE_UP, on(6), on(6), "補課", cycle_day=2)]
    days = days_of_year(year(8, 6), entries)
    assert [1, 2, 3, 4, 5, 2, None, 6] == [each.cycle_day for each in days]


def test_a_cycle_begins_again_with_the_term() -> None:
    days = days_of_year(year(10, 6, (on(6),)), [])
    assert [1, 2, 3, 4, 5, None, None, 1, 2, 3] == [each.cycle_day for each in days]


def test_the_rule_that_names_more_wins() -> None:
    day = (Weekday.MONDAY, 3, "P6")
    ranks = [
        schedule_rank(rule, *day)
        for rule in ((None, None, None), (Weekday.MONDAY, None, None), (None, 3, None), (None, None, "P6"))
    ]
    assert sorted(each for each in ranks if each is not None) == ranks
    assert schedule_rank((Weekday.TUESDAY, None, "P6"), *day) is None


offsets = st.integers(0, 60)
entries_of_any_kind = st.lists(
    st.builds(
        lambda kind, first, length: DatedEntry(
            kind, FIRST + timedelta(days=first - 5), FIRST + timedelta(days=first - 5 + length), "x"
        ),
        st.sampled_from(EntryKind),
        offsets,
        st.integers(0, 9),
    ),
    max_size=8,
)


@given(entries=entries_of_any_kind, days=st.integers(1, 60), cycle=st.integers(2, 10))
def test_every_date_once_and_the_cycle_never_skips(entries: list[DatedEntry], days: int, cycle: int) -> None:
    made = days_of_year(year(days, cycle), entries)
    assert [FIRST + timedelta(days=number) for number in range(days)] == [each.date for each in made]
    held = [each.cycle_day for each in made if each.kind is DayKind.SCHOOL]
    assert [number % cycle + 1 for number in range(len(held))] == held
    for each in made:
        assert (each.kind is DayKind.SCHOOL) == (each.runs_as is not None) == (each.cycle_day is not None)


@given(entries=entries_of_any_kind, days=st.integers(1, 60))
def test_a_further_holiday_never_makes_a_school_day(entries: list[DatedEntry], days: int) -> None:
    further = DatedEntry(EntryKind.HOLIDAY, FIRST, FIRST + timedelta(days=20), "further")
    before = {each.date for each in days_of_year(year(days), entries) if each.kind is DayKind.SCHOOL}
    after = {each.date for each in days_of_year(year(days), [*entries, further]) if each.kind is DayKind.SCHOOL}
    assert after <= before
