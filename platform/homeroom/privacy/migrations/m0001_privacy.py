"""Copies of what there is about a person, requests for erasure, and holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_PERSON = {"person_kind": "varchar(60) NOT NULL", "person_id": "uuid NOT NULL"}


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "person_copy",
        {
            **_PERSON,
            "account_id": "uuid",
            "login": "text NOT NULL",
            "made_at": "timestamptz NOT NULL",
            "kept_until": "date NOT NULL",
            "file_id": "uuid NOT NULL",
        },
        references={"file_id": "stored_file"},
        indexes=[("person_id",), ("kept_until",)],
    )
    await schema.create_table(
        "legal_hold",
        {
            **_PERSON,
            "reason": "varchar(500) NOT NULL",
            "placed_by": "text NOT NULL",
            "placed_at": "timestamptz NOT NULL",
            "lifted_by": "text",
            "lifted_at": "timestamptz",
        },
        indexes=[("person_id",)],
    )
    await schema.create_table(
        "person_erasure",
        {
            **_PERSON,
            "basis": "varchar(40) NOT NULL",
            "state": "varchar(20) NOT NULL",
            "plan": "jsonb NOT NULL",
            "asked_account": "uuid",
            "asked_by": "text NOT NULL",
            "asked_at": "timestamptz NOT NULL",
            "decided_by": "text",
            "decided_at": "timestamptz",
            "audit_erased_at": "timestamptz",
        },
        checks={
            "person_erasure_state": "state IN ('asked', 'erased', 'refused')",
            "person_erasure_basis": "basis IN ('request', 'retention', 'consent_withdrawn', 'unlawful')",
        },
        indexes=[("person_id",)],
    )
    # Of one person there is one open request.
    await schema.execute(
        "CREATE UNIQUE INDEX person_erasure_open ON person_erasure (tenant_id, person_id) WHERE state = 'asked'"
    )
