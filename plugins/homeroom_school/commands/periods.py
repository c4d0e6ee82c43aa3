"""What begin, end and change ask alike of dated rows: their order, their school year, and that they lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.commands import UNSET, Unset, given_or
from homeroom.context import Context
from homeroom.database.dated import refuse_overlaps
from homeroom.database.tables import SchoolTable
from homeroom.errors import Problem, Refusal
from homeroom.refusals import Code
from homeroom.removal import remove
from homeroom_school.commands.checks import period
from homeroom_school.refusals import BEGINS_LATER, ONGOING_OR_LAST, OUTSIDE_YEAR_OF_CLASS

__all__ = ["check_periods", "correct_period", "default_days", "end_periods", "remove_periods"]

#: How the rows of a table (``r``) come to the school year (``y``) that their days lie in.
_YEAR: Final = {
    "class_enrolment": "JOIN school_class c ON c.id = r.school_class_id JOIN school_year y ON y.id = c.school_year_id",
    "homeroom_appointment": "JOIN school_class c ON c.id = r.school_class_id"
    " JOIN school_year y ON y.id = c.school_year_id",
    "teaching_assignment": "JOIN class_subject s ON s.id = r.class_subject_id"
    " JOIN school_class c ON c.id = s.school_class_id JOIN school_year y ON y.id = c.school_year_id",
}


async def check_periods(
    context: Context,
    table: type[SchoolTable],
    rows: Sequence[UUID],
    *,
    field: str,
    code: Code,
    listed: bool = True,
    days_field: str = "startsOn",
) -> None:
    """Check rows that a command has just written.

    Args:
        context: The command's.
        table: Their table.
        rows: Their ids, in the order of the input.
        field: The input field that named them.
        code: The code of the refusal where two overlap.
        listed: Whether ``field`` is a list.
        days_field: The input field of their days.

    Raises:
        Refusal: OUTSIDE_YEAR for rows with a day outside their class's school year, OVERLAP for those that overlap.
    """
    name = table._meta.tablename
    if name in _YEAR:
        outside = await context.fetch(
            f"SELECT n.place, y.starts_on, y.ends_on FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place)"
            f" JOIN {name} r ON r.id = n.id {_YEAR[name]}"
            " WHERE r.starts_on NOT BETWEEN y.starts_on AND y.ends_on OR r.ends_on > y.ends_on ORDER BY n.place",
            list(rows),
        )
        if outside:
            raise Refusal.of(
                [
                    Problem(
                        OUTSIDE_YEAR_OF_CLASS,
                        days_field,
                        each["place"] - 1 if listed else None,
                        first=each["starts_on"],
                        last=each["ends_on"],
                    )
                    for each in outside
                ]
            )
    await refuse_overlaps(context, table, rows, field=field, code=code, listed=listed)


async def default_days(context: Context, table: type[SchoolTable], column: str, targets: Sequence[UUID]) -> list[date]:
    """Today for each class or subject of a class, but not before its school year begins nor after it ends."""
    name = table._meta.tablename
    found = await context.fetch(
        f"SELECT r.{column} AS id, y.starts_on, y.ends_on FROM unnest($1::uuid[]) AS r ({column}) {_YEAR[name]}",
        list(targets),
    )
    years = {each["id"]: (each["starts_on"], each["ends_on"]) for each in found}
    return [max(years[each][0], min(context.today, years[each][1])) for each in targets]


async def end_periods(
    context: Context,
    table: type[SchoolTable],
    rows: Sequence[UUID],
    ends_on: date | None,
    *,
    field: str,
    code: Code,
    listed: bool = True,
) -> None:
    """Give rows their last day, by default today but not after the end of the class's school year.

    Raises:
        Refusal: INVALID for a row that begins later, and as :func:`check_periods`.
    """
    name = table._meta.tablename
    ids = list(dict.fromkeys(rows))
    last = "NULL::date" if name not in _YEAR else "y.ends_on"
    found = {
        each["id"]: each
        for each in await context.fetch(
            f"SELECT r.id, r.starts_on, {last} AS last FROM {name} r {_YEAR.get(name, '')}"
            " WHERE r.id = ANY($1::uuid[])",
            ids,
        )
    }
    changes = []
    problems = []
    for each in ids:
        row = found[each]
        day = ends_on or (min(context.today, row["last"]) if row["last"] is not None else context.today)
        if row["starts_on"] is not None and row["starts_on"] > day:
            problems.append(
                Problem(BEGINS_LATER, "ends_on", rows.index(each) if listed else None, day=row["starts_on"])
            )
        changes.append({"id": each, "ends_on": day})
    if problems:
        raise Refusal.of(problems)
    await context.rows(table).update_many(changes)
    await check_periods(context, table, rows, field=field, code=code, listed=listed, days_field="endsOn")


async def correct_period(
    context: Context,
    table: type[SchoolTable],
    row: UUID,
    *,
    starts_on: date | Unset | None = UNSET,
    ends_on: date | Unset | None = UNSET,
    ongoing: bool = False,
    field: str,
    code: Code,
    expected_version: int | None,
    further: dict[str, Any] | None = None,
) -> None:
    """Correct the days of a row, and further columns; what is not given stays.

    Args:
        context: The command's.
        table: The row's table.
        row: Its id.
        starts_on: Its first day.
        ends_on: Its last day; None where it has none.
        ongoing: Whether it has no last day, too.
        field: The input field that named it.
        code: The code of the refusal where it overlaps another.
        expected_version: The version that the caller read.
        further: Further columns to change.

    Raises:
        Refusal: Somebody changed it since.
        Refusal: INVALID where it ends before it begins, or is given both a last day and none, and as
            :func:`check_periods`.
    """
    if ongoing and ends_on:
        raise Refusal(ONGOING_OR_LAST, "ends_on")
    name = table._meta.tablename
    found = await context.fetchrow(f"SELECT starts_on, ends_on FROM {name} WHERE id = $1 FOR UPDATE", row)
    assert found is not None
    first = given_or(starts_on, found["starts_on"])
    last = None if ongoing else given_or(ends_on, found["ends_on"])
    if first is not None:
        period(first, last)
    changes = {"starts_on": first, "ends_on": last, **(further or {})}
    await context.rows(table).update(row, changes, expected_version=expected_version, field=field)
    await check_periods(context, table, [row], field=field, code=code, listed=False)


async def remove_periods(context: Context, table: type[SchoolTable], rows: Sequence[UUID], *, field: str) -> None:
    """Remove rows that were entered by mistake. Raises Refusal with IN_USE for those that something rests on."""
    await remove(context, table, list(dict.fromkeys(rows)), field=field, listed=True)
