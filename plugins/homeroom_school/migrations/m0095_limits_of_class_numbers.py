"""Class numbers are from 1 to 999, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the check; rows that break it stay, and the log says how many there are."""
    await schema.add_check("class_enrolment", "class_enrolment_class_number_allowed", "class_number BETWEEN 1 AND 999")
