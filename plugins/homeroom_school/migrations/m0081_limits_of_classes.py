"""What classes allow, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    await schema.add_check("school_class", "school_class_kind_allowed", "kind IN ('homeroom', 'course')")
    await schema.add_check("school_class", "school_class_places_allowed", "places BETWEEN 1 AND 9999")
