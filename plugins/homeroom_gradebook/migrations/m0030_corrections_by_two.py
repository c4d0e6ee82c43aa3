"""Who opened a round for corrections: these persons change no mark in it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the column; of rounds that were opened again before, nobody is known."""
    await schema.add_column("entry_round", "opened_by", "uuid[] NOT NULL DEFAULT '{}'")
