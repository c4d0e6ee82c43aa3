"""Pictures of students and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "person_photo",
        {
            "student_id": "uuid",
            "staff_id": "uuid",
            "file_id": "uuid NOT NULL",
            "thumbnail_id": "uuid NOT NULL",
            "taken_on": "date NOT NULL",
        },
        references={
            "student_id": "student",
            "staff_id": "staff",
            "file_id": "stored_file",
            "thumbnail_id": "stored_file",
        },
        unique=[("student_id",), ("staff_id",), ("file_id",), ("thumbnail_id",)],
        checks={"of_one_person": "num_nonnulls(student_id, staff_id) = 1"},
    )
