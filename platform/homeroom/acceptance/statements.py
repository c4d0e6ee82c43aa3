"""Every SQL statement that a plugin declares or writes out, so that PostgreSQL can be asked whether it accepts it."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.database.sql import PARAMETER_TYPES, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from homeroom.acceptance.subject import Subject
    from homeroom.resources import Field, Leaf, Predicate, Relation, Resource

__all__ = ["Statement", "refused", "statements_of"]

#: The GraphQL type of a field to the PostgreSQL types whose values it can show.
_SHOWN_AS: Final = {
    "ID": {"uuid"},
    "String": {"text", "varchar", "bpchar", "name"},
    "Int": {"int2", "int4"},
    "BigInt": {"int2", "int4", "int8"},
    "Decimal": {"numeric", "int2", "int4", "int8"},
    "Boolean": {"bool"},
    "Date": {"date"},
    "DateTime": {"timestamptz"},
    "JSON": {"json", "jsonb"},
    "[String!]": {"text[]", "varchar[]"},
}
#: Methods of a context, a transaction and a database that take a statement first.
_METHODS: Final = frozenset({"fetch", "fetchrow", "fetchval", "execute", "read"})
_TEMPORARY: Final = re.compile(r"CREATE\s+TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Args:
        place: Where it is declared or written, for the author.
        sql: The statement.
        type: The GraphQL type of its one value, if it has such.
        gives: The columns that its rows must have.
        temporary: The tables that the same file makes for one transaction: no other has them.
    """

    place: str
    sql: str
    type: str = ""
    gives: frozenset[str] = frozenset()
    temporary: frozenset[str] = frozenset()


def statements_of(subject: Subject) -> Iterator[Statement]:
    """The statements of a plugin: of its resources with their statistics, imports, recipients, finders and bars, and
    those that its source passes as they are.

    A statement that the source puts together while it runs is not among them.
    """
    from homeroom.resources import Extension, Resource

    yield from _imported(subject)
    yield from _recipients(subject)
    yield from _found_and_barred(subject)
    for resource in subject.given("resources", Resource):
        parts: list[Field | Relation] = [
            *resource.fields.values(),
            *resource.relations.values(),
        ]
        yield from _declared(subject, resource, parts, resource.scopes)
        yield from _statistics(subject, subject.variant.resources[resource.name])
    for extension in subject.given("extensions", Extension):
        yield from _declared(subject, subject.variant.by_table[extension.table], extension.parts, extension.scopes)
    for file in sorted(subject.folder.rglob("*.py")):
        if "migrations" not in file.relative_to(subject.folder).parts:
            yield from _written(subject, file)


async def refused(connection: Any, statements: Iterator[Statement]) -> list[str]:
    """What PostgreSQL does not accept, a sentence each.

    Args:
        connection: An asyncpg connection to a database with the plugin's tables.
        statements: They are prepared and never run.
    """
    import asyncpg

    faults = []
    for statement in statements:
        try:
            prepared = await connection.prepare(statement.sql)
        except asyncpg.UndefinedTableError as error:
            if not any(f'"{name}"' in str(error) for name in statement.temporary):
                faults.append(f"{statement.place}: {error.message}")
        except asyncpg.PostgresError as error:
            if "multiple commands" not in str(error):
                faults.append(f"{statement.place}: {error.message}")
        else:
            shown = _SHOWN_AS.get(statement.type)
            found = prepared.get_attributes()[0].type.name if shown else ""
            if shown and found not in shown:
                faults.append(f"{statement.place} is declared as {statement.type}, and its SQL gives {found}")
            names = {each.name for each in prepared.get_attributes()} if statement.gives else set()
            faults += [f"{statement.place} gives no column {name}" for name in sorted(statement.gives - names)]
    return faults


def _declared(
    subject: Subject,
    resource: Resource,
    parts: Sequence[Field | Leaf | Relation],
    scopes: Any,
) -> Iterator[Statement]:
    from homeroom.resources import Field, Relation

    table = resource.table
    for part in parts:
        place = f"{resource.name}.{part.name}"
        if isinstance(part, Field):
            value = fill(part.sql, "r", _Parameters())
            yield Statement(place, f"SELECT {value} FROM {table} r", "String" if part.values else part.type)
        elif isinstance(part, Relation):
            target = subject.variant.by_table[part.target]
            order = part.first("other")
            numbers = _Parameters()
            where = subject.variant.predicates.predicate(target, part.where or "TRUE", "other", numbers)
            yield Statement(
                place,
                f"SELECT other.id FROM {table} r JOIN {target.table} other ON other.{part.there} = r.{part.here}"
                f" WHERE {where} {order}",
            )
    for name, predicate in scopes.items():
        yield Statement(f"the scope {name} of {resource.name}", _scope(subject, resource, predicate))


def _statistics(subject: Subject, resource: Resource) -> Iterator[Statement]:
    """The figures of a resource with its extensions, and its rows grouped by each thing that they can be grouped by."""
    from homeroom.resources import Field
    from homeroom.resources.grouping import groupings_of, moments_of, numbers_of

    if resource.statistics.none:
        return
    figures = [("sum", each) for each in numbers_of(resource)] + [("min", each) for each in moments_of(resource)]
    for function, field in figures:
        value = fill(field.sql, "r", _Parameters())
        place = f"the statistics of {resource.name} over {field.name}"
        yield Statement(place, f"SELECT {function}({value}) FROM {resource.table} r")
    for each in groupings_of(resource, subject.variant.by_table).values():
        row, joins = "r", ""
        for number, step in enumerate(each.path):
            target = subject.variant.by_table[step.target].table
            joins += f" LEFT JOIN {target} g{number} ON g{number}.{step.there} = {row}.{step.here}"
            row = f"g{number}"
        key = fill(each.part.sql, row, _Parameters()) if isinstance(each.part, Field) else f"{row}.{each.part.here}"
        if each.is_dated:
            key = f"date_trunc('WEEK', ({key})::timestamp)::date"
        place = f"the statistics of {resource.name} by {each.name}"
        yield Statement(place, f"SELECT {key}, count(*) FROM {resource.table} r{joins} GROUP BY 1")


def _imported(subject: Subject) -> Iterator[Statement]:
    """How each import finds the rows that files name, and those that are there already."""
    from homeroom.commands import Command
    from homeroom.imports.columns import referred_columns
    from homeroom.imports.declare import import_of

    for command in subject.given("commands", Command):
        spec = import_of(command)
        for column in spec.columns.values() if spec is not None else ():
            for by in referred_columns(subject.variant, column) if column.resource else ():
                table = subject.variant.resources[column.resource].table
                place = f"the import {command.name}, column {column.path}"
                yield Statement(place, f"SELECT r.id, r.{by}::text FROM {table} r WHERE r.{by}::text = ANY($1::text[])")


def _recipients(subject: Subject) -> Iterator[Statement]:
    from homeroom.recipients import Recipients

    for each in subject.given("recipients", Recipients):
        if each.sql:
            yield Statement(f"the recipients {each.name}", each.sql, gives=frozenset({"row", "person"}))


def _found_and_barred(subject: Subject) -> Iterator[Statement]:
    """What a plugin finds for others, and whom it keeps from being chosen."""
    from homeroom.eligibility import Bar
    from homeroom.findings import Finder

    for finder in subject.given("finders", Finder):
        yield Statement(f"the finder {finder.name}", finder.sql, gives=frozenset({"key"}))
    for bar in subject.given("bars", Bar):
        yield Statement(f"the bar {bar.name}", bar.sql, gives=frozenset({"row"}))


def _scope(subject: Subject, resource: Resource, predicate: Predicate) -> str:
    numbers = _Parameters()
    where = subject.variant.predicates.predicate(resource, predicate, "r", numbers)
    return f"SELECT r.id FROM {resource.table} r WHERE {where}"


class _Parameters:
    """Gives the placeholders of a predicate."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def __call__(self, name: str) -> str:
        if name not in self._names:
            self._names.append(name)
        return f"${self._names.index(name) + 1}::{PARAMETER_TYPES[name]}"


def _written(subject: Subject, file: Path) -> Iterator[Statement]:
    """The statements that calls in a file are given as texts, or as constants of a module."""
    source = file.read_text(encoding="utf-8")
    temporary = frozenset(_TEMPORARY.findall(source))
    place = file.relative_to(subject.folder.parent).as_posix()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS):
            continue
        given = node.args[0] if node.args else None
        sql = given.value if isinstance(given, ast.Constant) else None
        if isinstance(given, ast.Name) and given.id.isupper():
            sql = getattr(_module(subject, file), given.id, None)
        if isinstance(sql, str) and " " in sql:
            yield Statement(f"{place}:{node.lineno}", sql, temporary=temporary)


def _module(subject: Subject, file: Path) -> Any:
    path = file.relative_to(subject.folder).with_suffix("")
    parts = [subject.package, *(part for part in path.parts if part != "__init__")]
    return importlib.import_module(".".join(parts))
