"""A school year was a mistake: its calendar is removed with it."""

from __future__ import annotations

from uuid import UUID

from homeroom.context import Context
from homeroom_calendar.tables import CalendarDay, CalendarEntry, SchoolCalendar


async def school_year_removing(context: Context, school_year: UUID) -> None:
    """Remove the calendar of the year with its entries and days."""
    for table in (CalendarDay, CalendarEntry, SchoolCalendar):
        found = await context.fetch(f"SELECT id FROM {table._meta.tablename} WHERE school_year_id = $1", school_year)
        await context.rows(table).delete_many([each["id"] for each in found])
