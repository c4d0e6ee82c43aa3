"""Clubs and their members."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create both tables."""
    await schema.create_table("club", {"name": "varchar(80) NOT NULL"}, unique=[("name",)])
    await schema.create_table(
        "club_member",
        {"club_id": "uuid NOT NULL", "student_id": "uuid NOT NULL"},
        references={"club_id": "club", "student_id": "student"},
        unique=[("club_id", "student_id")],
        indexes=[("student_id",)],
    )
