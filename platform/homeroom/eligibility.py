"""Rules that keep somebody from being chosen on a day, by declaration of the plugin that knows the reason.

Plugins list them as ``BARS`` in their module ``bars``; a :func:`busy` table may also be listed in ``NOUNS``::

    BARS = (
        Bar("school.status", Student, "SELECT student_id AS row FROM student_status WHERE student_id = ANY($1) ..."),
    )
    NOUNS = (ENGAGEMENT, busy(TalentEngagement.student_id))

Code that chooses people calls :func:`barred`. Queries of :func:`homeroom.matching.matching` do so by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.database.tables import SchoolTable, reference_of

if TYPE_CHECKING:
    from datetime import date

    from homeroom.context import Context

__all__ = ["Bar", "barred", "busy"]


@dataclass(frozen=True, slots=True)
class Bar:
    """Who cannot be chosen on a day.

    Args:
        name: Plugin and rule: ``school.status``.
        of: The table of the people, or its name.
        sql: Gives a column ``row`` with those who are barred; ``$1`` are the ids of people (uuid[]), ``$2`` is the day.
        dated: Whether it only holds for a day that was named, such as an appointment; otherwise it holds today, too.
    """

    name: str
    of: type[SchoolTable] | str
    sql: str
    dated: bool = False

    @property
    def table(self) -> str:
        """The name of the table of the people."""
        return self.of if isinstance(self.of, str) else self.of._meta.tablename

    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]:
        """The part of a plugin to what this adds to it; see :mod:`homeroom.parts`."""
        return {"bars.BARS": (self,)}


def busy(person: Any) -> Bar:
    """Bar people on the days from ``starts_on`` to ``ends_on`` of rows that lead to them; none has no end.

    Args:
        person: The ``belongs_to`` column of the rows: ``TalentEngagement.student_id``.
    """
    table, column = person._meta.table._meta.tablename, person._meta.db_column_name
    return Bar(
        f"{table}.busy",
        str(reference_of(person)),
        f"SELECT {column} AS row FROM {table} WHERE {column} = ANY($1::uuid[]) AND starts_on <= $2"
        " AND (ends_on IS NULL OR ends_on >= $2)",
        dated=True,
    )


async def barred(context: Context, table: str, people: Collection[UUID], on: date | None) -> set[UUID]:
    """Those of some people whom a rule of a plugin of the school keeps from being chosen.

    Args:
        context: A command's, a query's or a job's.
        table: The table of the people: ``student``.
        people: Their ids.
        on: The day; none if it is not known: then today counts, and what only holds for a named day does not.
    """
    found: set[UUID] = set()
    for bar in context.host.hooks.collect("bars", only=context.variant.plugins):
        left = [each for each in people if each not in found]
        if left and bar.table == table and not (bar.dated and on is None):
            found.update(row["row"] for row in await context.fetch(bar.sql, left, on or context.today))
    return found
