"""Rows that have no id in a file, found by columns that are unique together, such as a name in a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable
    from homeroom.imports.sync.work import Sync

__all__ = ["write_by_key"]


async def write_by_key(
    sync: Sync,
    name: str,
    table: type[SchoolTable],
    key: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    first: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> dict[tuple[Any, ...], UUID]:
    """See :meth:`homeroom.imports.sync.Sync.by_key`."""
    if not rows:
        return {}
    found = await sync.context.fetch(f"SELECT id, {', '.join(key)} FROM {table._meta.tablename}")
    known: dict[tuple[Any, ...], UUID] = {tuple(row[column] for column in key): row["id"] for row in found}
    wanted = {tuple(row[column] for column in key): row for row in rows}
    new = {place: row for place, row in wanted.items() if place not in known}
    written = sync.context.rows(table)
    if rows[0].keys() > set(key):
        changes = [
            {"id": known[place], **{column: value for column, value in row.items() if column not in key}}
            for place, row in wanted.items()
            if place in known
        ]
        changed = await written.update_many(changes)
        sync.report["changed"][name] += len(changed)
        sync.report["unchanged"][name] += len(changes) - len(changed)
    ids = await written.insert([{**row, **first(row)} for row in new.values()])
    sync.report["created"][name] += len(ids)
    return {**known, **dict(zip(new, ids, strict=True))}
