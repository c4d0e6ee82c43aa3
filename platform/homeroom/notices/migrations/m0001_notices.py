"""Notices, their deliveries and preferences: rows of a space each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "notice",
        {
            "account_id": "uuid NOT NULL",
            "kind": "text NOT NULL",
            "key": "text NOT NULL CHECK (length(key) <= 200)",
            "language": "text NOT NULL",
            "subject": "text NOT NULL",
            "body": "text NOT NULL",
            "about": "text",
            "due_on": "date",
            "todo": "boolean NOT NULL DEFAULT false",
            "digest": "boolean NOT NULL DEFAULT false",
            "created_at": "timestamptz NOT NULL",
            "read_at": "timestamptz",
            "done_at": "timestamptz",
            "digested_at": "timestamptz",
        },
        unique=[("account_id", "kind", "key")],
        indexes=[("account_id", "created_at")],
    )
    await schema.execute("CREATE INDEX notice_open_ix ON notice (tenant_id, kind, key) WHERE done_at IS NULL AND todo")
    await schema.execute(
        "CREATE INDEX notice_digest_ix ON notice (tenant_id, account_id) WHERE digest AND digested_at IS NULL"
    )
    await schema.create_table(
        "notice_delivery",
        {
            "notice_id": "uuid",
            "account_id": "uuid NOT NULL",
            "login": "text NOT NULL",
            "kind": "text NOT NULL",
            "digest_on": "date",
            "state": "text NOT NULL",
            "attempts": "integer NOT NULL DEFAULT 0",
            "error": "text",
            "created_at": "timestamptz NOT NULL",
            "sent_at": "timestamptz",
            "enqueued": "boolean NOT NULL DEFAULT false",
        },
        references={"notice_id": "notice"},
        unique=[("notice_id",), ("account_id", "digest_on")],
        indexes=[("created_at",)],
        checks={
            "notice_delivery_state": "state IN ('queued', 'sent', 'failed', 'held')",
            "notice_delivery_what": "(notice_id IS NULL) <> (digest_on IS NULL)",
        },
    )
    await schema.execute("CREATE INDEX notice_delivery_open_ix ON notice_delivery (tenant_id) WHERE state <> 'sent'")
    await schema.create_table(
        "notice_preference",
        {"account_id": "uuid NOT NULL", "kind": "text NOT NULL", "mode": "text NOT NULL"},
        unique=[("account_id", "kind")],
        checks={"notice_preference_mode": "mode IN ('inbox', 'mail', 'digest', 'off')"},
    )
