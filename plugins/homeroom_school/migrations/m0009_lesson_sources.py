"""What files told of lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "lesson_source",
        {
            "lesson_id": "uuid NOT NULL",
            "system": "varchar(60) NOT NULL",
            "source_id": "text NOT NULL",
            "record": "jsonb NOT NULL",
            "present": "boolean NOT NULL DEFAULT true",
        },
        references={"lesson_id": "lesson"},
        unique=[("system", "source_id"), ("lesson_id",)],
    )
