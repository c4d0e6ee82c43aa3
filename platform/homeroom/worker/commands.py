"""What people decide about jobs that did not succeed."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import LISTED_TWICE
from homeroom.worker.refusals import JOB_NOT_FAILED
from homeroom.worker.tables import JobRecord, JobState

__all__ = ["COMMANDS", "discard_jobs", "retry_jobs"]

#: Those that wait for a person.
_UNDECIDED: Final = (JobState.FAILED.value, JobState.FORBIDDEN.value)
_LOCKED: Final = "SELECT id, state FROM job WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"


@command("jobs.job.retry", returns="Job", many=True, audited_arguments=True)
async def retry_jobs(
    context: Context, *, jobs: list[Annotated[UUID, Ref("Job")]], reason: str | None = None
) -> list[UUID]:
    """Try jobs that failed once more, each from its first attempt on and still as the person who asked for it.

    Raises JOB_NOT_FAILED.

    Args:
        reason: Why they may be tried again.
    """
    await _undecided(context, jobs)
    await context.rows(JobRecord).update_many(
        [
            {
                "id": each,
                "state": JobState.QUEUED.value,
                "attempts": 0,
                "error": None,
                "finished_at": None,
                "decision_reason": reason,
            }
            for each in jobs
        ]
    )
    await context.host.queue.again(context.transaction, jobs)
    return jobs


@command("jobs.job.discard", returns="Job", many=True, audited_arguments=True)
async def discard_jobs(context: Context, *, jobs: list[Annotated[UUID, Ref("Job")]], reason: str) -> list[UUID]:
    """Decide that jobs which failed shall not be tried again. Raises JOB_NOT_FAILED.

    Args:
        reason: Why they are given up.
    """
    await _undecided(context, jobs)
    await context.rows(JobRecord).update_many(
        [{"id": each, "state": JobState.DISCARDED.value, "decision_reason": reason} for each in jobs]
    )
    return jobs


async def _undecided(context: Context, jobs: list[UUID]) -> None:
    await context.permit("Job", jobs, field="jobs", rows=True)
    found = {row["id"]: row["state"] for row in await context.fetch(_LOCKED, jobs)}
    problems = [
        Problem(JOB_NOT_FAILED, "jobs", row, state=found[each])
        for row, each in enumerate(jobs)
        if found[each] not in _UNDECIDED
    ]
    problems += [Problem(LISTED_TWICE, "jobs", row) for row, each in enumerate(jobs) if each in jobs[:row]]
    if problems:
        raise Refusal.of(problems)


COMMANDS: Final[tuple[Command, ...]] = (retry_jobs, discard_jobs)
