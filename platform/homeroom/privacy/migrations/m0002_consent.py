"""Purposes that people are asked about, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "consent_purpose",
        {
            "code": "varchar(60) NOT NULL",
            "title": "varchar(200) NOT NULL",
            "text": "text NOT NULL",
            "edition": "integer NOT NULL DEFAULT 1",
            "legal_basis": "varchar(300) NOT NULL",
            "guardian_below_age": "smallint",
            "active": "boolean NOT NULL DEFAULT true",
            "version": "integer NOT NULL DEFAULT 1",
        },
        unique=[("code",)],
        checks={"consent_purpose_age": "guardian_below_age BETWEEN 1 AND 30"},
    )
    await schema.create_table(
        "consent_answer",
        {
            "purpose_id": "uuid NOT NULL",
            "person_kind": "varchar(60) NOT NULL",
            "person_id": "uuid NOT NULL",
            "edition": "integer NOT NULL",
            "answer": "varchar(20) NOT NULL",
            "means": "varchar(20) NOT NULL",
            "account_id": "uuid",
            "answered_by": "text NOT NULL",
            "answered_at": "timestamptz NOT NULL",
            "evidence_id": "uuid",
        },
        references={"purpose_id": "consent_purpose", "evidence_id": "stored_file"},
        checks={
            "consent_answer_answer": "answer IN ('given', 'refused', 'withdrawn')",
            "consent_answer_means": "means IN ('online', 'paper', 'spoken')",
        },
        indexes=[("person_id", "purpose_id", "answered_at"), ("purpose_id",)],
    )
