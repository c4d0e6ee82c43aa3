"""Recipients by declaration: "the family of this student", "the teachers of this class", "the principal".

The plugin that keeps people declares who belongs to a row, and lists it as ``RECIPIENTS`` in the module ``recipients``
of its package; other plugins lead there from rows of their own::

    FAMILY = Recipients("school.family", Student, titles(...), "SELECT ... AS row, ... AS person ... ANY($1) ... $2")

    await notify_about(context, PUBLISHED, FAMILY.through(Talent.student_id), [talent], values=...)

They are the persons of the school, not their accounts: a notice reaches the accounts that represent them, each in its
own language (:func:`homeroom.notices.notify_about`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.code_tables.declare import Titles
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import ConfigurationError
from homeroom.languages import ENGLISH, LANGUAGES, language_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["Addressed", "Recipients", "everybody", "holders_of", "recipient_faults"]


@dataclass(frozen=True, slots=True)
class Addressed:
    """The recipients of one row.

    Args:
        persons: Ids of staff members, students and guardians.
        roles: Everybody who holds one of these roles.
    """

    persons: tuple[UUID, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipients:
    """Who belongs to the rows of a table.

    Args:
        name: Dotted: ``school.family``.
        of: The table of the rows, or its name.
        titles: What people call them, in the four languages; see :func:`homeroom.code_tables.titles`.
        sql: Gives pairs ``row`` and ``person``; ``$1`` are the ids of rows (uuid[]), ``$2`` is today.
    """

    name: str
    of: type[SchoolTable] | str
    titles: Titles
    sql: str
    roles: tuple[str, ...] = ()
    _parts: tuple[Recipients, ...] = ()
    _path: tuple[tuple[str, str], ...] = field(default=())

    @property
    def table(self) -> str:
        """The name of the table whose rows they belong to; empty where any row will do."""
        return self.of if isinstance(self.of, str) else self.of._meta.tablename

    @property
    def parts(self) -> tuple[Recipients, ...]:
        """Those that were put together by :func:`everybody`."""
        return self._parts

    def title(self, language: str) -> str:
        """What people call them in a language.

        Args:
            language: A BCP 47 tag.
        """
        return self.titles.get(language_of(language)) or self.titles.get(ENGLISH, self.name)

    def through(self, reference: Any) -> Recipients:
        """The same of the rows that a column leads to: ``FAMILY.through(Talent.student_id)``.

        Args:
            reference: A ``belongs_to`` column that leads to :attr:`of`.

        Raises:
            ConfigurationError: The column leads elsewhere.
        """
        if self.table and reference_of(reference) != self.table:
            raise ConfigurationError(f"{self.name} are recipients of {self.table}; {reference!r} leads elsewhere")
        table = reference._meta.table
        step = (table._meta.tablename, reference._meta.db_column_name)
        return Recipients(self.name, table, self.titles, self.sql, self.roles, self._parts, (step, *self._path))

    async def addressed(self, context: Context, rows: Collection[UUID]) -> dict[UUID, Addressed]:
        """The recipients of each of some rows, in a few statements for all of them.

        Args:
            context: A command's or a job's.
            rows: Ids of rows of :attr:`of`.
        """
        ends: dict[UUID, set[UUID]] = {row: {row} for row in rows}
        for table, column in self._path:
            found = await context.fetch(
                f"SELECT id, {column} AS next FROM {table} WHERE id = ANY($1::uuid[]) AND {column} IS NOT NULL",
                list({each for reached in ends.values() for each in reached}),
            )
            onward = {each["id"]: each["next"] for each in found}
            ends = {row: {onward[each] for each in reached if each in onward} for row, reached in ends.items()}
        reached = list({each for found in ends.values() for each in found})
        pairs = await self._found(context, reached)
        for part in self._parts:
            for row, each in (await part.addressed(context, reached)).items():
                persons, roles = pairs.get(row, ((), ()))
                pairs[row] = ((*persons, *each.persons), (*roles, *each.roles))
        return {
            row: Addressed(
                tuple(dict.fromkeys(person for each in found for person in pairs.get(each, ((), ()))[0])),
                tuple(dict.fromkeys((*self.roles, *(role for each in found for role in pairs.get(each, ((), ()))[1])))),
            )
            for row, found in ends.items()
        }

    async def _found(
        self, context: Context, rows: Sequence[UUID]
    ) -> dict[UUID, tuple[tuple[UUID, ...], tuple[str, ...]]]:
        if not self.sql:
            return {}
        persons: dict[UUID, list[UUID]] = {}
        for each in await context.fetch(self.sql, rows, context.today):
            persons.setdefault(each["row"], []).append(each["person"])
        return {row: (tuple(found), ()) for row, found in persons.items()}


def holders_of(*roles: str, of: type[SchoolTable] | None = None) -> Recipients:
    """Everybody who holds one of some roles when the notice is sent.

    Args:
        roles: Their names.
        of: The table of the rows that a notice is about, where it is read for values or shown as a link; none: any row.
    """
    return Recipients(f"roles.{'.'.join(roles)}", "" if of is None else of, {}, "", roles)


def everybody(*parts: Recipients) -> Recipients:
    """Several recipients of the same rows together: ``everybody(FAMILY, holders_of("principal"))``.

    Raises:
        ConfigurationError: They belong to rows of different tables.
    """
    tables = {each.table for each in parts if each.table}
    if len(tables) > 1:
        raise ConfigurationError(f"recipients of {', '.join(sorted(tables))} have no row in common")
    name = " and ".join(each.name for each in parts)
    return Recipients(name, next((each.of for each in parts if each.table), ""), {}, "", (), parts)


def recipient_faults(declared: Recipients, by_table: Mapping[str, Any]) -> list[str]:
    """What is wrong with recipients that a plugin declares.

    Args:
        declared: The declaration.
        by_table: Table to its resource.
    """
    faults = [f"recipients {declared.name}: no title in {each}" for each in LANGUAGES if each not in declared.titles]
    if declared.table not in by_table:
        faults.append(f"recipients {declared.name}: there is no resource over the table {declared.table}")
    return faults
