"""Memberships lie apart by the constraint that their table declares, which is checked when a command has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Drop the older constraint, which was checked before a command could name the row."""
    await schema.execute("ALTER TABLE group_membership DROP CONSTRAINT group_membership_once")
