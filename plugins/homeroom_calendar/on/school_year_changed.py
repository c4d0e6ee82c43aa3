"""The days or terms of a school year have changed: its calendar follows."""

from __future__ import annotations

from uuid import UUID

from homeroom.context import Context
from homeroom_calendar.laying_out import lay_out_days


async def school_year_changed(context: Context, school_year: UUID) -> None:
    """Lay out the days of the year again."""
    await lay_out_days(context, school_year)
