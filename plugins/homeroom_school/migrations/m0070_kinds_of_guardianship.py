"""Guardianships are of a kind that the registry knows, which the database holds too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the check that the column declares."""
    await schema.add_check(
        "guardianship",
        "guardianship_relation_allowed",
        "relation IN ('mother', 'father', 'parent', 'grandparent', 'relative', 'guardian', 'other')",
    )
