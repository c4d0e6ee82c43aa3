"""Writing a list of rows: what is there is changed, what is new is added, and what is no longer listed may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from homeroom.removal import references_to, remove

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable

__all__ = ["replace_rows"]


async def replace_rows(
    context: Context,
    table: type[SchoolTable],
    wanted: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    belonging: Mapping[str, Any],
    *,
    others_go: bool,
    field: str,
) -> list[UUID]:
    """Write rows, each identified by its key.

    Args:
        context: The command's.
        table: The rows' table.
        wanted: The rows that there shall be, each with all columns.
        key: The columns that tell one from another.
        belonging: Column to value, of all rows that count; the key is unique among these.
        others_go: Whether rows among these that are not wanted are removed.
        field: The input field to name where one that is to go is in use.

    Returns:
        The ids, in the order of the rows.
    """
    rows, name = context.rows(table), table._meta.tablename
    same = " AND ".join(f"{column} IS NOT DISTINCT FROM ${place}" for place, column in enumerate(belonging, start=1))
    found = await context.fetch(f"SELECT id, {', '.join(key)} FROM {name} WHERE {same or 'TRUE'}", *belonging.values())
    present = {tuple(each[column] for column in key): each["id"] for each in found}
    by_key = {tuple(values[column] for column in key): values for values in wanted}
    gone = [row for one, row in present.items() if one not in by_key] if others_go else []
    if gone and references_to(context.host, table):
        await remove(context, table, gone, field=field)
    else:
        await rows.delete_many(gone, field=field)
    kept = [{**by_key[one], "id": row} for one, row in present.items() if one in by_key]
    await rows.update_many(kept, field=field)
    new = [one for one in by_key if one not in present]
    made = await rows.insert([by_key[one] for one in new], field=field)
    present |= dict(zip(new, made, strict=True))
    return [present[one] for one in by_key]
