"""Rows whose days lie within those of another row, such as a class's school year.

A table says so by the way to that row, as references of one table after another::

    class ClassEnrolment(SchoolTable, tablename="class_enrolment"):
        within = lies_within("school_class_id.school_year_id")

The verbs of a noun refuse days outside, and a new row without a first day begins today, or on the nearest day within.
:func:`tables_within` finds what lies within the rows of a table, for commands that change their days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom.database.tables import Reference, SchoolTable
from homeroom.errors import ConfigurationError, Problem, Refusal
from homeroom.refusals import OUTSIDE_PERIOD, Code

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["Within", "lies_within", "owner_days", "refuse_outside", "tables_within", "within_of"]


@dataclass(frozen=True, slots=True)
class Within:
    """How the days of a table's rows lie within those of another row. Made by :func:`lies_within`.

    Args:
        path: The references that lead to that row.
        first: The column of the rows' first day.
        last: The column of their last day; NULL lasts to the end of that row.
        code: What verbs of a noun answer; its text may name ``{first}`` and ``{last}`` of that row.
    """

    path: tuple[str, ...]
    first: str
    last: str
    code: Code

    def joined(self, table: type[SchoolTable], row: str = "r") -> str:
        """SQL that joins the owner as ``owner`` to a row of the table.

        Args:
            table: The table that declares it.
            row: The row's alias, or a list of values with the first column of the path.
        """
        made, before = [], row
        for place, (column, target) in enumerate(zip(self.path, self.targets(table), strict=True), start=1):
            name = "owner" if place == len(self.path) else f"way_{place}"
            made.append(f"JOIN {target._meta.tablename} {name} ON {name}.id = {before}.{column}")
            before = name
        return " ".join(made)

    def targets(self, table: type[SchoolTable]) -> list[type[SchoolTable]]:
        """The tables that the path leads through; the last has the owner."""
        found, at = [], table
        for each in self.path:
            column: Any = next((known for known in at._meta.columns if known._meta.name == each), None)
            if not isinstance(column, Reference) or isinstance(column.target, str | None):
                raise ConfigurationError(f"{table.__name__}: {each} is no reference to a table of {at.__name__}")
            at = column.target
            found.append(at)
        return found


def lies_within(path: str, *, first: str = "starts_on", last: str = "ends_on", code: Code = OUTSIDE_PERIOD) -> Within:
    """Declare that the days of rows lie within those of another row, as the attribute ``within`` of a table.

    Args:
        path: The references that lead to that row, which has ``starts_on`` and ``ends_on``:
            ``"school_class_id.school_year_id"``.
        first: The column of the first day.
        last: The column of the last day.
        code: What verbs of a noun answer where days lie outside; its text may name ``{first}`` and ``{last}``.
    """
    return Within(tuple(path.split(".")), first, last, code)


def within_of(table: type[SchoolTable]) -> Within | None:
    """What a table declares of the days that its rows lie within."""
    found: Within | None = getattr(table, "within", None)
    return found


def tables_within(owner: type[SchoolTable], tables: Sequence[type[SchoolTable]]) -> Iterator[tuple[Any, Within]]:
    """Those of some tables whose rows lie within the days of an owner's rows, each with how."""
    for table in tables:
        within = within_of(table)
        if within is not None and within.targets(table)[-1] is owner:
            yield table, within


async def refuse_outside(
    context: Context, table: type[SchoolTable], rows: Sequence[UUID], *, field: str, listed: bool
) -> None:
    """Refuse rows that a command has just written with a day outside.

    Args:
        context: The command's.
        table: Their table; one that declares nothing has no day outside.
        rows: Their ids, in the order of the input.
        field: The input field of their days.
        listed: Whether they are those of a list, so that each is named.

    Raises:
        Refusal: The code that the table declares, for each.
    """
    within = within_of(table)
    if within is None:
        return
    outside = await context.fetch(
        "SELECT n.place, owner.starts_on AS first, owner.ends_on AS last"
        " FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place)"
        f" JOIN {table._meta.tablename} r ON r.id = n.id {within.joined(table)}"
        f" WHERE r.{within.first} NOT BETWEEN owner.starts_on AND owner.ends_on OR r.{within.last} > owner.ends_on"
        " ORDER BY n.place",
        list(rows),
    )
    if outside:
        raise Refusal.of(
            [
                Problem(within.code, field, row["place"] - 1 if listed else None, first=row["first"], last=row["last"])
                for row in outside
            ]
        )


async def owner_days(
    context: Context, table: type[SchoolTable], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[date, date] | None]:
    """The days that rows must lie within, whether they are written yet or not; none where nothing is declared.

    Args:
        context: The command's.
        table: The rows' table.
        rows: Of each at least the first column of the path.
    """
    within = within_of(table)
    if within is None or not rows:
        return [None] * len(rows)
    column = within.path[0]
    found = await context.fetch(
        f"SELECT r.{column} AS id, owner.starts_on, owner.ends_on"
        f" FROM unnest($1::uuid[]) AS r ({column}) {within.joined(table)}",
        list({row.get(column): None for row in rows}),
    )
    days = {each["id"]: (each["starts_on"], each["ends_on"]) for each in found}
    return [days.get(row.get(column)) for row in rows]
