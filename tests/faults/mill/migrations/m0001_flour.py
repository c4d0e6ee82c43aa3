"""Sacks of flour. Nothing keeps two of one number apart: a job that runs twice shall show."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table("flour", {"number": "integer NOT NULL"})
