"""Undoing an import of a roster or of lessons."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import asyncpg

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports.refusals import NOT_AN_IMPORT, NOT_KEPT, NOT_THE_LAST, UNDO_CONTRADICTION, UNDONE
from homeroom_school.commands.roster import record_run
from homeroom_school.exchange import undo_run
from homeroom_school.tables import RunKind

__all__ = ["undo_roster_run"]

_FIELD = "rosterRun"
_LATER = """
SELECT r.at FROM roster_run r
WHERE r.kind = 'import' AND r.system = $2 AND r.id > $1 AND (r.format LIKE 'lessons-%') = ($3 LIKE 'lessons-%')
  AND NOT EXISTS (SELECT FROM roster_run u WHERE u.undoes_id = r.id)
ORDER BY r.id DESC LIMIT 1
"""


@command("school.roster.undo", returns="RosterRun")
async def undo_roster_run(context: Context, *, roster_run: Annotated[UUID, Ref("RosterRun")]) -> UUID:
    """Undo an import as a whole: what it made goes, what it changed or ended is as it was before.

    It must be the last import of its system that was not undone, and nothing may rest on what it made, such as a mark
    or a login; otherwise the refusal names what does. Values that somebody changed since stay. What an import did is
    kept for 90 days.

    Args:
        roster_run: The import.
    """
    await context.permit("RosterRun", [roster_run], field=_FIELD)
    await context.execute("SET LOCAL statement_timeout = '300s'")
    for lock in ("roster", "lessons"):
        await context.fetch(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"school.{lock} {context.space.id}"
        )
    run = await context.fetchrow(
        "SELECT kind, system, format, undoable_until FROM roster_run WHERE id = $1", roster_run
    )
    assert run is not None, "permitted"
    if run["kind"] != RunKind.IMPORT:
        raise Refusal(NOT_AN_IMPORT, _FIELD)
    if await context.fetchval("SELECT EXISTS (SELECT FROM roster_run WHERE undoes_id = $1)", roster_run):
        raise Refusal(UNDONE, _FIELD)
    if run["undoable_until"] is None or run["undoable_until"] < context.now:
        raise Refusal(NOT_KEPT, _FIELD)
    later = await context.fetchval(_LATER, roster_run, run["system"], run["format"])
    if later is not None:
        raise Refusal(NOT_THE_LAST, _FIELD, system=run["system"], at=later)
    try:
        done = await undo_run(context, roster_run)
    except asyncpg.IntegrityConstraintViolationError as fault:
        raise Refusal(UNDO_CONTRADICTION, _FIELD) from fault
    undone = await record_run(
        context, RunKind.UNDO, run["format"], run["system"], done.as_json(), done.named, undoes=roster_run
    )
    await context.emit(Event("school.roster.undone", {"run": roster_run, "system": run["system"]}))
    return undone
