"""Deadlines in days of the school's calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from homeroom.context import Context

_DAYS: Final = """
SELECT date FROM calendar_day WHERE kind IN ('school', 'special') AND date > $1 ORDER BY date LIMIT $2
"""
_FRIDAY: Final = 4


async def last_school_day(context: Context, start: date, days: int) -> date:
    """The last of some school days after a day. Beyond the days that are laid out, Monday to Friday count.

    Args:
        start: The day after which they count.
        days: How many, at least one.
    """
    found = [row["date"] for row in await context.fetch(_DAYS, start, days)]
    day = found[-1] if found else start
    left = days - len(found)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() <= _FRIDAY
    return day


COUNT: Final = last_school_day
