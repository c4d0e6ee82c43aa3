"""Names and codes from before texts were composed at the doors are composed too."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import asyncpg

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

logger = logging.getLogger(__name__)
_PERSON: Final = ("family_name", "middle_name", "given_name", "full_name")
#: Table to the columns that people find its rows by.
_COLUMNS: Final = {
    "school_year": ("name",),
    "term": ("name",),
    "grade_level": ("code", "title"),
    "subject": ("code", "title"),
    "subject_component": ("code", "title"),
    "school_class": ("name", "code"),
    "student": (*_PERSON, "code", "birth_place"),
    "staff": (*_PERSON, "code"),
    "guardian": _PERSON,
    "person_name": _PERSON,
    "campus": ("code", "name"),
    "building": ("code", "name"),
    "room": ("code", "name"),
    "student_group": ("code", "name"),
    "bell_schedule": ("code", "name"),
    "calendar_entry": ("name",),
    "roster_link": ("source_id",),
}


async def forwards(schema: Schema) -> None:
    """Compose the letters; where two rows would then be the same, both stay as they are and the log names the table."""
    for table, columns in _COLUMNS.items():
        sets = ", ".join(f"{each} = normalize({each}, NFC)" for each in columns)
        other = " OR ".join(f"{each} IS NOT NFC NORMALIZED" for each in columns)
        await schema.execute("SAVEPOINT composed")
        try:
            await schema.execute(f"UPDATE {table} SET {sets} WHERE {other}")
        except asyncpg.UniqueViolationError:
            await schema.execute("ROLLBACK TO SAVEPOINT composed")
            logger.warning("%s: rows differ by the form of their letters alone; correct them by hand", table)
        await schema.execute("RELEASE SAVEPOINT composed")
