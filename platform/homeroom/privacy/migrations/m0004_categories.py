"""Erasure and retention of a part of what there is about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add what is to go, and from which day it was counted; several rules for one kind of persons."""
    await schema.add_column("person_erasure", "categories", "text[] NOT NULL DEFAULT '{}'")
    await schema.add_column("person_erasure", "left_on", "date")
    await schema.add_column("retention_rule", "category", "varchar(40)")
    await schema.execute("ALTER TABLE retention_rule DROP CONSTRAINT retention_rule_person_kind_uq")
    await schema.execute(
        "CREATE UNIQUE INDEX retention_rule_category_uq ON retention_rule (tenant_id, person_kind, category)"
        " NULLS NOT DISTINCT"
    )
