"""The function that ends roles asks for proof that the application calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Write the demand into it."""
    await schema.demand_proof("end_roles")
