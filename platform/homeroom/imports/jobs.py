"""Imports of large files: a job reads the file that was kept, says how far it is, and forgets the file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.commands import stored_arguments
from homeroom.errors import Problem, Refusal
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file, storage_of
from homeroom.imports.declare import Import, ImportJob, import_of
from homeroom.imports.refusals import NO_SUCH_IMPORT
from homeroom.imports.tables import ImportRun, RunState
from homeroom.jobs import Job, job
from homeroom.messages import language_for

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.uploads import Upload

__all__ = ["JOBS", "queue_import"]

_PIECE: Final = 1024 * 1024


class _KeptFile:
    """A file that a job reads: see :class:`homeroom.uploads.Upload`."""

    content_type = "application/octet-stream"

    def __init__(self, name: str, size: int, digest: str, path: Path) -> None:
        self.name = name
        self.size = size
        self.sha256 = digest
        self._path = path

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its content."""
        with await asyncio.to_thread(self._path.open, "rb") as opened:
            while piece := await asyncio.to_thread(opened.read, _PIECE):
                yield piece


async def queue_import(context: Context, spec: Import, given: Mapping[str, Any], what: ImportJob) -> UUID:
    """Keep a file and ask for the job that imports or rehearses it.

    Args:
        context: The command's.
        spec: The import.
        given: The arguments of its command.
        what: What the job does.

    Returns:
        The run, which waits.
    """
    upload: Upload = given["file"]
    file = await keep_file(context, upload, kinds=None, field="file")
    options = {name: value for name, value in given.items() if name != "file" and value is not None}
    (run,) = await context.rows(ImportRun).insert(
        [
            {
                "at": context.now,
                "kind": what.kind.value,
                "state": RunState.WAITING.value,
                "command": spec.name,
                "format": "",
                "file_name": upload.name,
                "login": context.caller.login,
                "options": msgspec.json.encode(options).decode(),
                "file_id": file,
            }
        ]
    )
    queued = await context.enqueue(run_import, run=str(run))
    await context.rows(ImportRun).update(run, {"job_id": queued})
    return run


@job("imports.file.run", attempts=3, time_limit=1800)
async def run_import(context: Context, *, run: str) -> dict[str, Any]:
    """Import or rehearse a file that was kept for it. A file that is refused leaves its problems in the run."""
    row = await context.fetchrow(
        "SELECT r.id, r.command, r.kind, r.file_name, r.options::text AS options, r.file_id, f.size, f.digest"
        " FROM import_run r JOIN stored_file f ON f.id = r.file_id WHERE r.id = $1 AND r.state = 'waiting'",
        UUID(run),
    )
    if row is None:
        return {"state": RunState.DONE.value}
    command = context.variant.commands.get(row["command"])
    spec = import_of(command) if command is not None else None
    if command is None or spec is None:
        raise Refusal(NO_SUCH_IMPORT, name=row["command"], names=[])
    path = storage_of(context.host).path(context.space.id, row["digest"])
    options = stored_arguments(command, row["options"])
    file = _KeptFile(row["file_name"], row["size"], row["digest"], path)
    state = RunState.DONE
    try:
        if row["kind"] == ImportJob.REHEARSAL.kind:
            await _rehearse(context, command, {**options, "file": file}, row["id"])
        else:
            async with context.savepoint():
                await context.run(command, {**options, "file": file, "into": row["id"]})
    except Refusal as refusal:
        state = RunState.REFUSED
        await _refuse(context, row["id"], refusal.problems)
    await context.rows(ImportRun).update(row["id"], {"file_id": None})
    await forget_files(context, [row["file_id"]])
    return {"state": state.value}


async def _rehearse(context: Context, command: Any, arguments: dict[str, Any], run: UUID) -> None:
    """Rehearse an import, and keep the report of it."""
    from homeroom.imports.runs import rehearsed, take_over

    context.rehearsing = True
    try:
        report = await rehearsed(context, _reported(context, command, arguments))
    finally:
        context.rehearsing = False
    await take_over(context, run, report)


async def _reported(context: Context, command: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Import, and give what the run says: the run itself is rolled back."""
    from homeroom.imports.runs import run_and_names

    return await run_and_names(context, await context.run(command, arguments))


async def _refuse(context: Context, run: UUID, problems: tuple[Problem, ...]) -> None:
    language = await language_for(context.host, context.caller)
    shown = [context.host.messages.problem(each, language) for each in problems]
    await context.rows(ImportRun).update(
        run, {"state": RunState.REFUSED.value, "problems": msgspec.json.encode(shown).decode()}
    )


JOBS: Final[tuple[Job, ...]] = (run_import,)
