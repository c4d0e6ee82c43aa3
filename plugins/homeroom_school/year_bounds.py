"""What lies in a school year by its days, when the days of the year change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from homeroom.context import Context
from homeroom.database.dated import periods_of
from homeroom.database.declarations import declared_tables
from homeroom.database.tables import SchoolTable
from homeroom.database.within import Within, tables_within
from homeroom.removal import noun_of
from homeroom_school.tables import ClassEnrolment, SchoolYear

__all__ = ["LONGEST_YEAR", "LeftOut", "cut_periods", "left_out_by", "lock_year"]

#: Days of a school year, both ends counted: two years, for programmes that are planned so.
LONGEST_YEAR: Final = 731


def _lying(context: Context) -> Iterator[tuple[type[SchoolTable], Within, str]]:
    """The tables of the school's plugins whose rows lie within a school year, each with the join to that year."""
    for plugin in context.host.registry.in_order(context.variant.plugins):
        for table, within in tables_within(SchoolYear, declared_tables(plugin)):
            yield table, within, f"{within.joined(table)} AND owner.id = $1"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What new days of a school year leave out.

    Args:
        before: What begins before the new first day: noun to how many rows.
        after: What ends after the new last day.
    """

    before: Mapping[str, int]
    after: Mapping[str, int]


async def lock_year(context: Context, school_year: UUID) -> tuple[date, date]:
    """Lock a school year and its classes, so that nobody enrols meanwhile; gives its first and last day."""
    row = await context.fetchrow("SELECT starts_on, ends_on FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    assert row is not None
    await context.fetch("SELECT id FROM school_class WHERE school_year_id = $1 ORDER BY id FOR UPDATE", school_year)
    return row["starts_on"], row["ends_on"]


async def left_out_by(context: Context, school_year: UUID, old: tuple[date, date], new: tuple[date, date]) -> LeftOut:
    """What lay within the old days of a school year and does not lie within its new ones.

    A row without a last day ends with its year.
    """
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    if new[0] <= old[0] and new[1] >= old[1]:
        return LeftOut(before, after)
    for table, days, joined in _lying(context):
        row = await context.fetchrow(
            f"SELECT count(*) FILTER (WHERE r.{days.first} >= $2 AND r.{days.first} < $4) AS before,"
            f" count(*) FILTER (WHERE coalesce(r.{days.last}, r.{days.first}) <= $3"
            f" AND coalesce(r.{days.last}, r.{days.first}) > $5) AS after"
            f" FROM {table._meta.tablename} r {joined}",
            school_year,
            *old,
            *new,
        )
        assert row is not None
        for counts, name in ((before, "before"), (after, "after")):
            if row[name]:
                counts[noun_of(context, table)] = row[name]
    return LeftOut(before, after)


async def cut_periods(context: Context, school_year: UUID, new: tuple[date, date]) -> Sequence[UUID]:
    """Cut enrolments, appointments and assignments that reach beyond new days of their school year to these days.

    What has no day within them stays as it is.

    Returns:
        The students whose enrolments changed.
    """
    students: list[UUID] = []
    for table, _, joined in _lying(context):
        if not periods_of(table):
            continue
        name, student = table._meta.tablename, "r.student_id" if table is ClassEnrolment else "NULL"
        reaching = await context.fetch(
            f"SELECT r.id, r.starts_on, r.ends_on, {student} AS student FROM {name} r {joined}"
            " WHERE r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $2)"
            " AND (r.starts_on < $2 OR r.ends_on > $3) ORDER BY r.id FOR UPDATE OF r",
            school_year,
            *new,
        )
        await context.rows(table).update_many(
            [
                {
                    "id": row["id"],
                    "starts_on": max(row["starts_on"], new[0]),
                    "ends_on": None if row["ends_on"] is None else min(row["ends_on"], new[1]),
                }
                for row in reaching
            ]
        )
        students += [row["student"] for row in reaching if row["student"] is not None]
    return list(dict.fromkeys(students))
