"""Talents."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "talent",
        {
            "student_id": "uuid NOT NULL",
            "category_id": "uuid NOT NULL",
            "title": "varchar(100) NOT NULL",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"student_id": "student", "category_id": "code_value"},
    )
