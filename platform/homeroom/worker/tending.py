"""What every worker does beside running jobs: it asks for what the calendar brings, and for what was lost.

There is no leader. What is due is a row; the process that locks it first asks for the job and writes down when it comes
next, in one transaction, and the others pass it over. A job whose message was lost, on whichever way, has
a row that is overdue, and is brought again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import asyncpg

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.jobs import next_run
from homeroom.worker.queue import ACTOR, QUEUE

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.jobs import Job

__all__ = ["SCHEDULE_LOGIN", "Tending"]

logger = logging.getLogger(__name__)

#: Who asks for a job that comes by the calendar, in its row and in the audit.
SCHEDULE_LOGIN: Final = "schedule"
_EVERY: Final = 5.0
_CLAIM = """
SELECT id, job, cron FROM job_schedule WHERE next_at <= $1 ORDER BY next_at FOR UPDATE SKIP LOCKED
"""
_PUT = """
INSERT INTO job_schedule (id, job, cron, time_zone, next_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, job) DO UPDATE
    SET cron = EXCLUDED.cron, time_zone = EXCLUDED.time_zone, next_at = EXCLUDED.next_at
    WHERE (job_schedule.cron, job_schedule.time_zone) IS DISTINCT FROM (EXCLUDED.cron, EXCLUDED.time_zone)
"""
_WITH_DUE = "homeroom.spaces_with_due_jobs($1)"
_WAKE = "homeroom.wake_jobs($1, $2)"


class Tending:
    """Looks after the jobs of all spaces.

    Args:
        host: The open host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: dict[UUID, tuple[int, str, frozenset[str]]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            for work in (self.plan, self.ask, self.wake):
                await self._survive(work)
            await asyncio.sleep(_EVERY)

    async def _survive(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # The database is unavailable; what was due then is due still when it is back.
            logger.warning("jobs are not tended: %s", type(error).__name__)
        except Exception:
            logger.exception("jobs are not tended")

    async def plan(self) -> None:
        """Write down when periodic jobs come next, where a space is new, or its plugins or its time zone are others."""
        for space in await self._host.directory.spaces():
            known = (space.version, space.time_zone.key, space.plugins)
            if self._known.get(space.id) != known:
                try:
                    await self._plan_in(space)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    raise
                except Exception:
                    logger.exception("the periodic jobs of %s are not planned", space.slug)
                self._known[space.id] = known

    async def _plan_in(self, space: Space) -> None:
        now = self._host.clock()
        wanted = {each.name: each.cron for each in self._host.variant_of(space).jobs.values() if each.cron}
        async with self._host.database.transaction(space.id) as transaction:
            for name, cron in sorted(wanted.items()):
                following = next_run(cron, now, space.time_zone)
                await transaction.execute(_PUT, new_id(), name, cron, space.time_zone.key, following)
            await transaction.execute("DELETE FROM job_schedule WHERE job <> ALL($1::text[])", sorted(wanted))

    async def ask(self) -> int:
        """Ask for the periodic jobs that are due; however long that was missed, each comes once.

        Returns:
            How many there were.
        """
        now = self._host.clock()
        due = set(await self._host.database.call(_WITH_DUE, now, writes=False))
        if not due:
            return 0
        asked = 0
        for space in await self._host.directory.spaces():
            if space.id in due and space.state == "open":
                try:
                    asked += await self._ask_in(space)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    raise
                except Exception:
                    logger.exception("the periodic jobs of %s are not asked for", space.slug)
        return asked

    async def _ask_in(self, space: Space) -> int:
        host = self._host
        now = host.clock()
        jobs = host.variant_of(space).jobs
        async with host.database.transaction(space.id) as transaction:
            claimed = await transaction.fetch(_CLAIM, now)
            caller = host.system_caller(space, login=SCHEDULE_LOGIN, via="job")
            context = Context(host, caller, transaction, AuditTrail(SCHEDULE_LOGIN), now)
            asked = 0
            for row in claimed:
                if row["job"] not in jobs:  # its plugin was switched off a moment ago
                    await transaction.execute("DELETE FROM job_schedule WHERE id = $1", row["id"])
                    continue
                following = next_run(row["cron"], now, space.time_zone)
                await transaction.execute("UPDATE job_schedule SET next_at = $2 WHERE id = $1", row["id"], following)
                if await _needed(context, jobs[row["job"]]):
                    job_id = await context.enqueue(jobs[row["job"]])
                    logger.info("job %s of %s is due: %s; next at %s", row["job"], space.slug, job_id, following)
                    asked += 1
            return asked

    async def wake(self) -> int:
        """Bring jobs again whose message was lost.

        Returns:
            How many messages were written.
        """
        woken: int = await self._host.database.call(_WAKE, QUEUE, ACTOR)
        if woken:
            logger.warning("%d jobs were overdue and are brought again", woken)
        return woken


async def _needed(context: Context, job: Job) -> bool:
    """Whether a periodic job has anything to do; one that cannot say so runs, and its failure is seen."""
    if job.when is None:
        return True
    try:
        async with context.transaction.savepoint():
            return await job.when(context)
    except Exception:
        logger.exception("job %s of %s cannot say whether it is needed", job.name, context.space.slug)
        return True
