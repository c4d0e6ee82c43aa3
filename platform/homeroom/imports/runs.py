"""The record of a run: what an import did or would have done, whom it named, and until when it can be undone."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.imports.journal import Journal, keep_changes
from homeroom.imports.report import Named
from homeroom.imports.tables import ImportRun, RunKind, RunState

__all__ = ["record_run", "rehearsed", "run_and_names", "take_over"]

Result = TypeVar("Result")
#: The names of a rehearsal can be read for this long; those of the one before go when the next run begins.
_REHEARSALS: Final = timedelta(days=7)
#: An import can be undone, and its names can be read, for this long.
_IMPORTS: Final = timedelta(days=90)

_INSERT_NAMES: Final = """
INSERT INTO import_name (id, run_id, position, done, noun, name, row_id, detail)
SELECT n.id, $1, n.position, n.done, n.noun, n.name, n.row_id, n.detail
FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[])
     AS n (id, position, done, noun, name, row_id, detail)
"""


class _Undo(Exception):  # noqa: N818 - it ends a rehearsal
    """Rolls back what a rehearsal wrote."""


async def rehearsed(context: Context, work: Awaitable[Result]) -> Result:
    """Do something, roll it back, and give its result; neither rows nor lines of the audit stay.

    Args:
        context: A command's.
        work: What is done.
    """
    trail, results = context.trail, list[Result]()
    context.trail = AuditTrail(trail.command)
    try:
        async with context.transaction.savepoint():
            results.append(await work)
            raise _Undo
    except _Undo:
        pass
    finally:
        context.trail = trail
    return results[0]


async def record_run(
    context: Context,
    kind: RunKind | None = None,
    *,
    command: str,
    format: str,
    report: Mapping[str, Any],
    names: Sequence[Named] = (),
    system: str = "",
    file_name: str = "",
    journal: Journal | None = None,
    since: int | None = None,
    undoes: UUID | None = None,
    into: UUID | None = None,
) -> UUID:
    """Keep what an import did, or would have done.

    Args:
        context: The command's.
        kind: What the run was for; by default an import, or its rehearsal if the call is one.
        command: The dotted name of the import.
        format: The format of the file.
        report: The counts; see :class:`homeroom.imports.report.Report`.
        names: Whom and what it names.
        system: Which other system the file came from.
        file_name: The name of the file.
        journal: What it changed beside what the audit knows.
        since: How many lines the audit had before the import; those that follow are what it changed. An import without
            them cannot be undone.
        undoes: The run that it undid.
        into: The run that waits for this; without it there will be a new one.

    Returns:
        The run's id.
    """
    if kind is None:
        kind = RunKind.PREVIEW if context.rehearsing else RunKind.IMPORT
    if since is not None:
        journal = journal or Journal()
        journal.add_trail(context.trail, since)
    await _forget_old_runs(context, command, system)
    values = {
        "at": context.now,
        "kind": kind.value,
        "state": RunState.DONE.value,
        "command": command,
        "system": system,
        "format": format,
        "file_name": file_name,
        "login": context.caller.login,
        "report": msgspec.json.encode(report).decode(),
        "undoable_until": _undoable_until(context, kind, journal),
        "undoes_id": undoes,
    }
    if into is None:
        (run,) = await context.rows(ImportRun).insert([values])
    else:
        run = into
        await context.rows(ImportRun).update(run, values)
    await _keep_names(context, run, names, kind)
    if kind is RunKind.IMPORT and journal is not None:
        await keep_changes(context, run, journal)
    return run


def _undoable_until(context: Context, kind: RunKind, journal: Journal | None) -> datetime | None:
    return context.now + _IMPORTS if kind is RunKind.IMPORT and journal is not None else None


async def _keep_names(context: Context, run: UUID, names: Sequence[Named], kind: RunKind) -> None:
    """Keep whom and what a run named. Rows of a rehearsal that were rolled back have no ids."""
    if not names:
        return
    there = kind is not RunKind.PREVIEW
    await context.execute(
        _INSERT_NAMES,
        run,
        new_ids(len(names)),
        list(range(len(names))),
        [each.done for each in names],
        [each.noun for each in names],
        [each.name for each in names],
        [each.row if there or each.done != "created" else None for each in names],
        [each.detail for each in names],
    )


async def _forget_old_runs(context: Context, command: str, system: str) -> None:
    """Remove the names of earlier rehearsals, and what is kept of imports that are too old to be undone."""
    await context.execute(
        "DELETE FROM import_name n USING import_run r WHERE r.id = n.run_id AND (r.at < $4 OR r.kind = 'preview'"
        " AND ((r.command = $1 AND r.system = $2) OR r.at < $3))",
        command,
        system,
        context.now - _REHEARSALS,
        context.now - _IMPORTS,
    )
    # Problems quote cells of files.
    await context.execute(
        "UPDATE import_run SET problems = '[]' WHERE at < $1 AND problems <> '[]'", context.now - _REHEARSALS
    )
    await context.execute(
        "DELETE FROM import_change c USING import_run r WHERE r.id = c.run_id AND r.at < $1", context.now - _IMPORTS
    )


async def run_and_names(context: Context, run: UUID) -> dict[str, Any]:
    """What a run says, for :func:`take_over` after it was rolled back."""
    row = await context.fetchrow("SELECT format, report::text AS report FROM import_run WHERE id = $1", run)
    names = await context.fetch(
        "SELECT done, noun, name, row_id, detail FROM import_name WHERE run_id = $1 ORDER BY position", run
    )
    assert row is not None, "it was just written"
    named = [Named(each["done"], each["noun"], each["name"], each["row_id"], each["detail"]) for each in names]
    return {"format": row["format"], "report": row["report"], "names": named}


async def take_over(context: Context, run: UUID, said: Mapping[str, Any]) -> None:
    """Keep in a run that waits what a rehearsal said."""
    values = {"state": RunState.DONE.value, "format": said["format"], "report": said["report"]}
    await context.rows(ImportRun).update(run, values)
    await _keep_names(context, run, said["names"], RunKind.PREVIEW)
