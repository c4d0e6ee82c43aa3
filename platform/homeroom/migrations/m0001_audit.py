"""The audit: who did what, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the entries and their lines; nobody changes or removes either."""
    await schema.create_table(
        "audit_entry",
        {
            "at": "timestamptz NOT NULL",
            "account_id": "uuid",
            "login": "text NOT NULL",
            "via": "text NOT NULL",
            "command": "text NOT NULL",
            "reason": "text",
            "arguments": "jsonb",
        },
        indexes=[("at",)],
        append_only=True,
    )
    await schema.create_table(
        "audit_line",
        {
            "entry_id": "uuid NOT NULL",
            "noun": "text NOT NULL",
            "row_id": "uuid NOT NULL",
            "old_values": "jsonb",
            "new_values": "jsonb",
        },
        references={"entry_id": "audit_entry"},
        indexes=[("noun", "row_id"), ("entry_id",)],
        append_only=True,
    )
