"""The tables of the garden."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create them."""
    await schema.create_table(
        "garden_gardener",
        {
            "name": "varchar(80) NOT NULL",
            "rank": "varchar(40)",
            "born_on": "date",
            "joined_at": "timestamptz",
            "balance": "bigint NOT NULL DEFAULT 0",
            "shoe_size": "smallint",
            "active": "boolean",
            "languages": "text[]",
            "profile": "jsonb",
            "mentor_id": "uuid",
        },
        references={"mentor_id": "garden_gardener"},
        unique=[("name",)],
        checks={"garden_gardener_balance_bounded": "balance > -1000000000000000000"},
    )
    await schema.create_table(
        "garden_bed",
        {
            "title": "text NOT NULL",
            "position": "integer NOT NULL DEFAULT 0",
            "area": "numeric(8,2)",
            "steward_id": "uuid",
        },
        references={"steward_id": "garden_gardener"},
    )
    await schema.create_table(
        "garden_duty",
        {
            "gardener_id": "uuid NOT NULL",
            "bed_id": "uuid NOT NULL",
            "starts_on": "date NOT NULL",
            "ends_on": "date",
        },
        references={"gardener_id": "garden_gardener", "bed_id": "garden_bed"},
        indexes=[("gardener_id",), ("bed_id",)],
        checks={"garden_duty_dates": "ends_on IS NULL OR ends_on >= starts_on"},
    )
    await schema.create_table(
        "garden_plant",
        {
            "bed_id": "uuid NOT NULL",
            "label": "text NOT NULL",
            "latin": "varchar(40)",
            "price": "numeric(10,3)",
            "planted_on": "date",
            "seen": "bigint",
            "stage": "varchar(20)",
            "notes": "jsonb",
            "tags": "text[]",
            "watered_at": "timestamptz",
            "alive": "boolean",
            "height": "integer",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"bed_id": "garden_bed"},
        indexes=[("bed_id",)],
        checks={"garden_plant_height_positive": "height IS NULL OR height > 0"},
    )
    await schema.create_table(
        "garden_harvest",
        {
            "plant_id": "uuid NOT NULL",
            "gardener_id": "uuid",
            "weight": "numeric(7,3) NOT NULL",
            "picked_on": "date NOT NULL",
        },
        references={"plant_id": "garden_plant", "gardener_id": "garden_gardener"},
        indexes=[("plant_id",)],
    )
