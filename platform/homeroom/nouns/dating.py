"""What the verbs of a noun ask of dated rows: begin, end and change ask the same questions.

Whatever the periods are of is locked first, so that two offices write those of one student one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.columns import DayKind, kind_of
from homeroom.database.dated import Dated, periods_of, refuse_overlaps
from homeroom.database.tables import reference_of
from homeroom.database.within import owner_days, refuse_outside, within_of
from homeroom.errors import Problem, Refusal
from homeroom.refusals import BEGINS_LATER

if TYPE_CHECKING:
    from datetime import date

    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.nouns.draft import Draft

__all__ = ["end_rows", "fill_days", "first_day", "lock_owners", "lock_owners_of", "refuse_wrong_days", "todays"]


def todays(table: type[SchoolTable]) -> list[str]:
    """The columns in which a new row gets today, or another of its days, where no day is given."""
    return [name for name, kind in _day_kinds(table) if kind.today or kind.like]


def _day_kinds(table: type[SchoolTable]) -> Iterator[tuple[str, DayKind]]:
    for each in table._meta.columns:
        if isinstance(kind := kind_of(each), DayKind):
            yield each._meta.db_column_name, kind


async def first_day(context: Context, table: type[SchoolTable], row: Mapping[str, Any]) -> date:
    """Today, or the nearest day on which a row may begin.

    Args:
        context: The command's.
        table: The row's table.
        row: The columns that lead to what it lies within, such as its class.
    """
    (days,) = await owner_days(context, table, [row])
    return _nearest(context, days)


def _nearest(context: Context, days: tuple[date, date] | None) -> date:
    return context.today if days is None else max(days[0], min(context.today, days[1]))


async def fill_days(context: Context, draft: Draft, table: type[SchoolTable]) -> None:
    """Give new rows the days that were not given: today or the nearest day that they may begin on, or another day."""
    for column, kind in _day_kinds(table):
        missing = [values for values in draft.values if values.get(column) is None and (kind.today or kind.like)]
        if kind.like:
            for values in missing:
                values[column] = values.get(kind.like)
            continue
        for values, days in zip(missing, await owner_days(context, table, missing), strict=True):
            values[column] = _nearest(context, days)


async def lock_owners(context: Context, table: type[SchoolTable], rows: Iterable[Mapping[str, Any]]) -> None:
    """Lock what the periods of new rows are of."""
    target, column = _owner(table)
    if target is not None:
        await _lock(context, target, list({row[column]: None for row in rows if row.get(column) is not None}))


async def lock_owners_of(context: Context, table: type[SchoolTable], rows: Sequence[UUID]) -> None:
    """Lock what the periods of rows are of."""
    target, column = _owner(table)
    if target is not None:
        found = await context.fetch(
            f"SELECT DISTINCT {column} AS id FROM {table._meta.tablename} WHERE id = ANY($1::uuid[])", list(rows)
        )
        await _lock(context, target, [each["id"] for each in found])


def _owner(table: type[SchoolTable]) -> tuple[str | None, str]:
    for rule in periods_of(table):
        for each in table._meta.columns:
            if each._meta.db_column_name in rule.by[:1] and (target := reference_of(each)) is not None:
                return target, each._meta.db_column_name
    return None, ""


async def _lock(context: Context, target: str, ids: Sequence[UUID]) -> None:
    await context.fetch(f"SELECT id FROM {target} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", list(ids))


async def refuse_wrong_days(
    context: Context,
    table: type[SchoolTable],
    rows: Sequence[UUID],
    written: Iterable[str],
    *,
    field: str,
    days_field: str,
    listed: bool,
    further: Sequence[Dated] = (),
) -> None:
    """Refuse rows that were just written and lie outside what they must lie within, or overlap others.

    Args:
        context: The command's.
        table: Their table.
        rows: Their ids, in the order of the input.
        written: The columns that may have changed.
        field: The input field that a refusal of overlaps names.
        days_field: The input field of the days.
        listed: Whether the rows are those of a list.
        further: What must lie apart beside what the table declares.
    """
    changed, within = set(written), within_of(table)
    if within is not None and changed & {within.first, within.last, within.path[0]}:
        await refuse_outside(context, table, rows, field=days_field, listed=listed)
    for rule in (*periods_of(table), *further):
        if changed & {"starts_on", "ends_on", rule.where, *rule.by}:
            await refuse_overlaps(context, table, rows, field=field, listed=listed, rules=[rule])


async def end_rows(
    context: Context, table: type[SchoolTable], rows: Sequence[UUID], ends_on: date | None, *, listed: bool
) -> None:
    """Give rows their last day: by default today, or the last day of what they lie within.

    Raises:
        Refusal: BEGINS_LATER for each row that begins after it.
    """
    ids = list(dict.fromkeys(rows))
    found = await context.fetch(f"SELECT * FROM {table._meta.tablename} WHERE id = ANY($1::uuid[])", ids)
    by_id = {each["id"]: each for each in found}
    changes, problems = [], []
    for row, days in zip(ids, await owner_days(context, table, [by_id[each] for each in ids]), strict=True):
        last = ends_on or (context.today if days is None else min(context.today, days[1]))
        begins = by_id[row]["starts_on"]
        if begins is not None and begins > last:
            problems.append(Problem(BEGINS_LATER, "ends_on", rows.index(row) if listed else None, day=begins))
        changes.append({"id": row, "ends_on": last})
    if problems:
        raise Refusal.of(problems)
    await context.rows(table).update_many(changes)
