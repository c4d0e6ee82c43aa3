"""The calendar of a school year: weekdays and cycles, holidays, special and make-up days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports import FileFormat, Sheet, imports
from homeroom.nouns import Draft, Noun, row_type
from homeroom.refusals import OUT_OF_RANGE
from homeroom_calendar.days import EntryKind, Weekday
from homeroom_calendar.holidays import is_icalendar, read_events
from homeroom_calendar.laying_out import lay_out_days
from homeroom_calendar.refusals import ENTRY_OVERLAPS, MAKE_UP_ONLY, NO_CYCLE_DAY, WEEKDAY_NEEDED
from homeroom_calendar.tables import CalendarEntry, CycleRestart, SchoolCalendar
from homeroom_school.refusals import OUTSIDE_YEAR


@command("calendar.year.plan", returns="SchoolCalendar")
async def plan_calendar(
    context: Context,
    *,
    school_year: Annotated[UUID, Ref("SchoolYear")],
    weekdays: list[Weekday],
    cycle_length: int | None = None,
    cycle_restarts: CycleRestart = CycleRestart.YEAR,
) -> UUID:
    """Set on which weekdays a school year has lessons, and whether they go by cycle days; its days are laid out again.

    Without a cycle length lessons go by weekdays.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    if not weekdays:
        raise Refusal(WEEKDAY_NEEDED, "weekdays")
    if cycle_length is not None and not 2 <= cycle_length <= 20:
        raise Refusal(OUT_OF_RANGE, "cycleLength", least=2, most=20)
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    calendar = {
        "id": await context.fetchval("SELECT id FROM school_calendar WHERE school_year_id = $1", school_year),
        "school_year_id": school_year,
        "weekdays": [each.value for each in Weekday if each in weekdays],
        "cycle_length": cycle_length,
        "cycle_restarts": cycle_restarts.value,
    }
    (made,) = await context.rows(SchoolCalendar).save([calendar])
    await lay_out_days(context, school_year)
    return made


async def fit_their_year(context: Context, entries: Draft) -> None:
    """Refuse entries outside their school year, with days of a cycle that it has not, or over others of their kind."""
    found = await context.fetch(
        "SELECT y.id, y.starts_on, y.ends_on, coalesce(c.cycle_length, 0) AS cycle_length FROM school_year y"
        " LEFT JOIN school_calendar c ON c.school_year_id = y.id WHERE y.id = ANY($1::uuid[]) FOR UPDATE OF y",
        entries["school_year_id"],
    )
    years = {each["id"]: each for each in found}
    taken = await context.fetch("SELECT * FROM calendar_entry WHERE school_year_id = ANY($1::uuid[])", list(years))
    for place, entry in entries.rows():
        year = years.get(entry["school_year_id"])
        if year is None:
            continue
        if entry["starts_on"] < year["starts_on"] or entry["ends_on"] > year["ends_on"]:
            entries.problem(place, OUTSIDE_YEAR, "starts_on")
            continue
        said = [entries.values[place].get(each) for each in ("kind", "runs_as", "cycle_day")]
        if entry["kind"] != EntryKind.MAKE_UP and (entry["runs_as"] or entry["cycle_day"]) and any(said):
            entries.problem(place, MAKE_UP_ONLY, "runs_as")
        if (entries.values[place].get("cycle_day") or 0) > year["cycle_length"]:
            entries.problem(place, NO_CYCLE_DAY, "cycle_day")
        for other in taken:
            if (
                other["kind"] == entry["kind"]
                and other["starts_on"] <= entry["ends_on"]
                and entry["starts_on"] <= other["ends_on"]
                and (other.get("id") is None or other["id"] != entry.get("id"))
            ):
                entries.problem(place, ENTRY_OVERLAPS, "starts_on", name=other["name"])
                break
        else:
            # So there are at most as many to compare with as the year has days, however many rows are sent.
            taken.append(entry)


async def lay_out_years(context: Context, entries: Sequence[Mapping[str, Any]]) -> None:
    """Lay out the days of the school years of entries."""
    for year in dict.fromkeys(each["school_year_id"] for each in entries):
        await lay_out_days(context, year)


async def lay_out(context: Context, entries: Sequence[UUID]) -> None:
    """Lay out the days of the school years of entries that were written."""
    ids = list(entries)
    await lay_out_years(
        context, await context.fetch("SELECT school_year_id FROM calendar_entry WHERE id = ANY($1::uuid[])", ids)
    )


ENTRY = Noun(
    CalendarEntry, "calendar.entry",
    check=fit_their_year, written=lay_out, removed=lay_out_years, plural="calendar_entries",
)  # fmt: skip

add_calendar_entries = ENTRY.create_many(
    "Add holidays, special days and make-up days to a school year. All are added or none.",
    common=("school_year",), verb="add",
)  # fmt: skip
change_calendar_entry = ENTRY.change("Change an entry of the calendar.", fixed=("school_year",))
CalendarEntryRow = row_type(add_calendar_entries)
remove_calendar_entries = ENTRY.remove(
    "Remove entries from the calendar; their dates are again what the week makes them.", many=True
)


async def cut_to_year(context: Context, sheet: Sheet) -> None:
    """Leave out the entries of a file that lie outside the school year, and cut those that reach beyond it."""
    found = await context.fetch("SELECT id, starts_on, ends_on FROM school_year")
    years = {each["id"]: each for each in found}
    kept = []
    for row in sheet.rows:
        first, year = row.values.get("starts_on"), years.get(row.values.get("school_year"))
        if first is not None and year is not None:
            last = row.values.get("ends_on") or first
            if last < year["starts_on"] or first > year["ends_on"]:
                sheet.left_out["entries outside the school year"] += 1
                continue
            if first < year["starts_on"] or last > year["ends_on"]:
                row.values |= {"starts_on": max(first, year["starts_on"]), "ends_on": min(last, year["ends_on"])}
        kept.append(row)
    sheet.rows = kept


import_calendar_entries = imports(
    add_calendar_entries,
    change=change_calendar_entry,
    key=("name", "starts_on"),
    most_rows=5_000,
    formats=[FileFormat("icalendar", is_icalendar, read_events)],
    prepare=cut_to_year,
    about=(
        "Import holidays, special days and make-up days of a school year from a file: all of it or nothing. Entries"
        " outside the school year are left out. A file may also be an iCalendar (RFC 5545), whose events of whole days"
        " become holidays: cancelled ones are left out, repeated ones are followed through the school year, and of"
        " several names that in the school's language is taken."
    ),
)
