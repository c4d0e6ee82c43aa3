"""Links between records of other systems and the rows that they became."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "import_link",
        {
            "command": "varchar(120) NOT NULL",
            "system": "varchar(60) NOT NULL",
            "noun": "varchar(60) NOT NULL",
            "source_id": "text NOT NULL",
            "within_id": "uuid",
            "row_id": "uuid",
            "position": "integer NOT NULL DEFAULT 0",
            "made": "boolean NOT NULL DEFAULT false",
            "present": "boolean NOT NULL DEFAULT true",
            "ended_on": "date",
            "record": "jsonb NOT NULL",
        },
        indexes=[("row_id",)],
    )
    await schema.execute(
        "ALTER TABLE import_link ADD CONSTRAINT import_link_record_uq"
        " UNIQUE NULLS NOT DISTINCT (tenant_id, command, system, noun, source_id, within_id)"
    )
