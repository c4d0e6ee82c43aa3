"""From when to when somebody works at the school."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "employment",
        {
            "staff_id": "uuid NOT NULL",
            "starts_on": "date",
            "ends_on": "date",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"staff_id": "staff"},
        checks={
            "employment_period": "ends_on >= starts_on",
            "employment_told": "starts_on IS NOT NULL OR ends_on IS NOT NULL",
        },
        indexes=[("staff_id",)],
    )
    await schema.execute(
        "ALTER TABLE employment ADD CONSTRAINT employment_one_at_a_time EXCLUDE USING gist (tenant_id WITH =,"
        " staff_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )
