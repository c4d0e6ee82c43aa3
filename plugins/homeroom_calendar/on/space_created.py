"""The calendar of a new school, as its region's preset proposes it.

A region plugin gives these options under the plugin name ``calendar`` (all are optional), for the current school year::

    {"weekdays": ["monday", ...], "cycle_length": 6, "cycle_restarts": "term"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeroom.context import Context
from homeroom.errors import ConfigurationError
from homeroom_calendar.days import Weekday
from homeroom_calendar.laying_out import lay_out_days
from homeroom_calendar.tables import CycleRestart, SchoolCalendar


async def space_created(context: Context, options: Mapping[str, Any]) -> None:
    """Make the calendar of the current school year, if the preset has one and there is none yet.

    Args:
        options: As the module says. Raises ConfigurationError where they name no weekday.
    """
    year = await context.fetchval(
        "SELECT y.id FROM school_year y WHERE y.status = 'current'"
        " AND NOT EXISTS (SELECT FROM school_calendar c WHERE c.school_year_id = y.id)"
    )
    if year is None or "weekdays" not in options:
        return
    try:
        weekdays = [Weekday(each).value for each in options["weekdays"]]
        restarts = CycleRestart(options.get("cycle_restarts", CycleRestart.YEAR)).value
    except ValueError as error:
        raise ConfigurationError(f"the preset's calendar: {error}") from None
    await context.rows(SchoolCalendar).insert(
        [
            {
                "school_year_id": year,
                "weekdays": weekdays,
                "cycle_length": options.get("cycle_length"),
                "cycle_restarts": restarts,
            }
        ]
    )
    await lay_out_days(context, year)
