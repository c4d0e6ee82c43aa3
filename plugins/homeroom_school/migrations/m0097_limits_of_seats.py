"""What seating plans allow, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    for table, column in (
        ("seating_plan", "row_count"),
        ("seating_plan", "places_in_row"),
        ("seat", "row_number"),
        ("seat", "place"),
    ):
        await schema.add_check(table, f"{table}_{column}_allowed", f"{column} BETWEEN 1 AND 50")
