"""Dated lessons; the database keeps a class, a room and a person from two at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_CLOCK = "varchar(5) NOT NULL CHECK ({0} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')"
_TIMES = {"starts_at": _CLOCK.format("starts_at"), "ends_at": _CLOCK.format("ends_at")}
_ORDER = {"starts_at_before_ends_at": "ends_at > starts_at"}


def _minute(column: str) -> str:
    """Minutes since 2000, as the clock on the wall counts them; a cast to timestamp would not be immutable."""
    return (
        f"((date - DATE '2000-01-01') * 1440 + substr({column}, 1, 2)::integer * 60 + substr({column}, 4, 2)::integer)"
    )


_WHEN = f"int4range({_minute('starts_at')}, {_minute('ends_at')})"


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "lesson",
        {
            "school_class_id": "uuid NOT NULL",
            "subject_id": "uuid",
            "title": "varchar(120) NOT NULL DEFAULT ''",
            "date": "date NOT NULL",
            "period": "smallint CHECK (period > 0)",
            **_TIMES,
            "room_id": "uuid",
            "status": "varchar(20) NOT NULL CHECK (status IN ('planned', 'cancelled'))",
            "origin": "varchar(20) NOT NULL",
            "note": "varchar(400) NOT NULL DEFAULT ''",
            "planned_date": "date",
            "planned_starts_at": "varchar(5)",
            "clash_allowed": "boolean NOT NULL DEFAULT false",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"school_class_id": "school_class", "subject_id": "subject", "room_id": "room"},
        indexes=[("school_class_id", "date"), ("date", "starts_at"), ("room_id", "date"), ("subject_id",)],
        checks=_ORDER,
    )
    await schema.create_table(
        "lesson_staff",
        {
            "lesson_id": "uuid NOT NULL",
            "staff_id": "uuid NOT NULL",
            "role": "varchar(20) NOT NULL",
            "present": "boolean NOT NULL DEFAULT true",
            "replaces_id": "uuid",
            "date": "date NOT NULL",
            **_TIMES,
            "counts": "boolean NOT NULL DEFAULT true",
        },
        references={"lesson_id": "lesson", "staff_id": "staff", "replaces_id": "staff"},
        unique=[("lesson_id", "staff_id")],
        indexes=[("staff_id", "date")],
        checks=_ORDER,
    )
    # Deferred: the command names every clash of a batch before the commit finds the first; between two offices at
    # once the commit decides.
    for table, name, column, condition in (
        ("lesson", "lesson_class_once", "school_class_id", "status = 'planned' AND NOT clash_allowed"),
        ("lesson", "lesson_room_once", "room_id", "status = 'planned' AND NOT clash_allowed"),
        ("lesson_staff", "lesson_staff_once", "staff_id", "counts"),
    ):
        await schema.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist"
            f" (tenant_id WITH =, {column} WITH =, {_WHEN} WITH &&) WHERE ({condition}) DEFERRABLE INITIALLY DEFERRED"
        )
