"""What school years and terms allow, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    await schema.add_check("school_year", "school_year_status_allowed", "status IN ('planning', 'current', 'past')")
    await schema.add_check("school_year", "school_year_days_holds", "ends_on > starts_on")
    await schema.add_check("school_year", "school_year_length_holds", "ends_on - starts_on < 731")
    await schema.add_check("term", "term_number_allowed", "number BETWEEN 1 AND 99")
    await schema.add_check("term", "term_days_holds", "ends_on > starts_on")
