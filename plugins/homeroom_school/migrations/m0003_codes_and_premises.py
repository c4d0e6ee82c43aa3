"""Code tables of the school, and its campuses, buildings and rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}
_ACTIVE = {"active": "boolean NOT NULL DEFAULT true"}


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "code_value",
        {
            "code_table": "varchar(60) NOT NULL",
            "code": "varchar(40) NOT NULL",
            "title": "varchar(120) NOT NULL",
            "titles": "jsonb NOT NULL DEFAULT '{}'",
            "layer": "varchar(20) NOT NULL CHECK (layer IN ('standard', 'region', 'school'))",
            "position": "smallint NOT NULL DEFAULT 0",
            **_ACTIVE,
            **_VERSION,
        },
        unique=[("code_table", "code")],
    )
    await schema.create_table(
        "campus",
        {
            "code": "varchar(20) NOT NULL",
            "name": "varchar(120) NOT NULL",
            "address": "varchar(400) NOT NULL DEFAULT ''",
            **_ACTIVE,
            **_VERSION,
        },
        unique=[("code",)],
    )
    await schema.create_table(
        "building",
        {
            "campus_id": "uuid NOT NULL",
            "code": "varchar(20) NOT NULL",
            "name": "varchar(120) NOT NULL",
            **_ACTIVE,
            **_VERSION,
        },
        references={"campus_id": "campus"},
        unique=[("campus_id", "code")],
    )
    await schema.create_table(
        "room",
        {
            "campus_id": "uuid NOT NULL",
            "building_id": "uuid",
            "code": "varchar(20) NOT NULL",
            "name": "varchar(120) NOT NULL",
            "floor": "varchar(20) NOT NULL DEFAULT ''",
            "kind_id": "uuid",
            "capacity": "smallint CHECK (capacity > 0)",
            "exam_capacity": "smallint CHECK (exam_capacity > 0)",
            **_ACTIVE,
            **_VERSION,
        },
        references={"campus_id": "campus", "building_id": "building", "kind_id": "code_value"},
        unique=[("code",)],
        indexes=[("campus_id",), ("building_id",), ("kind_id",)],
    )
    await schema.create_table(
        "room_facility",
        {
            "room_id": "uuid NOT NULL",
            "facility_id": "uuid NOT NULL",
            "quantity": "smallint NOT NULL DEFAULT 1 CHECK (quantity > 0)",
        },
        references={"room_id": "room", "facility_id": "code_value"},
        unique=[("room_id", "facility_id")],
        indexes=[("facility_id",)],
    )
