"""The look for what is due in all spaces asks for proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Write the demand into the function."""
    await schema.demand_proof("spaces_with_due_webhooks")
