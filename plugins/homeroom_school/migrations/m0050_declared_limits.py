"""The limits that columns declare, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    await schema.add_check("grade_level", "grade_level_number_allowed", "number BETWEEN -9 AND 99")
    await schema.add_check("room", "room_capacity_allowed", "capacity BETWEEN 1 AND 9999")
    await schema.add_check("room", "room_exam_capacity_allowed", "exam_capacity BETWEEN 1 AND 9999")
    await schema.add_check("room_facility", "room_facility_quantity_allowed", "quantity BETWEEN 1 AND 9999")
    await schema.add_check(
        "student_group", "student_group_kind_allowed", "kind IN ('house', 'club', 'teaching', 'other')"
    )
    await schema.add_check("subject", "subject_position_allowed", "position BETWEEN 0 AND 9999")
