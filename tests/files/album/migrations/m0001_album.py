"""Pictures."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "picture",
        {"title": "text NOT NULL", "owner_id": "uuid", "file_id": "uuid", "negative_id": "uuid"},
        references={"file_id": "stored_file", "negative_id": "stored_file"},
    )
