"""The colour and the crest of a school."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table; the host adds the rows of the schools."""
    await schema.create_table(
        "appearance_settings",
        {
            "singleton": "boolean NOT NULL DEFAULT true",
            "accent": "varchar(20) NOT NULL DEFAULT 'teal'",
            "crest_id": "uuid",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={
            "crest_id": "stored_file",
        },
        unique=[
            ("singleton",),
        ],
        checks={
            "appearance_settings_accent_allowed": (
                "accent IN ('teal', 'blue', 'indigo', 'plum', 'red', 'brown', 'green', 'slate')"
            ),
        },
        indexes=[
            ("crest_id",),
        ],
    )
