"""Definitions of fields and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_HOLDS_ONE = "num_nonnulls(text_value, number_value, date_value, boolean_value, codes_value) = 1"


async def forwards(schema: Schema) -> None:
    """Create both tables."""
    await schema.create_table(
        "custom_field",
        {
            "noun": "varchar(120) NOT NULL",
            "name": "varchar(40) NOT NULL",
            "kind": "varchar(20) NOT NULL",
            "title": "varchar(120) NOT NULL",
            "titles": "jsonb NOT NULL",
            "help": "text NOT NULL",
            "codes": "text[] NOT NULL",
            "code_titles": "jsonb NOT NULL",
            "minimum": "numeric",
            "maximum": "numeric",
            "sensitive": "boolean NOT NULL",
            "active": "boolean NOT NULL",
            "position": "smallint NOT NULL",
            "version": "integer NOT NULL DEFAULT 1",
        },
        unique=[("noun", "name")],
        checks={
            "custom_field_kind": "kind IN ('text', 'integer', 'decimal', 'date', 'boolean', 'choice', 'choices')",
            "custom_field_name": "name ~ '^[a-z][a-z0-9_]*$'",
        },
    )
    await schema.create_table(
        "custom_value",
        {
            "field_id": "uuid NOT NULL",
            "row_id": "uuid NOT NULL",
            "text_value": "text",
            "number_value": "numeric",
            "date_value": "date",
            "boolean_value": "boolean",
            "codes_value": "text[]",
        },
        references={"field_id": "custom_field"},
        unique=[("field_id", "row_id")],
        checks={"custom_value_is_one": _HOLDS_ONE},
    )
