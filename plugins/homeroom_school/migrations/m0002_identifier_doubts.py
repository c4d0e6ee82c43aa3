"""Numbers keep what in them contradicts the person's record, for the office to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the doubts; numbers that are there get theirs when they or their persons next change."""
    await schema.add_column("person_identifier", "doubts", "text[] NOT NULL DEFAULT '{}'")
