"""Deadlines in school days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["after_school_days"]

_FRIDAY: Final = 4


async def after_school_days(context: Context, start: date, days: int) -> date:
    """The last of some school days after a day: by the school's calendar, or else Monday to Friday.

    Args:
        context: A command's or a job's.
        start: The day after which they count.
        days: How many; with 0 it is the day itself.
    """
    if not days:
        return start
    count = context.host.hooks.first("school_day_count", only=context.variant.plugins)
    if count is not None:
        found: date = await count(context, start, days)
        return found
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() <= _FRIDAY
    return day
