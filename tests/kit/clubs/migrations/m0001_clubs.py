"""Clubs."""

from __future__ import annotations

from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    days = {"starts_on": "date NOT NULL", "ends_on": "date"}
    await schema.create_table("club_season", {"name": "varchar(40) NOT NULL", **days, **_VERSION})
    await schema.create_table(
        "club",
        {
            "season_id": "uuid",
            "code": "varchar(12) NOT NULL",
            "title": "varchar(40) NOT NULL",
            "contact": "varchar(40) NOT NULL DEFAULT ''",
            "places": "smallint",
            **_VERSION,
        },
        references={"season_id": "club_season"},
        unique=[("code",)],
        checks={"club_places_allowed": "places BETWEEN 1 AND 30"},
    )
    await schema.create_table("club_member", {"name": "varchar(40) NOT NULL", **_VERSION})
    await schema.create_table(
        "club_place",
        {"member_id": "uuid NOT NULL", "club_id": "uuid NOT NULL", "level": "varchar(20)", **days, **_VERSION},
        references={"member_id": "club_member", "club_id": "club"},
    )
