"""Calls that carry a key, so that a repeated one does nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the record of such calls; :mod:`homeroom.idempotency` says how it is used."""
    await schema.create_table(
        "command_call",
        {
            "account_id": "uuid NOT NULL",
            "key": "text NOT NULL",
            "command": "text NOT NULL",
            "arguments_hash": "bytea NOT NULL",
            "at": "timestamptz NOT NULL",
            "result": "jsonb",
        },
        unique=[("account_id", "key")],
    )
