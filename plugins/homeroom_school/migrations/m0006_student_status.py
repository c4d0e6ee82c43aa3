"""Student status with its changes, and where those who left went."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "student_status_change",
        {
            "student_id": "uuid NOT NULL",
            "change_type_id": "uuid NOT NULL",
            "from_status": "varchar(30) NOT NULL",
            "to_status": "varchar(30) NOT NULL",
            "state": "varchar(20) NOT NULL"
            " CHECK (state IN ('pending', 'effective', 'refused', 'withdrawn', 'annulled'))",
            "applied_on": "date NOT NULL",
            "effective_on": "date NOT NULL",
            "return_by": "date",
            "reason": "text NOT NULL DEFAULT ''",
            "document_number": "varchar(60) NOT NULL DEFAULT ''",
            "decided_on": "date",
            "decision_note": "text NOT NULL DEFAULT ''",
            **_VERSION,
        },
        references={"student_id": "student", "change_type_id": "code_value"},
        indexes=[("student_id", "effective_on"), ("change_type_id",), ("state", "applied_on")],
        checks={
            "return_by_after_effect": "return_by > effective_on",
            "decided_unless_pending": "(state = 'pending') = (decided_on IS NULL)",
        },
    )
    await schema.execute(
        "CREATE UNIQUE INDEX student_status_change_pending_once ON student_status_change (tenant_id, student_id)"
        " WHERE state = 'pending'"
    )
    await schema.create_table(
        "student_status",
        {
            "student_id": "uuid NOT NULL",
            "status": "varchar(30) NOT NULL",
            "starts_on": "date NOT NULL",
            "ends_on": "date",
            "change_id": "uuid",
            **_VERSION,
        },
        references={"student_id": "student", "change_id": "student_status_change"},
        indexes=[("status", "starts_on"), ("change_id",)],
        checks={"starts_on_before_ends_on": "ends_on >= starts_on"},
    )
    await schema.execute(
        "ALTER TABLE student_status ADD CONSTRAINT student_status_one_at_a_time EXCLUDE USING gist"
        " (tenant_id WITH =, student_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )
    await schema.create_table(
        "graduate_destination",
        {
            "student_id": "uuid NOT NULL",
            "kind_id": "uuid NOT NULL",
            "left_on": "date NOT NULL",
            "name": "varchar(200) NOT NULL DEFAULT ''",
            "programme": "varchar(200) NOT NULL DEFAULT ''",
            "place": "varchar(120) NOT NULL DEFAULT ''",
            "note": "text NOT NULL DEFAULT ''",
            **_VERSION,
        },
        references={"student_id": "student", "kind_id": "code_value"},
        unique=[("student_id", "left_on")],
        indexes=[("kind_id",), ("left_on",)],
    )
