"""The rows of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table."""
    await schema.create_table(
        "stored_file",
        {
            "name": "varchar(255) NOT NULL",
            "media_type": "varchar(100) NOT NULL",
            "size": "bigint NOT NULL",
            "digest": "varchar(64) NOT NULL",
            "account_id": "uuid",
            "login": "text NOT NULL",
            "stored_at": "timestamptz NOT NULL",
        },
        indexes=[("digest",)],
        checks={"stored_file_size": "size > 0", "stored_file_digest": "digest ~ '^[0-9a-f]{64}$'"},
    )
