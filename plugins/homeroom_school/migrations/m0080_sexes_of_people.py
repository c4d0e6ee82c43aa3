"""The values that a person's sex has, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    for table in ("student", "staff"):
        await schema.add_check(table, f"{table}_sex_allowed", "sex IN ('male', 'female', 'other', 'unspecified')")
