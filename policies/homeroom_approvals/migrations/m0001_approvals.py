"""Requests, steps, deciders, delegations and versions of flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "approval_request",
        {
            "flow": "varchar(120) NOT NULL",
            "flow_version": "integer NOT NULL DEFAULT 0",
            "subject_kind": "varchar(60) NOT NULL",
            "subject_id": "uuid NOT NULL",
            "title": "varchar(300) NOT NULL DEFAULT ''",
            "arguments": "jsonb",
            "note": "text NOT NULL DEFAULT ''",
            "state": "varchar(20) NOT NULL DEFAULT 'pending'",
            "round": "smallint NOT NULL DEFAULT 1",
            "seen": "varchar(64) NOT NULL",
            "asked_by": "text NOT NULL DEFAULT ''",
            "asked_account": "uuid",
            "asked_persons": "uuid[] NOT NULL DEFAULT '{}'",
            "asked_at": "timestamptz NOT NULL",
            "due_on": "date",
            "expires_on": "date",
            "decided_at": "timestamptz",
            "outcome_note": "text NOT NULL DEFAULT ''",
            "version": "integer NOT NULL DEFAULT 1",
        },
        indexes=[("subject_id",), ("state", "flow"), ("asked_account",)],
        checks={
            "approval_request_state": (
                "state IN ('pending', 'returned', 'approved', 'refused', 'withdrawn', 'expired')"
            ),
        },
    )
    # One open request of a flow about a row. The index begins with the space, as every unique index of a school does.
    await schema.execute(
        "CREATE UNIQUE INDEX approval_request_open ON approval_request (tenant_id, flow, subject_id)"
        " WHERE state IN ('pending', 'returned')"
    )
    await schema.create_table(
        "approval_step",
        {
            "request_id": "uuid NOT NULL",
            "round": "smallint NOT NULL DEFAULT 1",
            "position": "smallint NOT NULL",
            "name": "varchar(60) NOT NULL",
            "state": "varchar(20) NOT NULL DEFAULT 'waiting'",
            "days": "smallint NOT NULL",
            "opened_at": "timestamptz",
            "due_on": "date",
            "escalated_at": "timestamptz",
            "decided_at": "timestamptz",
            "decided_by": "text NOT NULL DEFAULT ''",
            "decided_account": "uuid",
            "decided_persons": "uuid[] NOT NULL DEFAULT '{}'",
            "in_place_of": "text NOT NULL DEFAULT ''",
            "note": "text NOT NULL DEFAULT ''",
        },
        references={"request_id": "approval_request"},
        unique=[("request_id", "round", "name")],
        checks={
            "approval_step_state": (
                "state IN ('waiting', 'open', 'approved', 'refused', 'returned', 'left_out', 'cancelled')"
            ),
        },
    )
    await schema.create_table(
        "approval_decider",
        {
            "step_id": "uuid NOT NULL",
            "role": "varchar(60) NOT NULL DEFAULT ''",
            "person_id": "uuid",
            "escalated": "boolean NOT NULL DEFAULT false",
        },
        references={"step_id": "approval_step"},
        indexes=[("step_id",), ("person_id",)],
        checks={"approval_decider_one": "(role <> '') <> (person_id IS NOT NULL)"},
    )
    await schema.create_table(
        "approval_delegation",
        {
            "login": "text NOT NULL DEFAULT ''",
            "account_id": "uuid NOT NULL",
            "persons": "uuid[] NOT NULL DEFAULT '{}'",
            "roles": "text[] NOT NULL DEFAULT '{}'",
            "deputy_id": "uuid",
            "flow": "varchar(120) NOT NULL DEFAULT ''",
            "starts_on": "date NOT NULL",
            "ends_on": "date NOT NULL",
            "note": "varchar(300) NOT NULL DEFAULT ''",
        },
        indexes=[("deputy_id",), ("account_id",)],
        checks={"approval_delegation_days": "ends_on >= starts_on"},
    )
    await schema.create_table(
        "approval_flow_version",
        {
            "flow": "varchar(120) NOT NULL",
            "number": "integer NOT NULL",
            "steps": "jsonb NOT NULL DEFAULT '[]'",
            "expires_days": "smallint",
            "note": "varchar(300) NOT NULL DEFAULT ''",
            "made_by": "text NOT NULL DEFAULT ''",
            "made_at": "timestamptz NOT NULL",
        },
        unique=[("flow", "number")],
    )
