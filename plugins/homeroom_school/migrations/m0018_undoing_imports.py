"""Whom imports named and what they did to rows, so that an import can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables, and let a run say which one it undid."""
    await schema.add_column("roster_run", "undoes_id", "uuid", references="roster_run")
    await schema.add_column("roster_run", "undoable_until", "timestamptz")
    await schema.add_unique("roster_run", ["undoes_id"])
    await schema.create_table(
        "roster_name",
        {
            "run_id": "uuid NOT NULL",
            "position": "integer NOT NULL",
            "done": "varchar(20) NOT NULL",
            "noun": "varchar(60) NOT NULL",
            "name": "text NOT NULL",
            "row_id": "uuid",
            "detail": "text NOT NULL DEFAULT ''",
        },
        references={"run_id": "roster_run"},
        indexes=[("run_id",), ("row_id",)],
    )
    await schema.create_table(
        "roster_change",
        {
            "run_id": "uuid NOT NULL",
            "table_name": "varchar(63) NOT NULL",
            "row_id": "uuid NOT NULL",
            "person_id": "uuid",
            "old_values": "jsonb",
            "new_values": "jsonb",
        },
        references={"run_id": "roster_run"},
        indexes=[("run_id",), ("row_id",), ("person_id",)],
    )
