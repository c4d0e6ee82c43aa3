"""Dates that people give: one form, one bound, and the database holds the same bound."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.dates import EARLIEST, LATEST, OutOfBounds, in_bounds, read_date, read_moment


@given(st.dates())
def test_a_date_is_read_where_it_lies_within_the_bounds(day: date) -> None:
    assert in_bounds(day) is (EARLIEST <= day <= LATEST)
    if EARLIEST <= day <= LATEST:
        assert day == read_date(day.isoformat())
    else:
        with pytest.raises(OutOfBounds, match="1800-01-01 to 2200-12-31"):
            read_date(day.isoformat())


@pytest.mark.parametrize(
    "text", ["", "20260905", "2026-W36-6", "2026-9-5", "2026-09-05 ", "2026-02-30", "２０２６-09-05", "-026-09-05"]
)
def test_other_forms_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month|isoformat"):
        read_date(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2201-01-01T00:00:00+07:00"])
def test_moments_have_the_same_bound(text: str) -> None:
    with pytest.raises(OutOfBounds):
        read_moment(text)
    assert 2026 == read_moment("2026-09-05T07:30:00+07:00").year
