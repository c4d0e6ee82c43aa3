"""Documents that clients have made known by their hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table; :mod:`homeroom_graphql.documents` says how it is used and bounded."""
    await schema.create_table(
        "graphql_known_document",
        {
            "hash": "varchar(64) NOT NULL",
            "document": "text NOT NULL",
            "known_since": "timestamptz NOT NULL",
        },
        unique=[("hash",)],
    )
