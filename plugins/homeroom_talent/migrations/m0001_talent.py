"""Items, evidence and engagements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "talent_item",
        {
            "student_id": "uuid NOT NULL",
            "school_class_id": "uuid",
            "section": "varchar(20) NOT NULL",
            "category_id": "uuid NOT NULL",
            "title": "varchar(300) NOT NULL",
            "titles": "jsonb NOT NULL DEFAULT '{}'",
            "happened_on": "date NOT NULL",
            "level": "varchar(20) NOT NULL",
            "award": "varchar(200) NOT NULL DEFAULT ''",
            "rank": "smallint",
            "grade": "smallint",
            "organiser": "varchar(200) NOT NULL DEFAULT ''",
            "hours": "numeric(6, 2)",
            "teacher_id": "uuid",
            "state": "varchar(20) NOT NULL DEFAULT 'nominated'",
            "source": "varchar(200) NOT NULL DEFAULT ''",
            "words": "varchar(4000) NOT NULL DEFAULT ''",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={
            "student_id": "student",
            "school_class_id": "school_class",
            "category_id": "code_value",
            "teacher_id": "staff",
        },
        indexes=[("student_id",), ("school_class_id",), ("category_id", "state"), ("happened_on",), ("source",)],
        checks={
            "talent_item_section_allowed": "section IN ('academic', 'competition', 'other')",
            "talent_item_level_allowed": "level IN ('school', 'district', 'territory', 'national', 'international')",
            "talent_item_rank_allowed": "rank BETWEEN 1 AND 9999",
            "talent_item_grade_allowed": "grade BETWEEN 1 AND 20",
            "talent_item_hours_allowed": "hours BETWEEN 0 AND 9999",
            "talent_item_state_allowed": "state IN ('nominated', 'verified', 'published', 'refused', 'withdrawn')",
        },
    )
    await schema.create_table(
        "talent_evidence",
        {
            "talent_item_id": "uuid NOT NULL",
            "file_id": "uuid NOT NULL",
            "position": "smallint NOT NULL",
            "name": "varchar(255) NOT NULL",
            "media_type": "varchar(100) NOT NULL",
            "size": "bigint NOT NULL",
            "digest": "varchar(64) NOT NULL",
        },
        references={"talent_item_id": "talent_item", "file_id": "stored_file"},
        indexes=[("talent_item_id",)],
    )
    await schema.create_table(
        "talent_engagement",
        {
            "student_id": "uuid NOT NULL",
            "title": "varchar(200) NOT NULL",
            "starts_on": "date NOT NULL",
            "ends_on": "date NOT NULL",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"student_id": "student"},
        indexes=[("student_id", "starts_on")],
        checks={"talent_engagement_starts_on_ends_on_holds": "ends_on >= starts_on"},
    )
