"""People know whether they were erased, so that lists leave them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the column. An erasure left a dash as the name, and no key to order by, which a person always has."""
    for table in ("student", "staff", "guardian"):
        await schema.add_column(table, "erased", "boolean NOT NULL DEFAULT false")
        await schema.execute(f"UPDATE {table} SET erased = true WHERE full_name = '-' AND sort_key = ''")
