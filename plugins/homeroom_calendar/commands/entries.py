"""The calendar of a school year: weekdays and cycles, holidays, special and make-up days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.imports.report import Report
from homeroom.imports.runs import record_run
from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import FileRefused
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.days import EntryKind, Weekday
from homeroom_calendar.holidays import HolidayFormat, read_holidays
from homeroom_calendar.laying_out import lay_out_days
from homeroom_calendar.refusals import ENTRY_OVERLAPS, MAKE_UP_ONLY, NO_CYCLE_DAY, WEEKDAY_NEEDED
from homeroom_calendar.tables import CalendarEntry, CycleRestart, SchoolCalendar
from homeroom_school.commands.checks import in_range, required_text
from homeroom_school.refusals import OUTSIDE_YEAR

__all__ = [
    "CalendarEntryRow",
    "add_calendar_entries",
    "change_calendar_entry",
    "import_calendar",
    "plan_calendar",
    "remove_calendar_entries",
]

_IMPORT: Final = "calendar.entry.import"


@command("calendar.year.plan", returns="SchoolCalendar")
async def plan_calendar(
    context: Context,
    *,
    school_year: Annotated[UUID, Ref("SchoolYear")],
    weekdays: list[Weekday],
    cycle_length: int | None = None,
    cycle_restarts: CycleRestart = CycleRestart.YEAR,
) -> UUID:
    """Say on which weekdays a school year has lessons, and whether they go by cycle days; its days are laid out anew.

    Without a cycle length lessons go by weekdays.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    if not weekdays:
        raise Refusal(WEEKDAY_NEEDED, "weekdays")
    in_range(cycle_length, 2, 20, "cycleLength")
    values = {
        "weekdays": [each.value for each in Weekday if each in weekdays],
        "cycle_length": cycle_length,
        "cycle_restarts": cycle_restarts.value,
    }
    table = context.rows(SchoolCalendar)
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    row = await context.fetchrow("SELECT id FROM school_calendar WHERE school_year_id = $1", school_year)
    if row is None:
        (made,) = await table.insert([{"school_year_id": school_year, **values}])
    else:
        made = row["id"]
        await table.update(made, values)
    await lay_out_days(context, school_year)
    return made


@dataclass(frozen=True, slots=True)
class CalendarEntryRow:
    """A holiday, a special day or a make-up day; without a last date it is one date.

    Args:
        name: As people write it.
        kind: What kind of day.
        starts_on: The first day.
        ends_on: The last day; the first unless told.
        cycle_day: Which day of the cycle these days are.
    """

    name: str
    starts_on: date
    ends_on: date | None = None
    kind: EntryKind = EntryKind.HOLIDAY
    runs_as: Weekday | None = None
    cycle_day: int | None = None


@command("calendar.entry.add", returns="CalendarEntry", many=True)
async def add_calendar_entries(
    context: Context, *, school_year: Annotated[UUID, Ref("SchoolYear")], rows: list[CalendarEntryRow]
) -> list[UUID]:
    """Add holidays, special days and make-up days to a school year. All are added or none."""
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    return await _add(context, school_year, rows)


@command("calendar.entry.change", returns="CalendarEntry")
async def change_calendar_entry(
    context: Context,
    *,
    entry: Annotated[UUID, Ref("CalendarEntry")],
    row: CalendarEntryRow,
    expected_version: int | None = None,
) -> UUID:
    """Change an entry of the calendar; the row says all of it."""
    await context.permit("CalendarEntry", [entry], field="entry")
    year = await context.fetchval("SELECT school_year_id FROM calendar_entry WHERE id = $1", entry)
    problems = await _problems(context, year, [row], apart_from=entry)
    if problems:
        raise Refusal.of([p.at((p.field or "").replace("rows.", "row."), p.row) for p in problems])
    await context.rows(CalendarEntry).update(entry, _values(row, 0), expected_version=expected_version, field="entry")
    await lay_out_days(context, year)
    return entry


@command("calendar.entry.remove")
async def remove_calendar_entries(context: Context, *, entries: list[Annotated[UUID, Ref("CalendarEntry")]]) -> None:
    """Take entries out of the calendar; their dates are again what the week makes them."""
    await context.permit("CalendarEntry", entries, field="entries", rows=True)
    years = await context.fetch(
        "SELECT DISTINCT school_year_id FROM calendar_entry WHERE id = ANY($1::uuid[])", entries
    )
    for each in dict.fromkeys(entries):
        await context.rows(CalendarEntry).delete(each, field="entries")
    for year in years:
        await lay_out_days(context, year["school_year_id"])


@command(_IMPORT, returns="ImportRun")
async def import_calendar(
    context: Context,
    *,
    school_year: Annotated[UUID, Ref("SchoolYear")],
    format: HolidayFormat,
    content: str,
    date_order: DateOrder | None = None,
) -> UUID:
    """Add the entries of a file that lie in the school year; what stands there already under its name is passed over.

    CSV has a line of headings: `name` and `starts_on`, and if wanted `ends_on`, `kind`, `runs_as` and `cycle_day`.
    iCalendar gives holidays of its events of whole days (RFC 5545): cancelled ones are left out, repeated ones are
    followed through the school year, and of several names that in the school's language is taken. Every bad line is
    named by line and column. The run names what was added, counts what was left out, and can be undone.

    Args:
        content: The text of the file.
        format: Which format it is.
        date_order: What comes first in a date of a CSV whose year comes last, such as 03/04/2026.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    year = await context.fetchrow("SELECT starts_on, ends_on FROM school_year WHERE id = $1", school_year)
    assert year is not None
    try:
        holidays = await read_holidays(
            context,
            content,
            format,
            starts_on=year["starts_on"],
            ends_on=year["ends_on"],
            language=context.space.locale,
            date_order=date_order,
        )
    except FileRefused as fault:
        raise fault.refusal("content") from None
    known = {
        (each["kind"], each["name"], each["starts_on"], each["ends_on"])
        for each in await context.fetch(
            "SELECT kind, name, starts_on, ends_on FROM calendar_entry WHERE school_year_id = $1", school_year
        )
    }
    report = Report()
    report["left_out"].update(holidays.left_out)
    rows, numbers = [], []
    for found in holidays.lines:
        each = found.entry
        first, last = max(each.starts_on, year["starts_on"]), min(each.ends_on, year["ends_on"])
        if first > last:
            report["left_out"]["entries outside the school year"] += 1
        elif (each.kind, each.name, first, last) in known:
            report["unchanged"]["calendar_entry"] += 1
        else:
            rows.append(CalendarEntryRow(each.name, first, last, each.kind, each.runs_as, each.cycle_day))
            numbers.append(found.line)
    length = context.trail.length
    for made, row in zip(await _add(context, school_year, rows, numbers), rows, strict=True):
        report.add("created", "calendar_entry", f"{row.starts_on} {row.name}", made)
    return await record_run(
        context,
        command=_IMPORT,
        format=f"calendar-{format.value}",
        system="calendar",
        report=report.as_json(),
        names=report.named,
        since=length,
    )


async def _add(
    context: Context, school_year: UUID, rows: list[CalendarEntryRow], numbers: list[int] | None = None
) -> list[UUID]:
    """Add entries; ``numbers`` are their rows in the file that they come from."""
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    problems = await _problems(context, school_year, rows)
    if problems:
        listed = [
            each.at("content", numbers[each.row]) if numbers and each.row is not None else each for each in problems
        ]
        raise Refusal.of(listed)
    values = [{"school_year_id": school_year, **_values(row, number)} for number, row in enumerate(rows)]
    if not values:
        return []
    made = await context.rows(CalendarEntry).insert(values)
    await lay_out_days(context, school_year)
    return made


def _values(row: CalendarEntryRow, number: int) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "name": required_text(row.name, 120, "rows.name", number),
        "starts_on": row.starts_on,
        "ends_on": row.ends_on or row.starts_on,
        "runs_as": row.runs_as.value if row.runs_as else None,
        "cycle_day": row.cycle_day,
    }


async def _problems(
    context: Context, school_year: UUID, rows: list[CalendarEntryRow], *, apart_from: UUID | None = None
) -> list[Problem]:
    """All that is wrong with new entries: in themselves, with each other, and with what stands."""
    year = await context.fetchrow(
        "SELECT y.starts_on, y.ends_on, c.cycle_length FROM school_year y"
        " LEFT JOIN school_calendar c ON c.school_year_id = y.id WHERE y.id = $1",
        school_year,
    )
    assert year is not None
    standing = await context.fetch(
        "SELECT kind, starts_on, ends_on, name FROM calendar_entry"
        " WHERE school_year_id = $1 AND id IS DISTINCT FROM $2",
        school_year,
        apart_from,
    )
    taken = [(each["kind"], each["starts_on"], each["ends_on"], each["name"]) for each in standing]
    problems = []
    for number, row in enumerate(rows):
        last = row.ends_on or row.starts_on
        if last < row.starts_on:
            problems.append(Problem(ENDS_BEFORE_START, "rows.ends_on", number))
            continue
        if row.starts_on < year["starts_on"] or last > year["ends_on"]:
            problems.append(Problem(OUTSIDE_YEAR, "rows.starts_on", number))
            continue
        if row.kind is not EntryKind.MAKE_UP and (row.runs_as is not None or row.cycle_day is not None):
            problems.append(Problem(MAKE_UP_ONLY, "rows.runs_as", number))
        if row.cycle_day is not None and not 1 <= row.cycle_day <= (year["cycle_length"] or 0):
            problems.append(Problem(NO_CYCLE_DAY, "rows.cycle_day", number))
        for kind, first, end, name in taken:
            if kind == row.kind and first <= last and row.starts_on <= end:
                problems.append(Problem(ENTRY_OVERLAPS, "rows.starts_on", number, name=name))
                break
        else:
            # So there are at most as many to compare with as the year has days, however many rows are sent.
            taken.append((row.kind, row.starts_on, last, row.name))
    return problems
