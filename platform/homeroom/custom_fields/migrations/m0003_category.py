"""What sort of data a field holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the column; the fields that are there go with the rows that they are in, as before."""
    await schema.add_column("custom_field", "category", "varchar(40)")
