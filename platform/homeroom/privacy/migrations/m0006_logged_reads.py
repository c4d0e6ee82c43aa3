"""The fields whose reads a school has chosen to have logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table of the choice."""
    await schema.create_table(
        "logged_read",
        {
            "resource": "varchar(60) NOT NULL",
            "field": "varchar(60) NOT NULL",
            "origin": "varchar(20) NOT NULL DEFAULT 'space' CHECK (origin IN ('space', 'preset'))",
            "legal_basis": "varchar(300) NOT NULL",
            "active": "boolean NOT NULL DEFAULT true",
            "version": "integer NOT NULL DEFAULT 1",
        },
        unique=[("resource", "field")],
    )
