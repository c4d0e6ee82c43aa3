"""Results that were taken over from another school."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Say of a result from where it was taken over."""
    await schema.add_column("subject_result", "taken_from", "varchar(200)")
