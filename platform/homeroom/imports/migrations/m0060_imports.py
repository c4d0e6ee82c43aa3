"""Runs of imports, whom they named and what they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "import_run",
        {
            "at": "timestamptz NOT NULL",
            "kind": "varchar(20) NOT NULL",
            "state": "varchar(20) NOT NULL DEFAULT 'done'",
            "command": "varchar(120) NOT NULL",
            "system": "varchar(60) NOT NULL DEFAULT ''",
            "format": "varchar(40) NOT NULL",
            "file_name": "varchar(255) NOT NULL DEFAULT ''",
            "login": "text NOT NULL DEFAULT ''",
            "report": "jsonb NOT NULL DEFAULT '{}'",
            "problems": "jsonb NOT NULL DEFAULT '[]'",
            "options": "jsonb NOT NULL DEFAULT '{}'",
            "undoable_until": "timestamptz",
            "undoes_id": "uuid",
            "job_id": "uuid",
            "file_id": "uuid",
        },
        references={"undoes_id": "import_run", "file_id": "stored_file"},
        unique=[("undoes_id",)],
        indexes=[("at",), ("file_id",)],
        checks={
            "import_run_kind": "kind IN ('preview', 'import', 'undo')",
            "import_run_state": "state IN ('waiting', 'done', 'refused')",
        },
    )
    await schema.create_table(
        "import_name",
        {
            "run_id": "uuid NOT NULL",
            "position": "integer NOT NULL",
            "done": "varchar(20) NOT NULL",
            "noun": "varchar(60) NOT NULL",
            "name": "text NOT NULL",
            "row_id": "uuid",
            "detail": "text NOT NULL DEFAULT ''",
        },
        references={"run_id": "import_run"},
        indexes=[("run_id",), ("row_id",)],
    )
    await schema.create_table(
        "import_change",
        {
            "run_id": "uuid NOT NULL",
            "table_name": "varchar(63) NOT NULL",
            "row_id": "uuid NOT NULL",
            "person_id": "uuid",
            "old_values": "jsonb",
            "new_values": "jsonb",
        },
        references={"run_id": "import_run"},
        indexes=[("run_id",), ("row_id",), ("person_id",)],
    )
