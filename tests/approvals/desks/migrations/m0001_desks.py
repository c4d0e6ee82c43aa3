"""Departments and applications."""

from __future__ import annotations

from homeroom.database.migrations import Schema

_STATE = {"state": "varchar(20) NOT NULL DEFAULT 'asked'", "version": "integer NOT NULL DEFAULT 1"}
_STATES = "state IN ('asked', 'signed', 'granted', 'refused', 'expired')"


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "department",
        {"name": "varchar(60) NOT NULL", "head_id": "uuid NOT NULL"},
        references={"head_id": "staff"},
        indexes=[("head_id",)],
    )
    await schema.create_table(
        "data_access",
        {
            "department_id": "uuid NOT NULL",
            "content": "varchar(200) NOT NULL",
            "purpose": "varchar(200) NOT NULL",
            "ends_on": "date NOT NULL",
            **_STATE,
        },
        references={"department_id": "department"},
        indexes=[("department_id",)],
        checks={"data_access_state_allowed": _STATES},
    )
    await schema.create_table(
        "access_field",
        {"data_access_id": "uuid NOT NULL", "name": "varchar(60) NOT NULL", "in_use": "boolean NOT NULL DEFAULT true"},
        references={"data_access_id": "data_access"},
        indexes=[("data_access_id",)],
    )
    await schema.create_table(
        "staff_leave",
        {"name": "varchar(60) NOT NULL", "days": "smallint NOT NULL", **_STATE},
        checks={"staff_leave_days_allowed": "days BETWEEN 1 AND 90", "staff_leave_state_allowed": _STATES},
    )
    await schema.create_table(
        "family_message",
        {"name": "varchar(60) NOT NULL", "body": "varchar(500) NOT NULL", **_STATE},
        checks={"family_message_state_allowed": _STATES},
    )
