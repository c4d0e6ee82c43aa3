"""A row in every table of a school, whatever the table asks of its rows: tests look for what each one gives away.

The rows are no story that people would tell; they are what the database accepts. Nothing here names a table.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from homeroom.database.declarations import declared_tables
from homeroom.database.ids import new_id
from homeroom.database.tables import sample_of

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.database.engine import Transaction
    from homeroom.plugins import PluginRegistry

__all__ = ["Live", "Shape", "fill_table", "shapes"]

#: A value of each type, as SQL; a text says nothing.
_SOME: Final[Mapping[str, str]] = {
    "text": "'some'",
    "character varying": "'some'",
    "character": "'s'",
    "bytea": "'\\x00'",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "numeric": "1",
    "real": "1",
    "double precision": "1",
    "boolean": "true",
    "date": "date '2025-10-01'",
    "time without time zone": "time '08:00'",
    "timestamp with time zone": "timestamptz '2025-10-01T08:00Z'",
    "interval": "interval '1 day'",
    "uuid": "gen_random_uuid()",
    "jsonb": "jsonb '{}'",
    "json": "json '{}'",
    "daterange": "daterange '[2025-10-01,2025-10-02)'",
    "tstzrange": "tstzrange '[2025-10-01T08:00Z,2025-10-01T09:00Z)'",
}
_REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.InsufficientPrivilegeError)
#: How many combinations of codes are tried before a table is said to take no row.
_TRIES = 400

_COLUMNS: Final = r"""
SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type,
       CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4 THEN a.atttypmod - 4 END
           AS length,
       a.attnotnull AS required, a.atthasdef AS "default", a.attgenerated <> '' OR a.attidentity <> '' AS made,
       has_column_privilege(c.oid, a.attnum, 'INSERT') AS may_insert,
       has_column_privilege(c.oid, a.attnum, 'UPDATE') AS may_update,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey))
           AS telling,
       (SELECT t.relname FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey[cardinality(k.conkey)] = a.attnum LIMIT 1) AS target
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'
  AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'tenant_id' AND NOT o.attisdropped)
  AND (cardinality($1::text[]) = 0 OR c.relname = ANY ($1))
ORDER BY c.relname, a.attnum
"""


@dataclass(frozen=True, slots=True)
class Live:
    """A column as it is in the database, and as it was declared.

    Args:
        name: Its name.
        type: As PostgreSQL writes it, without the length.
        length: Characters that it holds at most, if it is limited.
        required: Whether every row must have it.
        default: Whether it has a value by itself.
        made: Whether the database makes it; nobody writes it.
        may_insert: Whether the application may give it to a new row.
        may_update: Whether the application may change it.
        telling: Whether it belongs to what tells one row from another.
        target: The table that it refers to.
        codes: The values that it chooses from, if it was declared with choices.
        sample: A text of its kind, if programs read it; see :func:`homeroom.database.tables.coded`.
    """

    name: str
    type: str
    length: int | None
    required: bool
    default: bool
    made: bool
    may_insert: bool
    may_update: bool
    telling: bool
    target: str | None
    codes: tuple[str, ...] = ()
    sample: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of schools.

    Args:
        name: Its name.
        columns: By name.
    """

    name: str
    columns: Mapping[str, Live] = field(default_factory=dict)

    @property
    def may_insert(self) -> bool:
        """Whether the application may add rows."""
        return any(each.may_insert for each in self.columns.values())


async def shapes(transaction: Transaction, registry: PluginRegistry, only: Iterable[str] = ()) -> list[Shape]:
    """The tables of schools, those that others refer to first.

    Args:
        transaction: Within any space.
        registry: Whose declarations say which texts are codes.
        only: Names of tables; none means all.
    """
    declared = {
        (table._meta.tablename, column._meta.db_column_name): column
        for plugin in registry.in_order()
        if plugin.migrations is not None
        for table in declared_tables(plugin)
        for column in table._meta.columns
    }
    found: dict[str, dict[str, Live]] = {}
    for row in await transaction.fetch(_COLUMNS, list(only)):
        column = declared.get((row["table"], row["name"]))
        values = {key: value for key, value in row.items() if key != "table"}
        found.setdefault(row["table"], {})[row["name"]] = Live(
            **values, codes=_codes(column), sample=None if column is None else sample_of(column)
        )
    return list(_parents_first({name: Shape(name, columns) for name, columns in found.items()}))


def _codes(column: Column | None) -> tuple[str, ...]:
    choices = None if column is None else column._meta.choices
    return () if choices is None else tuple(str(each.value) for each in choices)


def _parents_first(tables: dict[str, Shape]) -> Iterator[Shape]:
    """Each table after those that it refers to; where two refer to each other, by name."""
    given: set[str] = set()
    while len(given) < len(tables):
        waiting = [name for name in tables if name not in given]
        ready = [name for name in waiting if _parents(tables[name]) & tables.keys() <= given] or waiting[:1]
        for name in ready:
            given.add(name)
            yield tables[name]


def _parents(table: Shape) -> set[str]:
    return {each.target for each in table.columns.values() if each.target is not None and each.target != table.name}


async def fill_table(
    transaction: Transaction,
    table: Shape,
    chosen: Mapping[str, Any] | None = None,
    rows: Mapping[str, UUID] | None = None,
) -> str | None:
    """Add one row to a table.

    Args:
        transaction: Within the space.
        table: The table.
        chosen: Column to the value that it shall have.
        rows: Table to the row that references to it shall lead to; the newest one unless given.

    Returns:
        Why the table takes no row, or none if it has taken one.
    """
    chosen = chosen or {}
    reason = "nothing was tried"
    for values in itertools.islice(_candidates(table, chosen.keys(), rows or {}), _TRIES):
        names = [*values, *chosen]
        given = [*values.values(), *(f"${number}" for number in range(1, len(chosen) + 1))]
        try:
            async with transaction.savepoint():
                await transaction.execute(
                    f'INSERT INTO "{table.name}" ({_quoted(names)}) SELECT {", ".join(given)}', *chosen.values()
                )
            return None
        except asyncpg.CheckViolationError as error:
            reason = str(error)
        except asyncpg.NotNullViolationError as error:
            return f"it needs a row of another table: {error}"
        except (
            asyncpg.IntegrityConstraintViolationError,
            asyncpg.DataError,
            asyncpg.InsufficientPrivilegeError,
        ) as error:
            return str(error)
    return reason


def _candidates(table: Shape, chosen: Iterable[str], rows: Mapping[str, UUID]) -> Iterator[dict[str, str]]:
    """Rows to try: with every code that there is, with the references that may be missing and without them."""
    open_columns = [each for each in table.columns.values() if each.name not in {"tenant_id", *chosen}]
    coded = [each for each in open_columns if each.codes and (each.required or not each.default)]
    names = [each.name for each in open_columns if each.target is not None and not each.required]
    # Some rows must hold one value, of whichever kind.
    values_of_one = [
        each for each in open_columns
        if each.target is None and not each.required and not each.codes and each.may_insert and not each.made
    ]  # fmt: skip
    for codes in itertools.product(*(_alternatives(each) for each in coded)):
        # All of them, none, or just one: some rows belong to a student or to a member of staff, never to both.
        for references in ({*names}, set(), *({each} for each in names if len(names) > 1)):
            values = {"id": f"'{new_id()}'"} if "id" in table.columns else {}
            for column in open_columns:
                if column.name == "id" or column.made or not column.may_insert or column.codes:
                    continue
                if column.target is not None and (column.required or column.name in references):
                    values[column.name] = _reference(column.target, rows)
                elif column.target is None and column.required and (not column.default or column.sample is not None):
                    values[column.name] = _value(column)
            values.update({each.name: code for each, code in zip(coded, codes, strict=True) if code != "NULL"})
            yield values
            if references == set():
                yield from ({**values, each.name: _value(each)} for each in values_of_one)


def _alternatives(column: Live) -> Sequence[str]:
    return [*(f"'{code}'" for code in column.codes), *([] if column.required else ["NULL"])]


def _reference(target: str, rows: Mapping[str, UUID]) -> str:
    if target in rows:
        return f"'{rows[target]}'"
    return f'(SELECT id FROM "{target}" ORDER BY id DESC LIMIT 1)'


def _value(column: Live) -> str:
    if column.sample is not None:
        literal = "'" + column.sample.replace("'", "''") + "'"
        return f"{literal}::{column.type}"
    if column.type.endswith("[]"):
        return f"'{{}}'::{column.type}"
    return _SOME[column.type]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
