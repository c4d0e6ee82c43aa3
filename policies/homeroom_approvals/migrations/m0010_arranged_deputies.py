"""Who arranged a deputy for somebody who is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the columns; until now everybody named the own deputy."""
    await schema.add_column("approval_delegation", "arranged_by", "text NOT NULL DEFAULT ''")
    await schema.add_column("approval_delegation", "arranged_account", "uuid")
    await schema.add_column("approval_delegation", "arranged_persons", "uuid[] NOT NULL DEFAULT '{}'")
