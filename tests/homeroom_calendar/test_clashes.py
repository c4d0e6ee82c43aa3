"""Which lessons overlap, compared with looking at every pair."""

from __future__ import annotations

import itertools
from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from homeroom_calendar.clashes import Taken, overlaps

_DAYS = st.sampled_from([date(2025, 10, 13), date(2025, 10, 14)])
_TIMES = st.tuples(st.integers(0, 12), st.integers(1, 4)).map(
    lambda each: (f"{8 + each[0] // 4:02}:{each[0] % 4 * 15:02}", f"{8 + sum(each) // 4:02}:{sum(each) % 4 * 15:02}")
)


@st.composite
def lessons(draw: st.DrawFn) -> list[Taken]:
    """A few lessons of two rooms on two days."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        starts_at, ends_at = draw(_TIMES)
        what = draw(st.sampled_from(["101", "102"]))
        found.append(Taken(what, draw(_DAYS), starts_at, ends_at, UUID(int=number)))
    return found


@given(lessons())
def test_overlaps_are_those_that_one_finds_by_looking_at_every_pair(taken: list[Taken]) -> None:
    expected = {
        frozenset((one.lesson, other.lesson))
        for one, other in itertools.combinations(taken, 2)
        if (one.what, one.date) == (other.what, other.date)
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    }
    found = [frozenset((one.lesson, other.lesson)) for one, other in overlaps(taken)]
    assert expected == set(found)
    assert len(found) == len(set(found))


def test_one_lesson_may_follow_another_at_once() -> None:
    first = Taken("101", date(2025, 10, 13), "08:00", "08:45", UUID(int=1))
    second = Taken("101", date(2025, 10, 13), "08:45", "09:30", UUID(int=2))
    assert [] == list(overlaps([second, first]))
