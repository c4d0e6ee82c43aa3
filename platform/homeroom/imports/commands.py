"""Undoing an import."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

import asyncpg

from homeroom.commands import Command, Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Forbidden, Refusal
from homeroom.imports.refusals import NOT_AN_IMPORT, NOT_KEPT, NOT_THE_LAST, UNDO_CONTRADICTION, UNDONE
from homeroom.imports.runs import record_run
from homeroom.imports.tables import RunKind
from homeroom.imports.turns import take_turn
from homeroom.imports.undo import undo_run
from homeroom.refusals import NOT_PERMITTED

__all__ = ["COMMANDS", "undo_import"]

_FIELD: Final = "import_run"
_LATER: Final = """
SELECT r.at FROM import_run r
WHERE r.kind = 'import' AND r.state = 'done' AND r.command = $2 AND r.system = $3 AND r.id > $1
  AND NOT EXISTS (SELECT FROM import_run u WHERE u.undoes_id = r.id)
ORDER BY r.id DESC LIMIT 1
"""


@command("imports.run.undo", returns="ImportRun")
async def undo_import(context: Context, *, import_run: Annotated[UUID, Ref("ImportRun")]) -> UUID:
    """Undo an import as a whole: what it created is removed, what it changed or ended is as it was before.

    It must be the last import of its kind that was not undone, nothing may refer to what it created, such as a mark or
    a login, and nobody may have changed that since; otherwise the refusal names what and whom. Values that the import
    changed and somebody changed again stay. What an import did is kept for 90 days. Only who may run the import may
    undo it.

    Args:
        import_run: The import.
    """
    await context.permit("ImportRun", [import_run], field=_FIELD)
    run = await context.fetchrow(
        "SELECT kind, command, system, format, file_name, undoable_until FROM import_run WHERE id = $1", import_run
    )
    assert run is not None, "permitted"
    if run["command"] not in context.caller.access.commands:
        raise Forbidden(NOT_PERMITTED, permission=run["command"])
    await take_turn(context, run["command"])
    if run["kind"] != RunKind.IMPORT:
        raise Refusal(NOT_AN_IMPORT, _FIELD)
    if await context.fetchval("SELECT EXISTS (SELECT FROM import_run WHERE undoes_id = $1)", import_run):
        raise Refusal(UNDONE, _FIELD)
    if run["undoable_until"] is None or run["undoable_until"] < context.now:
        raise Refusal(NOT_KEPT, _FIELD)
    later = await context.fetchval(_LATER, import_run, run["command"], run["system"])
    if later is not None:
        raise Refusal(NOT_THE_LAST, _FIELD, system=run["system"] or run["command"], at=later)
    try:
        report = await undo_run(context, import_run)
    except asyncpg.IntegrityConstraintViolationError as fault:
        raise Refusal(UNDO_CONTRADICTION, _FIELD) from fault
    undone = await record_run(
        context,
        RunKind.UNDO,
        command=run["command"],
        system=run["system"],
        format=run["format"],
        file_name=run["file_name"],
        report=report.as_json(),
        names=report.named,
        undoes=import_run,
    )
    await context.emit(Event("imports.run.undone", {"run": import_run, "command": run["command"]}))
    return undone


COMMANDS: Final[tuple[Command, ...]] = (undo_import,)
