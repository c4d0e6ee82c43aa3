"""What lies within a row by its days, such as a school year, when the days of that row change.

Tables say so by ``within = lies_within(...)``; see :mod:`homeroom.database.within`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from homeroom.database.dated import periods_of
from homeroom.database.declarations import declared_tables
from homeroom.database.tables import SchoolTable
from homeroom.database.within import Within, tables_within
from homeroom.removal import noun_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["LeftOut", "cut_periods", "left_out_by"]


def _lying(context: Context, owner: type[SchoolTable]) -> Iterator[tuple[type[SchoolTable], Within, str]]:
    """The tables of the school's plugins whose rows lie within those of an owner, each with the join to one owner."""
    for plugin in context.host.registry.in_order(context.variant.plugins):
        for table, within in tables_within(owner, declared_tables(plugin)):
            yield table, within, f"{within.joined(table)} AND owner.id = $1"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What new days leave out.

    Args:
        before: What begins before the new first day: noun to how many rows.
        after: What ends after the new last day.
    """

    before: Mapping[str, int]
    after: Mapping[str, int]


async def left_out_by(
    context: Context, owner: type[SchoolTable], row: UUID, old: tuple[date, date], new: tuple[date, date]
) -> LeftOut:
    """What lay within the old days of a row and does not lie within its new ones.

    What has no last day ends with the row.

    Args:
        context: The command's.
        owner: The table of the row whose days change.
        row: Its id.
        old: Its first and last day until now.
        new: Its first and last day from now on.
    """
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    if new[0] <= old[0] and new[1] >= old[1]:
        return LeftOut(before, after)
    for table, days, joined in _lying(context, owner):
        found = await context.fetchrow(
            f"SELECT count(*) FILTER (WHERE r.{days.first} >= $2 AND r.{days.first} < $4) AS before,"
            f" count(*) FILTER (WHERE coalesce(r.{days.last}, r.{days.first}) <= $3"
            f" AND coalesce(r.{days.last}, r.{days.first}) > $5) AS after"
            f" FROM {table._meta.tablename} r {joined}",
            row,
            *old,
            *new,
        )
        assert found is not None
        for counts, name in ((before, "before"), (after, "after")):
            if found[name]:
                counts[noun_of(context, table)] = found[name]
    return LeftOut(before, after)


async def cut_periods(
    context: Context, owner: type[SchoolTable], row: UUID, new: tuple[date, date]
) -> Mapping[str, Sequence[UUID]]:
    """Cut dated rows that reach beyond new days of the row that they lie within to these days.

    What has no day within them stays as it is.

    Args:
        context: The command's.
        owner: The table of the row whose days change.
        row: Its id.
        new: Its first and last day from now on.

    Returns:
        The ids of what changed, by table.
    """
    changed: dict[str, Sequence[UUID]] = {}
    for table, _, joined in _lying(context, owner):
        if not periods_of(table):
            continue
        reaching = await context.fetch(
            f"SELECT r.id, r.starts_on, r.ends_on FROM {table._meta.tablename} r {joined}"
            " WHERE r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $2)"
            " AND (r.starts_on < $2 OR r.ends_on > $3) ORDER BY r.id FOR UPDATE OF r",
            row,
            *new,
        )
        await context.rows(table).update_many(
            [
                {
                    "id": each["id"],
                    "starts_on": max(each["starts_on"], new[0]),
                    "ends_on": None if each["ends_on"] is None else min(each["ends_on"], new[1]),
                }
                for each in reaching
            ]
        )
        changed[table._meta.tablename] = [each["id"] for each in reaching]
    return changed
