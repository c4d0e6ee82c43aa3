"""Runs of imports are kept by the host, for files of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom_tenants.parting import rename_commands

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_NAMES: Final = "tenant_id, id, run_id, position, done, noun, name, row_id, detail"
_CHANGES: Final = "tenant_id, id, run_id, table_name, row_id, person_id, old_values, new_values"


async def forwards(schema: Schema) -> None:
    """Move the runs of rosters, lessons and calendars, with their names and what they changed.

    Rules of schools and districts get the new names; what was a preview is a rehearsal of the import now.
    """
    # A run may undo one that is copied later: what refers to another run is set in the end.
    await schema.execute(
        "INSERT INTO import_run (tenant_id, id, at, kind, command, system, format, report, undoable_until)"
        " SELECT tenant_id, id, at, kind, CASE WHEN format LIKE 'lessons-%' THEN 'school.lesson.import'"
        " WHEN format LIKE 'calendar-%' THEN 'school.calendar.import' ELSE 'school.roster.import' END,"
        " system, format, report, undoable_until FROM roster_run"
    )
    await schema.execute(
        "UPDATE import_run r SET undoes_id = o.undoes_id FROM roster_run o"
        " WHERE r.tenant_id = o.tenant_id AND r.id = o.id AND o.undoes_id IS NOT NULL"
    )
    await schema.execute(f"INSERT INTO import_name ({_NAMES}) SELECT {_NAMES} FROM roster_name")
    await schema.execute(f"INSERT INTO import_change ({_CHANGES}) SELECT {_CHANGES} FROM roster_change")
    await schema.execute("DROP TABLE roster_name, roster_change, roster_run")
    for table in ("space_rule", "district_rule"):
        await schema.execute(f"UPDATE homeroom.{table} SET object = 'ImportRun' WHERE object = 'RosterRun'")
        await schema.execute(
            f"DELETE FROM homeroom.{table} WHERE object IN ('school.roster.preview', 'school.lesson.preview_import')"
        )
    await rename_commands(schema, "school.roster.undo", "imports.run.undo")
