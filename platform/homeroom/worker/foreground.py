"""Running one job beside its workers, for somebody who waits for it: ``homeroom jobs run``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.errors import Refusal
from homeroom.worker.refusals import NO_SUCH_JOB
from homeroom.worker.states import JobState

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["enqueued", "followed"]

#: Seconds between two looks at how far the job is.
_LOOK: Final = 0.3
_FAR = "SELECT state, error, result, progress_done, progress_total, progress_message FROM job WHERE id = $1"
#: What no worker carries on by itself, or what somebody at a terminal does not wait for.
_ENDED: Final = frozenset(JobState) - {JobState.QUEUED, JobState.RUNNING}


async def enqueued(host: Host, space: Space, name: str, arguments: Mapping[str, Any]) -> UUID:
    """Queue a job as the installation.

    Args:
        host: Open.
        space: Where it runs.
        name: The dotted name of the job.
        arguments: JSON values.

    Returns:
        The id of the job.

    Raises:
        Refusal: The space has no such job, or the job does not take these arguments.
    """
    from homeroom.audit import AuditTrail
    from homeroom.context import Context

    job = host.variant_of(space).jobs.get(name)
    if job is None:
        raise Refusal(NO_SUCH_JOB, "name", job=name)
    job.check(arguments)
    async with host.database.transaction(space.id) as transaction:
        context = Context(host, host.system_caller(space), transaction, AuditTrail(name), host.clock())
        return await context.enqueue(job, **arguments)


async def followed(host: Host, space: Space, job: UUID, say: Callable[[str], object]) -> bool:
    """Run a queued job in this process, unless a worker was faster, until this attempt has ended.

    Args:
        host: Open.
        space: Where it runs.
        job: Its id.
        say: Takes a line for each step of progress, then the result or what went wrong.

    Returns:
        Whether the job succeeded. One that failed and has attempts left is tried again by workers.
    """
    from homeroom.worker.runner import JobRunner

    attempt = asyncio.create_task(JobRunner(host).run(space.id, job))
    shown = ""
    try:
        while True:
            await asyncio.wait([attempt], timeout=_LOOK)
            async with host.database.transaction(space.id, read_only=True) as transaction:
                row = await transaction.fetchrow(_FAR, job)
            assert row is not None
            if row["progress_done"] is not None:
                far = f"{row['progress_done']}/{row['progress_total'] or '?'} {row['progress_message'] or ''}".rstrip()
                if far != shown:
                    say(shown := far)
            if row["state"] in _ENDED:
                break
            if attempt.done():  # a worker runs it
                await asyncio.sleep(_LOOK)
        await attempt
    finally:
        attempt.cancel()
    state = JobState(row["state"])
    if state is JobState.SUCCEEDED:
        if row["result"] not in (None, "null"):
            say(row["result"])
    else:
        say(f"{state.value}: {row['error']}")
    return state is JobState.SUCCEEDED
