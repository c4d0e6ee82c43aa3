"""How long data are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the table of rules."""
    await schema.create_table(
        "retention_rule",
        {
            "person_kind": "varchar(60) NOT NULL",
            "months": "smallint NOT NULL",
            "legal_basis": "varchar(300) NOT NULL",
            "active": "boolean NOT NULL DEFAULT true",
            "version": "integer NOT NULL DEFAULT 1",
        },
        unique=[("person_kind",)],
        checks={"retention_rule_months": "months BETWEEN 1 AND 1200"},
    )
