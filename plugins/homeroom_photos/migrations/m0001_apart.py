"""Pictures are a plugin of their own: switch it on in schools that have them from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.parting import rename_commands, switch_on_with

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

__all__ = ["forwards"]


async def forwards(schema: Schema) -> None:
    """Run the migration."""
    await switch_on_with(schema, "photos", "school")
    await rename_commands(schema, "school.photo.", "photos.photo.")
