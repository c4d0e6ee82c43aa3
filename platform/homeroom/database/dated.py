"""Dated rows: periods of one thing that do not overlap, declared once for the commands and for the database.

A table says which of its periods lie apart::

    class ClubMembership(SchoolTable, tablename="club_membership"):
        periods = dated(by=("club_id", "student_id"))

``homeroom migrate`` then makes one exclusion constraint of it, and :func:`refuse_overlaps` asks the same question after
a command has begun, ended or changed rows. A period has the columns ``starts_on`` and ``ends_on``; both days belong to
it, and without a last day it has no end. With ``dated()`` no two rows of a school overlap. Constraints on texts that
look alike (:mod:`homeroom.database.twins`) are made in the same way.

The constraint is checked at the end of the transaction, so that rows may be swapped within it. A database whose rows
break it already keeps them: each ``homeroom migrate`` names them until they are corrected, and then makes the
constraint.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from homeroom.database.twins import Twins, twins_of
from homeroom.errors import Problem, Refusal
from homeroom.refusals import OVERLAP, Code

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable

__all__ = ["SUFFIX", "Dated", "add_period_constraints", "dated", "periods_of", "refuse_overlaps"]

logger = logging.getLogger(__name__)
#: What the name of such a constraint ends with.
SUFFIX: Final = "_apart"
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Dated:
    """Periods that lie apart. Made by :func:`dated`.

    Args:
        by: Columns whose values are the same in two periods that must not overlap.
        where: A boolean column; only rows in which it is true are compared. Empty: all rows.
        code: What verbs of a noun answer where two overlap.
    """

    by: tuple[str, ...]
    where: str = ""
    code: Code = OVERLAP

    def constraint(self, table: str) -> str:
        """The name of the constraint of a table."""
        named = [each.removesuffix("_id") for each in self.by] + [self.where] * bool(self.where)
        return "_".join([table, *named])[: 63 - len(SUFFIX)] + SUFFIX

    def definition(self) -> str:
        """The constraint in SQL."""
        same = ", ".join(f"{each} WITH =" for each in ("tenant_id", *self.by))
        only = f" WHERE ({self.where})" if self.where else ""
        return (
            f"EXCLUDE USING gist ({same}, daterange(starts_on, ends_on, '[]') WITH &&){only}"
            " DEFERRABLE INITIALLY DEFERRED"
        )

    def overlap(self) -> str:
        """The condition in SQL under which the rows ``a`` and ``b`` overlap."""
        same = "".join(f" AND b.{each} = a.{each}" for each in self.by)
        only = f" AND a.{self.where} AND b.{self.where}" if self.where else ""
        days = "daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')"
        return f"b.id <> a.id{same} AND {days}{only}"

    def fault(self) -> str:
        """What rows do that break it, for a log."""
        return "overlap others" + (f" by {' and '.join(self.by)}" if self.by else "")


def dated(*, by: str | Sequence[str] = (), where: str = "", code: Code = OVERLAP) -> Dated:
    """Declare that periods of one thing do not overlap, as the attribute ``periods`` of a table; a tuple for several.

    Args:
        by: The column or columns that name the thing: ``"student_id"``. None: no two rows of a school overlap.
        where: A boolean column; only rows in which it is true are compared.
        code: What verbs of a noun answer where two overlap; its text may say more than that of OVERLAP, and name
            columns of the other row in braces.
    """
    return Dated((by,) if isinstance(by, str) else tuple(by), where, code)


def periods_of(table: type[SchoolTable]) -> tuple[Dated, ...]:
    """What a table declares of its periods."""
    declared: Any = getattr(table, "periods", ())
    return (declared,) if isinstance(declared, Dated) else tuple(declared)


async def refuse_overlaps(
    context: Context,
    table: type[SchoolTable],
    rows: Sequence[UUID | None],
    *,
    field: str,
    code: Code | None = None,
    listed: bool = True,
    rules: Collection[Dated] | None = None,
) -> None:
    """Refuse what a command has just written where it overlaps another row, of this command or from before.

    The caller has locked what the periods are of, so that two offices write one after the other.

    Args:
        context: The command's.
        table: The rows' table.
        rows: The ids of the rows that were written, in the order of the input; None for one that cannot overlap.
        field: The input field that named them.
        code: The code of the refusal, if not that of the rule.
        listed: Whether ``field`` is a list, so that each row is named.
        rules: What must lie apart; by default what the table declares.

    Raises:
        Refusal: The code, for each row.
    """
    name = table._meta.tablename
    problems: dict[int, Problem] = {}
    for rule in periods_of(table) if rules is None else rules:
        answer = code or rule.code
        columns = [each._meta.db_column_name for each in table._meta.columns]
        named = [each for each in columns if f"{{{each}}}" in answer.text]
        found = await context.fetch(
            f"SELECT DISTINCT {', '.join(['n.place', *(f'b.{each}' for each in named)])}"
            f" FROM unnest($1::uuid[]) WITH ORDINALITY AS n (id, place)"
            f" JOIN {name} a ON a.id = n.id JOIN {name} b ON {rule.overlap()} ORDER BY n.place",
            list(rows),
        )
        for each in found:
            place, values = each["place"] - 1, {column: each[column] for column in named}
            problems.setdefault(place, Problem(answer, field, place if listed else None, **values))
    if problems:
        raise Refusal.of([problems[place] for place in sorted(problems)])


async def add_period_constraints(connection: Any, tables: Iterable[type[SchoolTable]]) -> None:
    """Make the constraints that tables declare and the database lacks; where rows break one, the log names them.

    Args:
        connection: An asyncpg connection as the owner, outside a transaction.
        tables: Tables that are there.
    """
    for table in tables:
        name = table._meta.tablename
        rules: list[Dated | Twins] = [*periods_of(table), *twins_of(table)]
        for rule in rules:
            constraint = rule.constraint(name)
            known = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = $1 AND conrelid = to_regclass($2))",
                constraint,
                name,
            )
            if known or await connection.fetchval("SELECT to_regclass($1) IS NULL", name):
                continue
            try:
                async with connection.transaction():
                    await connection.execute("SET LOCAL search_path = public")
                    await connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
                    await connection.execute(f"ALTER TABLE {name} ADD CONSTRAINT {constraint} {rule.definition()}")
            except asyncpg.ExclusionViolationError:
                await _report(connection, name, rule)


async def _report(connection: Any, table: str, rule: Dated | Twins) -> None:
    async with connection.transaction(readonly=True):
        await connection.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL search_path = public")
        rows = await connection.fetch(
            f"SELECT a.id::text, a.tenant_id::text, count(*) OVER () AS total FROM {table} a WHERE EXISTS"
            f" (SELECT FROM {table} b WHERE b.tenant_id = a.tenant_id AND {rule.overlap()})"
            f" ORDER BY 2, 1 LIMIT {_SHOWN}"
        )
    shown = ", ".join(f"{each['id']} of school {each['tenant_id']}" for each in rows)
    total = rows[0]["total"] if rows else 0
    logger.warning(
        "%s: %s rows %s, so the database does not refuse this yet; correct them and run homeroom migrate again."
        " The first: %s",
        table,
        total,
        rule.fault(),
        shown,
    )
