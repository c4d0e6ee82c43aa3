"""Talents."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "talent_settings",
        {
            "singleton": "boolean NOT NULL DEFAULT true CHECK (singleton)",
            "most_talents": "smallint NOT NULL",
            "lowest_level": "varchar(20) NOT NULL",
            "contact": "varchar(100) NOT NULL DEFAULT ''",
            "version": "integer NOT NULL DEFAULT 1",
        },
        unique=[("singleton",)],
        checks={
            "talent_settings_most_talents_allowed": "most_talents BETWEEN 1 AND 500",
            "talent_settings_lowest_level_allowed": "lowest_level IN ('school', 'city')",
        },
    )
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
    await schema.create_table(
        "talent_proof",
        {
            "talent_id": "uuid NOT NULL",
            "file_id": "uuid NOT NULL",
            "position": "smallint NOT NULL",
            "name": "varchar(255) NOT NULL",
            "media_type": "varchar(100) NOT NULL",
            "size": "bigint NOT NULL",
            "digest": "varchar(64) NOT NULL",
        },
        references={"talent_id": "talent", "file_id": "stored_file"},
        indexes=[("talent_id",)],
    )
