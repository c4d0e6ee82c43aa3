"""What the verbs of a noun ask of dated rows: begin, end and change ask the same questions.

Whatever the periods are of is locked first, so that two offices write those of one student one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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


async def lock_owners(
    context: Context, table: type[SchoolTable], rows: Sequence[Mapping[str, Any]], further: Sequence[Dated] = ()
) -> None:
    """Lock what the periods of rows that are about to be written are of.

    Args:
        context: The command's.
        table: The table of the rows.
        rows: Column to value of each.
        further: Periods that lie apart, beside those that the table declares.
    """
    await _lock_whole(context, table)
    for column, target in _owners(table, further).items():
        if ids := list({row[column]: None for row in rows if row.get(column) is not None}):
            await _lock(context, target, ids)


async def lock_owners_of(
    context: Context, table: type[SchoolTable], rows: Sequence[UUID], further: Sequence[Dated] = ()
) -> None:
    """Lock what the periods of rows that are there are of; arguments as of :func:`lock_owners`."""
    await _lock_whole(context, table)
    for column, target in _owners(table, further).items():
        found = await context.fetch(
            f"SELECT DISTINCT {column} AS id FROM {table._meta.tablename} WHERE id = ANY($1::uuid[])", list(rows)
        )
        await _lock(context, target, [each["id"] for each in found])


def _owners(table: type[SchoolTable], further: Sequence[Dated]) -> dict[str, str]:
    """The first column of each rule, where it is a reference, to the table that it leads to."""
    references = {each._meta.db_column_name: reference_of(each) for each in table._meta.columns}
    firsts = dict.fromkeys(column for rule in (*periods_of(table), *further) for column in rule.by[:1])
    return {column: target for column in firsts if (target := references[column]) is not None}


async def _lock_whole(context: Context, table: type[SchoolTable]) -> None:
    """Lock the periods of a school that no two rows share, such as its years."""
    if any(not rule.by for rule in periods_of(table)):
        name = f"{table._meta.tablename} {context.space.id}"
        await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)


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
    further: Mapping[Dated, str] | None = None,
    longer: Collection[UUID] | None = None,
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
        further: What must lie apart beside what the table declares, each with the input field that a refusal names.
        longer: Those of the rows that may overlap others, where only their last days changed; by default all.
    """
    changed, within = set(written), within_of(table)
    if within is not None and changed & {within.first, within.last, within.path[0]}:
        await refuse_outside(context, table, rows, field=days_field, listed=listed)
    asked = [each if longer is None or each in longer else None for each in rows]
    for rule, name in {**dict.fromkeys(periods_of(table), field), **(further or {})}.items():
        if changed & {"starts_on", "ends_on", rule.where, *rule.by}:
            await refuse_overlaps(context, table, asked, field=name, listed=listed, rules=[rule])


async def end_rows(
    context: Context, table: type[SchoolTable], rows: Sequence[UUID], ends_on: date | None, *, field: str, listed: bool
) -> set[UUID]:
    """Give rows their last day: by default today, or the last day of what they lie within.

    Returns:
        Those of the rows that end later than before.

    Raises:
        Refusal: BEGINS_LATER for each row that begins after it.
    """
    ids = list(dict.fromkeys(rows))
    found = await context.fetch(f"SELECT * FROM {table._meta.tablename} WHERE id = ANY($1::uuid[])", ids)
    by_id = {each["id"]: each for each in found}
    last_days: dict[UUID, date] = {}
    problems = []
    for row, days in zip(ids, await owner_days(context, table, [by_id[each] for each in ids]), strict=True):
        last = ends_on or (context.today if days is None else min(context.today, days[1]))
        begins = by_id[row]["starts_on"]
        if begins is not None and begins > last:
            problems.append(Problem(BEGINS_LATER, "ends_on", rows.index(row) if listed else None, day=begins))
        last_days[row] = last
    if problems:
        raise Refusal.of(problems)
    changes = [{"id": row, "ends_on": last} for row, last in last_days.items()]
    await context.rows(table).update_many(changes, field=field)
    return {each["id"] for each in found if each["ends_on"] is not None and each["ends_on"] < last_days[each["id"]]}
