"""Documents that a school has registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the list of documents; :mod:`homeroom_graphql.documents` says how it is used."""
    await schema.create_table(
        "graphql_document",
        {
            "hash": "varchar(64) NOT NULL",
            "title": "varchar(200)",
            "document": "text NOT NULL",
            "registered_at": "timestamptz NOT NULL",
        },
        unique=[("hash",)],
    )
