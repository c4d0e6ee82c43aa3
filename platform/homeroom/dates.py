"""Dates that people give: one form and one bound for all inputs.

GraphQL, files, custom fields, jobs and the command line read dates here. The first and the last date that Python
knows are never stored: PostgreSQL's driver turns them into infinities, which no list can show.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

__all__ = ["EARLIEST", "LATEST", "OutOfBounds", "bounded", "in_bounds", "read_date", "read_moment"]

#: No date of a school lies before this one: founding years and the birth dates of its oldest records lie within.
EARLIEST: Final = date(1800, 1, 1)
#: No school plans beyond this date. Programs that write 9999-12-31 mean that something has no end.
LATEST: Final = date(2200, 12, 31)
_EARLIEST_YEAR: Final = EARLIEST.year
_LATEST_YEAR: Final = LATEST.year


class OutOfBounds(ValueError):  # noqa: N818 - it is an answer, not an accident
    """A date is a date, but lies outside :data:`EARLIEST` to :data:`LATEST`; the message names both."""

    def __init__(self) -> None:
        super().__init__(f"expected a date from {EARLIEST} to {LATEST}")


def in_bounds(day: date) -> bool:
    """Whether a date, or a moment, lies within the bounds."""
    return _EARLIEST_YEAR <= day.year <= _LATEST_YEAR


def bounded(day: date) -> date:
    """The same date. Raises :class:`OutOfBounds`."""
    if _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
        return day
    raise OutOfBounds


def read_date(text: str) -> date:
    """A date written as ``2026-09-05`` (RFC 3339, full-date), in no other form of ISO 8601.

    Raises:
        OutOfBounds: The date lies outside the bounds.
        ValueError: The text is no such date.

    Example:
        day = read_date("2026-10-12")
    """
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        raise ValueError("expected a date like 2026-09-05")
    return bounded(date.fromisoformat(text))


def read_moment(text: str) -> datetime:
    """A moment with its offset, such as ``2026-09-05T07:30:00Z``.

    Raises:
        OutOfBounds: Its date lies outside the bounds.
        ValueError: The text is no moment, or its offset is missing.
    """
    made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        raise ValueError("expected a time with its offset, such as 2026-09-05T07:30:00Z")
    if _EARLIEST_YEAR <= made.year <= _LATEST_YEAR:
        return made
    raise OutOfBounds
