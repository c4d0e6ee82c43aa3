"""Purchases and quotes."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "purchase",
        {
            "title": "varchar(100) NOT NULL",
            "amount": "numeric(12, 2)",
            "state": "varchar(20) NOT NULL DEFAULT 'asked'",
            "version": "integer NOT NULL DEFAULT 1",
        },
        checks={
            "purchase_amount_allowed": "amount BETWEEN 0 AND 9999999999.99",
            "purchase_state_allowed": "state IN ('asked', 'granted', 'refused', 'dropped')",
        },
    )
    await schema.create_table(
        "purchase_quote",
        {
            "purchase_id": "uuid NOT NULL",
            "file_id": "uuid NOT NULL",
            "position": "smallint NOT NULL",
            "name": "varchar(255) NOT NULL",
            "media_type": "varchar(100) NOT NULL",
            "size": "bigint NOT NULL",
            "digest": "varchar(64) NOT NULL",
        },
        references={"purchase_id": "purchase", "file_id": "stored_file"},
        indexes=[("purchase_id",)],
    )
