"""The tables that plugins declare, and how they differ from those that are there.

A declaration is a :class:`~homeroom.database.tables.SchoolTable` in the package of a plugin. A table that is there
and declared by nobody is no difference: it may belong to a plugin that was taken away, and is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from homeroom.columns import column_checks, unique_groups
from homeroom.database.catalogue_queries import COLUMNS, FOREIGN_KEYS
from homeroom.database.faults import Fault
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.parts import plugin_module, plugin_package

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.plugins import Plugin, PluginRegistry

__all__ = ["LiveColumn", "LiveTables", "compare_declarations", "declared_tables", "sql_type"]

_SPELLINGS = {
    "varchar": "character varying",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "time": "time without time zone",
    "decimal": "numeric",
}


_UNIQUE_KEYS = """
SELECT c.relname AS "table",
       (SELECT array_agg(a.attname::text) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::smallint[])) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE i.indisunique AND i.indpred IS NULL AND c.relnamespace = 'public'::regnamespace
"""
_DECLARED_CHECKS = """
SELECT c.relname AS "table", k.conname AS name, obj_description(k.oid, 'pg_constraint') AS condition
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'c' AND c.relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """A column as it is in the database.

    Args:
        type: As PostgreSQL writes it, such as ``character varying(20)``.
        required: Whether it is NOT NULL.
    """

    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class LiveTables:
    """The school tables as they are in the database.

    Args:
        columns: Table to column to what it is.
        references: (table, column, target) of each composite foreign key.
        unique: The table and the columns of each unique key, without the school.
        checks: (table, constraint) to the condition of each CHECK, as it was declared.
    """

    columns: Mapping[str, Mapping[str, LiveColumn]]
    references: frozenset[tuple[str, str, str]]
    unique: frozenset[tuple[str, frozenset[str]]] = frozenset()
    checks: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    async def read(cls, connection: Any) -> LiveTables:
        """Read them from PostgreSQL's catalogue."""
        columns: dict[str, dict[str, LiveColumn]] = {}
        for row in await connection.fetch(COLUMNS):
            columns.setdefault(row["table"], {})[row["name"]] = LiveColumn(row["type"], row["required"])
        names = {row["oid"]: row["relname"] for row in await connection.fetch("SELECT oid, relname FROM pg_class")}
        references = {
            (names[row["table"]], row["columns"][1], names[row["target"]])
            for row in await connection.fetch(FOREIGN_KEYS)
            if row["target_columns"] == ["tenant_id", "id"] and row["columns"][0] == "tenant_id"
        }
        unique = {
            (row["table"], frozenset(row["columns"]) - {"tenant_id"}) for row in await connection.fetch(_UNIQUE_KEYS)
        }
        checks = {
            (row["table"], row["name"]): row["condition"] or "" for row in await connection.fetch(_DECLARED_CHECKS)
        }
        return cls(columns, frozenset(references), frozenset(unique), checks)

    def lacks_unique(self, table: type[SchoolTable]) -> list[tuple[str, ...]]:
        """What a table declares to be unique and the database does not keep so."""
        name = table._meta.tablename
        return [group for group in unique_groups(table) if (name, frozenset(group)) not in self.unique]

    def lacks_checks(self, table: type[SchoolTable]) -> dict[str, str]:
        """Constraint to condition: what follows from a table's columns and the database does not have so."""
        name = table._meta.tablename
        return {check: sql for check, sql in column_checks(table) if self.checks.get((name, check)) != sql}


def declared_tables(plugin: Plugin) -> list[type[SchoolTable]]:
    """The tables that a plugin's package declares, by name. Imports ``<package>.tables`` if there is one."""
    package = plugin_package(plugin)
    plugin_module(plugin, "tables")
    found = [
        table
        for table in _subclasses(SchoolTable)
        if (table.__module__ == package or table.__module__.startswith(package + "."))
        and not vars(table).get("abstract", False)
    ]
    return sorted(found, key=lambda table: table._meta.tablename)


def _subclasses(table: type[SchoolTable]) -> Iterator[type[SchoolTable]]:
    for each in table.__subclasses__():
        yield each
        yield from _subclasses(each)


def sql_type(column: Column) -> str:
    """The type of a declared column as PostgreSQL writes it."""
    match = re.fullmatch(r"([a-z ]+?)(\(.*?\))?((?:\[\])*)", column.column_type.strip().lower())
    assert match is not None
    base, size, array = match[1], match[2] or "", match[3]
    return _SPELLINGS.get(base, base) + size.replace(" ", "") + ("[]" if array else "")


async def compare_declarations(connection: Any, registry: PluginRegistry) -> list[Fault]:
    """How the tables that plugins declare differ from the database.

    Args:
        connection: An asyncpg connection that may read PostgreSQL's catalogue.
        registry: The plugins.
    """
    live = await LiveTables.read(connection)
    faults: list[Fault] = []
    for plugin in registry.in_order():
        if plugin.migrations is None:
            continue
        for table in declared_tables(plugin):
            faults += _compare(table, live)
    return faults


def _compare(table: type[SchoolTable], live: LiveTables) -> Iterator[Fault]:
    name = table._meta.tablename
    there = live.columns.get(name)
    if there is None:
        yield Fault(name, f"is declared in {table.__module__}, but no migration makes it")
        return
    columns: Sequence[Column] = table._meta.columns
    for column in columns:
        column_name = column._meta.db_column_name
        found = there.get(column_name)
        if found is None:
            yield Fault(name, f"the column {column_name} is declared, but no migration makes it")
            continue
        if found.type != sql_type(column):
            yield Fault(name, f"the column {column_name} is declared as {sql_type(column)}, but is {found.type}")
        if found.required is column._meta.null:
            declared, actual = ("null", "is NOT NULL") if column._meta.null else ("NOT NULL", "may be null")
            yield Fault(name, f"the column {column_name} is declared as {declared}, but {actual}")
        target = reference_of(column)
        if target is not None and (name, column_name, target) not in live.references:
            yield Fault(name, f"the column {column_name} has no composite foreign key to {target}")
    for group in live.lacks_unique(table):
        yield Fault(name, f"{' and '.join(group)} are declared to be unique, but no migration makes the key")
    for check, condition in live.lacks_checks(table).items():
        yield Fault(name, f"the columns declare {condition}, but no migration makes the check {check}")
    for column_name in there.keys() - {column._meta.db_column_name for column in columns}:
        yield Fault(name, f"the column {column_name} is there, but is not declared in {table.__module__}")
