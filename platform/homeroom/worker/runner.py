"""Running one job: in its space, as whoever asked, the right checked again, with at most one effect."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.audit import AuditTrail
from homeroom.callers import Caller
from homeroom.context import Context
from homeroom.errors import Failure, Forbidden, NotFound, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.host import Host
    from homeroom.jobs import Job

__all__ = ["JobRunner"]

logger = logging.getLogger(__name__)

# A job that is 'running' may be begun again: its worker died, or the queue took it for dead.
_BEGIN = """
UPDATE job SET state = 'running', attempts = attempts + 1, started_at = $2, error = NULL
WHERE id = $1 AND state IN ('queued', 'retrying', 'running')
RETURNING name, account_id, arguments, attempts
"""
_END = """
UPDATE job SET state = $2, error = $3, finished_at = $4
WHERE id = $1 AND attempts = $5 AND state = 'running'
"""


class JobRunner:
    """Runs jobs in one process.

    Args:
        host: The open host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    async def run(self, space: UUID, job_id: UUID) -> None:
        """Run one job once. A job that has ended, or that is not there, is passed over.

        Args:
            space: The space that it belongs to.
            job_id: Its id.

        Raises:
            Exception: It failed in a way that another attempt may mend; the queue shall bring it again.
        """
        async with self._host.database.transaction(space) as transaction:
            begun = await transaction.fetchrow(_BEGIN, job_id, self._host.clock())
        if begun is None:
            logger.info("job %s has ended already or is not there", job_id)
            return
        attempt: int = begun["attempts"]
        try:
            caller, job = await self._prepare(space, begun["account_id"], begun["name"])
        except (Refusal, Failure) as error:
            await self._end(space, job_id, attempt, str(error), again=False)
            return
        if attempt > job.attempts:
            # Counted here and not in the message: a job that kills its worker leaves no other trace.
            await self._end(space, job_id, attempt, f"gave up after {job.attempts} attempts", again=False)
            return
        again = attempt < job.attempts
        try:
            await self._work(caller, job, job_id, attempt, msgspec.json.decode(begun["arguments"]))
        except (Refusal, Failure) as error:
            await self._end(space, job_id, attempt, str(error), again=False)
        except asyncio.CancelledError:
            limit = f"took longer than {job.time_limit:g} s, or its worker was stopped"
            await self._end(space, job_id, attempt, limit, again=again)
            raise
        except Exception as error:
            logger.exception("job %s (%s), attempt %d of %d", job.name, job_id, attempt, job.attempts)
            # The message may hold anything, other people's data included: only the log has it.
            await self._end(space, job_id, attempt, f"internal error ({type(error).__name__})", again=again)
            if again:
                raise

    async def _prepare(self, space: UUID, account: UUID | None, name: str) -> tuple[Caller, Job]:
        """Who asks, as they stand now, and what to run. Raises Refusal or Failure if either is gone."""
        if account is not None:
            caller = dataclasses.replace(await self._host.directory.caller(space, account), via="job")
            if name not in caller.access.commands:
                raise Forbidden(f"you may not do this here: {name}")
        else:
            found = next((each for each in await self._host.directory.spaces() if each.id == space), None)
            if found is None:
                raise NotFound("there is no such space")
            caller = dataclasses.replace(self._host.system_caller(found), via="job")
        job = self._host.variant(caller.space.plugins).jobs.get(name)
        if job is None:
            raise NotFound(f"this space has no job {name} any more")
        return caller, job

    async def _work(self, caller: Caller, job: Job, job_id: UUID, attempt: int, arguments: dict[str, Any]) -> None:
        """The job's effect, its audit and its success, in one transaction."""
        now = self._host.clock()
        async with self._host.database.transaction(caller.space.id) as transaction:
            mine = await transaction.fetchval(
                "SELECT attempts = $2 AND state = 'running' FROM job WHERE id = $1 FOR UPDATE",
                job_id,
                attempt,
            )
            if not mine:
                logger.info("job %s was begun again by another worker", job_id)
                return
            trail = AuditTrail(job.name, None)
            context = Context(self._host, caller, transaction, trail, now)
            await context.run_job(job, arguments)
            await trail.write(transaction, caller, now, None)
            await transaction.execute(_END, job_id, "succeeded", None, self._host.clock(), attempt)

    async def _end(self, space: UUID, job_id: UUID, attempt: int, error: str, *, again: bool) -> None:
        """Note that an attempt did not succeed."""
        state, at = ("retrying", None) if again else ("failed", self._host.clock())
        async with self._host.database.transaction(space) as transaction:
            await transaction.execute(_END, job_id, state, error, at, attempt)
