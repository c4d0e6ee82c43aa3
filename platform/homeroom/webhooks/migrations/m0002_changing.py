"""Endpoints can be changed and paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the version, and the state of those that are told nothing for a while."""
    await schema.add_column("webhook_endpoint", "version", "integer NOT NULL DEFAULT 1")
    await schema.execute(
        "ALTER TABLE webhook_endpoint DROP CONSTRAINT webhook_endpoint_state, ADD CONSTRAINT webhook_endpoint_state"
        " CHECK (state IN ('active', 'paused', 'disabled'))"
    )
