"""Removing rows that were entered by mistake. Whatever refers to a row keeps it, and is named.

A row is removed together with its *parts*, the rows that are nothing without it (the terms of a school year): a
reference says so by ``belongs_to(..., part=True)``. Whatever else refers to it or to its parts keeps it, in
tables of every installed plugin, also of those that the school has switched off.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.before_writing import ask_before_writing
from homeroom.database.tables import Reference, SchoolTable, reference_of
from homeroom.errors import Problem, Refusal
from homeroom.personal_data import ROW, Act
from homeroom.refusals import IN_USE, Label

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.host import Host

__all__ = ["noun_of", "references_to", "remove", "remove_belonging"]

_SERVICE: Final = "removal.references"
_PARTS: Final = "removal.parts"


async def remove(
    context: Context,
    table: type[SchoolTable],
    rows: Sequence[UUID],
    *,
    field: str,
    parts: Collection[Any] = (),
    listed: bool = False,
) -> Sequence[Mapping[str, Any]]:
    """Remove rows and their parts, if nothing else refers to them. The caller has checked that they may be removed.

    Values of a school's own fields, and other rows that belong to any row by its id, go with it.

    Args:
        context: A command's.
        table: The rows' table.
        rows: Their ids, each once.
        field: The input field that named them.
        parts: References whose rows are parts, beside those that say so; parts may have parts of their own.
        listed: Whether ``field`` is a list, so that each row is named.

    Returns:
        What the rows were, each as column to value.

    Raises:
        Refusal: IN_USE for each row on which something rests, with what and how many.
    """
    gone = await context.fetch(f"SELECT * FROM {table._meta.tablename} WHERE id = ANY($1::uuid[])", list(rows))
    # A row may be removed; what it belongs to may say that it is not. Its parts go with it.
    await ask_before_writing(context, table._meta.tablename, [], gone, field)
    problems = []
    parts = [*parts, *_declared_parts(context.host)]
    for place, row in enumerate(rows):
        going = await _with_parts(context, table, row, parts)
        if resting := await _resting(context, going, parts):
            uses = {Label(noun): count for noun, count in sorted(resting.items())}
            problems.append(Problem(IN_USE, field, place if listed else None, uses=uses))
            continue
        for each, ids in reversed(going.items()):
            await remove_belonging(context, ids)
            await context.rows(each, asks=False).delete_many(ids)
    if problems:
        raise Refusal.of(problems)
    return gone


def references_to(host: Host, table: type[SchoolTable]) -> list[tuple[type[SchoolTable], str]]:
    """The columns of installed plugins that refer to a table: each as the referring table and the column's name."""
    found: Mapping[str, list[tuple[type[SchoolTable], str]]] | None = host.services.get(_SERVICE)
    if found is None:
        found = host.services[_SERVICE] = _all_references(host)
    return found.get(table._meta.tablename, [])


def _all_references(host: Host) -> dict[str, list[tuple[type[SchoolTable], str]]]:
    from homeroom.database.declarations import declared_tables

    found: dict[str, list[tuple[type[SchoolTable], str]]] = {}
    for plugin in host.registry.in_order():
        for referring in declared_tables(plugin) if plugin.migrations is not None else ():
            for column in referring._meta.columns:
                target = reference_of(column)
                if target is not None:
                    found.setdefault(target, []).append((referring, column._meta.db_column_name))
    return found


def _declared_parts(host: Host) -> list[Any]:
    """The references of installed plugins whose rows are parts of what they point to."""
    found: list[Any] | None = host.services.get(_PARTS)
    if found is None:
        from homeroom.database.declarations import declared_tables

        found = host.services[_PARTS] = [
            column
            for plugin in host.registry.in_order()
            for table in (declared_tables(plugin) if plugin.migrations is not None else ())
            for column in table._meta.columns
            if isinstance(column, Reference) and column.part
        ]
    return found


async def _with_parts(
    context: Context, table: type[SchoolTable], row: UUID, parts: Collection[Any]
) -> dict[type[SchoolTable], list[UUID]]:
    """The row and its parts by table, owners first."""
    going: dict[type[SchoolTable], list[UUID]] = {table: [row]}
    waiting = list(parts)
    while waiting:
        ready = [each for each in waiting if reference_of(each) in {owner._meta.tablename for owner in going}]
        if not ready:
            break
        # Columns are compared by identity: `==` of two columns makes a condition.
        waiting = [each for each in waiting if all(each is not other for other in ready)]
        for reference in ready:
            owners = next(ids for owner, ids in going.items() if owner._meta.tablename == reference_of(reference))
            part, column = reference._meta.table, reference._meta.db_column_name
            found = await context.fetch(
                f"SELECT id FROM {part._meta.tablename} WHERE {column} = ANY($1::uuid[])", owners
            )
            going[part] = [*going.get(part, []), *(each["id"] for each in found)]
    return going


async def _resting(
    context: Context, going: Mapping[type[SchoolTable], list[UUID]], parts: Collection[Any]
) -> dict[str, int]:
    """What refers to rows that are to be removed: noun to how many, without those that are removed too."""
    counted: dict[str, int] = {}
    owned = {(each._meta.table._meta.tablename, each._meta.db_column_name) for each in parts}
    for table, ids in going.items():
        for referring, column in references_to(context.host, table):
            name = referring._meta.tablename
            if (name, column) in owned or not ids:
                continue
            count = await context.fetchval(
                f"SELECT count(*) FROM {name} WHERE {column} = ANY($1::uuid[]) AND NOT id = ANY($2::uuid[])",
                ids,
                going.get(referring, []),
            )
            if count:
                noun = noun_of(context, referring)
                counted[noun] = counted.get(noun, 0) + count
    return counted


def noun_of(context: Context, table: type[SchoolTable]) -> str:
    """What people call the rows of a table: the plural of its resource, in words."""
    resource = context.variant.by_table.get(table._meta.tablename)
    if resource is None:
        return f"rows of {table._meta.tablename}"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", resource.plural).lower()


async def remove_belonging(context: Context, rows: list[UUID]) -> None:
    """Remove what belongs to rows by their ids alone, without a foreign key, and what belongs to that in turn.

    Args:
        context: A command's.
        rows: The ids of rows that are removed, of any tables.
    """
    for declared in context.host.hooks.collect("personal_data"):
        if declared.erasure is None or declared.erasure.act is not Act.DELETE:
            continue
        for path in declared.paths:
            if path.startswith(ROW) and "." not in path:
                column = path.removeprefix(ROW)
                found = await context.fetch(f"SELECT id FROM {declared.name} WHERE {column} = ANY($1::uuid[])", rows)
                if found:
                    ids = [each["id"] for each in found]
                    await remove_belonging(context, ids)
                    await context.rows(declared.table, asks=False).delete_many(ids)
