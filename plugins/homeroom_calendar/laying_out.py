"""Keeping the days of a school year as its calendar makes them."""

from __future__ import annotations

from uuid import UUID

from homeroom.context import Context
from homeroom_calendar.days import CalendarPlan, DatedEntry, EntryKind, Weekday, days_of_year
from homeroom_calendar.tables import CalendarDay, CycleRestart


async def lay_out_days(context: Context, school_year: UUID) -> None:
    """Lay out the days of a school year again; only those that differ are written.

    A year without a calendar has no days.

    Args:
        context: The command's; the year's row is locked, so that two offices lay out one after the other.
    """
    plan = await context.fetchrow(
        "SELECT y.starts_on, y.ends_on, c.weekdays, c.cycle_length, c.cycle_restarts"
        " FROM school_year y JOIN school_calendar c ON c.school_year_id = y.id WHERE y.id = $1 FOR UPDATE OF y",
        school_year,
    )
    if plan is None:
        return
    terms = await context.fetch("SELECT starts_on FROM term WHERE school_year_id = $1", school_year)
    entries = await context.fetch(
        "SELECT kind, starts_on, ends_on, name, runs_as, cycle_day FROM calendar_entry WHERE school_year_id = $1",
        school_year,
    )
    days = days_of_year(
        CalendarPlan(
            plan["starts_on"],
            plan["ends_on"],
            {Weekday(each) for each in plan["weekdays"]},
            plan["cycle_length"],
            [each["starts_on"] for each in terms] if plan["cycle_restarts"] == CycleRestart.TERM else (),
        ),
        [
            DatedEntry(
                EntryKind(each["kind"]),
                each["starts_on"],
                each["ends_on"],
                each["name"],
                Weekday(each["runs_as"]) if each["runs_as"] else None,
                each["cycle_day"],
            )
            for each in entries
        ],
    )
    present = {
        each["date"]: each["id"]
        for each in await context.fetch("SELECT id, date FROM calendar_day WHERE school_year_id = $1", school_year)
    }
    table = context.rows(CalendarDay)
    rows = [
        {
            "id": present.pop(day.date, None),
            "school_year_id": school_year,
            "date": day.date,
            "kind": day.kind.value,
            "runs_as": day.runs_as.value if day.runs_as else None,
            "cycle_day": day.cycle_day,
            "name": day.name,
        }
        for day in days
    ]
    await table.delete_many(present.values())
    await table.save(rows)
