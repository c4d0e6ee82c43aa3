"""Changing many rows at once that exchange values which must be unique, such as two classes their names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.database.tables import SchoolTable

__all__ = ["write_exchanging"]


async def write_exchanging(
    context: Context,
    table: type[SchoolTable],
    rows: Mapping[UUID, Mapping[str, Any]],
    in_the_way: Mapping[str, Collection[UUID]],
) -> list[UUID]:
    """Change rows; the audit says what each was before.

    Args:
        context: A command's.
        table: Their table.
        rows: Row to its columns, the same of all.
        in_the_way: Column of texts to those of the rows that give up a value of it which another takes.

    Returns:
        The rows that changed.
    """
    name, written = table._meta.tablename, context.rows(table)
    aside = list(dict.fromkeys(row for column in in_the_way.values() for row in column))
    before = await context.fetch(f"SELECT * FROM {name} WHERE id = ANY($1::uuid[]) FOR UPDATE", aside) if aside else []
    for column, leaving in in_the_way.items():
        if leaving:
            # Two rows cannot exchange a unique value in one statement: these step aside first, in a short text.
            await context.execute(
                f"UPDATE {name} SET {column} = '~' || right(id::text, 11) WHERE id = ANY($1::uuid[])", list(leaving)
            )
    changed = await written.update_many([{"id": row, **new} for row, new in rows.items() if row not in aside])
    if not aside:
        return changed
    length = context.trail.length
    changed += await written.update_many([{"id": row, **rows[row]} for row in aside])
    context.trail.forget(length)
    for old in before:
        new = rows[old["id"]]
        differing = [column for column, value in new.items() if old[column] != value]
        context.trail.changed(
            name,
            old["id"],
            {column: old[column] for column in differing},
            {column: new[column] for column in differing},
        )
    return changed
