"""Purposes to which a child has to agree beside the guardian, and who gave which answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the columns; what was answered before counted for everybody, and goes on to."""
    await schema.add_column("consent_purpose", "person_from_age", "smallint CHECK (person_from_age BETWEEN 1 AND 30)")
    await schema.add_column(
        "consent_answer",
        "side",
        "varchar(20) NOT NULL DEFAULT 'both' CHECK (side IN ('person', 'guardian', 'both'))",
    )
