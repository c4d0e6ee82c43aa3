"""The calendar of a school year and the periods of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}
_DAY = "('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')"
_CLOCK = "varchar(5) NOT NULL CHECK ({0} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')"
_CYCLE_DAY = {"cycle_day": "smallint CHECK (cycle_day > 0)"}


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    # Exclusion constraints over a uuid and a range need it. It is trusted: the owner of the database may create it.
    await schema.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    await schema.create_table(
        "school_calendar",
        {
            "school_year_id": "uuid NOT NULL",
            "weekdays": "text[] NOT NULL",
            "cycle_length": "smallint CHECK (cycle_length BETWEEN 2 AND 20)",
            "cycle_restarts": "varchar(20) NOT NULL DEFAULT 'year'",
            **_VERSION,
        },
        references={"school_year_id": "school_year"},
        unique=[("school_year_id",)],
    )
    await schema.create_table(
        "calendar_entry",
        {
            "school_year_id": "uuid NOT NULL",
            "kind": "varchar(20) NOT NULL CHECK (kind IN ('holiday', 'special', 'make_up'))",
            "name": "varchar(120) NOT NULL",
            "starts_on": "date NOT NULL",
            "ends_on": "date NOT NULL",
            "runs_as": f"varchar(20) CHECK (runs_as IN {_DAY})",
            **_CYCLE_DAY,
            **_VERSION,
        },
        references={"school_year_id": "school_year"},
        indexes=[("school_year_id", "starts_on")],
        checks={"starts_on_before_ends_on": "ends_on >= starts_on"},
    )
    await schema.execute(
        "ALTER TABLE calendar_entry ADD CONSTRAINT calendar_entry_apart EXCLUDE USING gist"
        " (tenant_id WITH =, school_year_id WITH =, kind WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )
    await schema.create_table(
        "calendar_day",
        {
            "school_year_id": "uuid NOT NULL",
            "date": "date NOT NULL",
            "kind": "varchar(20) NOT NULL CHECK (kind IN ('school', 'special', 'holiday', 'weekend'))",
            "runs_as": f"varchar(20) CHECK (runs_as IN {_DAY})",
            **_CYCLE_DAY,
            "name": "varchar(120) NOT NULL DEFAULT ''",
        },
        references={"school_year_id": "school_year"},
        unique=[("school_year_id", "date")],
        indexes=[("date",)],
    )
    await _bells(schema)


async def _bells(schema: Schema) -> None:
    await schema.create_table(
        "bell_schedule",
        {"code": "varchar(20) NOT NULL", "name": "varchar(120) NOT NULL", **_VERSION},
        unique=[("code",)],
    )
    await schema.create_table(
        "bell_period",
        {
            "bell_schedule_id": "uuid NOT NULL",
            "number": "smallint NOT NULL CHECK (number > 0)",
            "name": "varchar(60) NOT NULL",
            "kind": "varchar(20) NOT NULL CHECK (kind IN ('lesson', 'break', 'other'))",
            "starts_at": _CLOCK.format("starts_at"),
            "ends_at": _CLOCK.format("ends_at"),
        },
        references={"bell_schedule_id": "bell_schedule"},
        unique=[("bell_schedule_id", "number")],
        # Written with leading zeros, times of a day compare as texts.
        checks={"starts_at_before_ends_at": "ends_at > starts_at"},
    )
    await schema.create_table(
        "bell_schedule_use",
        {
            "bell_schedule_id": "uuid NOT NULL",
            "weekday": f"varchar(20) CHECK (weekday IN {_DAY})",
            **_CYCLE_DAY,
            "grade_level_id": "uuid",
        },
        references={"bell_schedule_id": "bell_schedule", "grade_level_id": "grade_level"},
        indexes=[("bell_schedule_id",), ("grade_level_id",)],
    )
    await schema.execute(
        "CREATE UNIQUE INDEX bell_schedule_use_once ON bell_schedule_use"
        " (tenant_id, weekday, cycle_day, grade_level_id) NULLS NOT DISTINCT"
    )
