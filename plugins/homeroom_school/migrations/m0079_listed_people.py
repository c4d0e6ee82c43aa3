"""Lists of people and their totals are read from an index: it leaves out erased people, as lists do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the indexes, in the order in which people are listed."""
    for table in ("student", "staff", "guardian"):
        await schema.execute(f"CREATE INDEX {table}_listed_ix ON {table} (tenant_id, sort_key, id) WHERE NOT erased")
