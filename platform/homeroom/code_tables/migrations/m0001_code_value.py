"""The codes of schools. Where the registry made this table before, it is taken over with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table, and bound what stands in it."""
    await schema.create_table(
        "code_value",
        {
            "code_table": "varchar(60) NOT NULL",
            "code": "varchar(40) NOT NULL",
            "title": "varchar(120) NOT NULL",
            "titles": "jsonb NOT NULL DEFAULT '{}'",
            "layer": "varchar(20) NOT NULL CHECK (layer IN ('standard', 'region', 'school'))",
            "position": "smallint NOT NULL DEFAULT 0",
            "active": "boolean NOT NULL DEFAULT true",
            "version": "integer NOT NULL DEFAULT 1",
        },
        unique=[("code_table", "code")],
    )
    await schema.execute("ALTER TABLE code_value ALTER COLUMN layer SET DEFAULT 'school'")
    await schema.add_check("code_value", "code_value_position_allowed", "position BETWEEN 0 AND 9999")
