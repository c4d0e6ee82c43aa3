"""What happens in summer to a year that did not suffice: subjects assessed again, traits judged again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the columns of the summer beside those of the year, which stay as they were."""
    added = {
        "subject_result": {"again_score": "numeric(6,2)", "again_code": "varchar(20)"},
        "trait_mark": {"again_level": "varchar(20)", "again_level_label": "varchar(120)"},
        "student_result": {
            "final_level": "varchar(20)",
            "final_level_label": "varchar(120)",
            "final_promotion": "varchar(20)",
            "final_promotion_label": "varchar(200)",
            "final_promotion_reason": "varchar(40)",
        },
    }
    for table, columns in added.items():
        for column, definition in columns.items():
            await schema.add_column(table, column, definition)
