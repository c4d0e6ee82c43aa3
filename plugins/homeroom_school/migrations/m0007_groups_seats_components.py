"""Houses and groups, seating plans, and the components of subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await _groups(schema)
    await _seats(schema)
    await schema.create_table(
        "subject_component",
        {
            "subject_id": "uuid NOT NULL",
            "grade_level_id": "uuid",
            "code": "varchar(40) NOT NULL",
            "title": "varchar(120) NOT NULL",
            "weight": "numeric(6, 3) NOT NULL CHECK (weight > 0)",
            "position": "smallint NOT NULL DEFAULT 0",
            **_VERSION,
        },
        references={"subject_id": "subject", "grade_level_id": "grade_level"},
        indexes=[("grade_level_id",)],
    )
    await schema.execute(
        "CREATE UNIQUE INDEX subject_component_once ON subject_component"
        " (tenant_id, subject_id, grade_level_id, code) NULLS NOT DISTINCT"
    )


async def _groups(schema: Schema) -> None:
    await schema.create_table(
        "student_group",
        {
            "code": "varchar(20) NOT NULL",
            "name": "varchar(120) NOT NULL",
            "kind": "varchar(20) NOT NULL CHECK (kind IN ('house', 'club', 'teaching', 'other'))",
            "leader_id": "uuid",
            "active": "boolean NOT NULL DEFAULT true",
            **_VERSION,
        },
        references={"leader_id": "staff"},
        unique=[("code",)],
        indexes=[("leader_id",)],
    )
    await schema.create_table(
        "group_membership",
        {
            "student_group_id": "uuid NOT NULL",
            "student_id": "uuid NOT NULL",
            "role": "varchar(60) NOT NULL DEFAULT ''",
            "starts_on": "date NOT NULL",
            "ends_on": "date",
            **_VERSION,
        },
        references={"student_group_id": "student_group", "student_id": "student"},
        indexes=[("student_group_id", "starts_on"), ("student_id", "starts_on")],
        checks={"starts_on_before_ends_on": "ends_on >= starts_on"},
    )
    await schema.execute(
        "ALTER TABLE group_membership ADD CONSTRAINT group_membership_once EXCLUDE USING gist (tenant_id WITH =,"
        " student_group_id WITH =, student_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )


async def _seats(schema: Schema) -> None:
    await schema.create_table(
        "seating_plan",
        {
            "school_class_id": "uuid NOT NULL",
            "room_id": "uuid",
            "name": "varchar(60) NOT NULL",
            "row_count": "smallint NOT NULL CHECK (row_count BETWEEN 1 AND 50)",
            "places_in_row": "smallint NOT NULL CHECK (places_in_row BETWEEN 1 AND 50)",
            "starts_on": "date NOT NULL",
            **_VERSION,
        },
        references={"school_class_id": "school_class", "room_id": "room"},
        unique=[("school_class_id", "name")],
        indexes=[("room_id",)],
    )
    await schema.create_table(
        "seat",
        {
            "seating_plan_id": "uuid NOT NULL",
            "student_id": "uuid NOT NULL",
            "row_number": "smallint NOT NULL CHECK (row_number > 0)",
            "place": "smallint NOT NULL CHECK (place > 0)",
        },
        references={"seating_plan_id": "seating_plan", "student_id": "student"},
        unique=[("seating_plan_id", "student_id"), ("seating_plan_id", "row_number", "place")],
        indexes=[("student_id",)],
    )
