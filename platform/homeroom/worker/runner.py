"""Running one job: in its space, as the account that asked, the right checked again, with at most one effect.

Three short transactions: one begins the attempt, so that it counts even if it kills its process; one has the
effect, its audit and its success together; one notes, where it did not succeed, why, and brings it again. Which attempt
may end the job is decided by the id of its run: a worker that was taken for dead and comes back late finds another one
there and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import dataclasses
import logging
import random
import time
from typing import TYPE_CHECKING, Any

import msgspec
from structlog.contextvars import bound_contextvars

from homeroom.audit import AuditTrail
from homeroom.callers import Caller
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.errors import Failure, Forbidden, Refusal
from homeroom.jobs import TryLater
from homeroom.messages import language_for
from homeroom.refusals import NOT_FOUND
from homeroom.worker.heartbeat import heart_of
from homeroom.worker.progress import Progress
from homeroom.worker.queue import GRACE
from homeroom.worker.refusals import ATTEMPT_LOST, INTERNAL_ERROR, NO_SUCH_JOB, TIME_LIMIT, WORKER_STOPPED
from homeroom.worker.subscriptions import tell_changed, tell_given_up
from homeroom.worker.tables import JobState
from homeroom.worker.turns import Turn, Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from uuid import UUID

    import asyncpg

    from homeroom.database.engine import Transaction
    from homeroom.host import Host
    from homeroom.jobs import Job

__all__ = ["JobRunner"]

logger = logging.getLogger(__name__)

# Seconds within which an attempt that has begun holds its lock.
_BEGUN = 15
_BEGIN = f"""
UPDATE job SET state = 'running', attempts = attempts + 1, started_at = $2, error = NULL, run_id = $3,
    progress_done = NULL, progress_total = NULL, progress_message = NULL,
    wake_at = now() + interval '{_BEGUN} seconds'
WHERE id = $1 AND state IN ('queued', 'retrying')
RETURNING name, account_id, login, arguments, attempts
"""
# While an attempt has its effect it holds a lock of its own, which falls with its connection. A job that is 'running'
# without one has lost its worker, and homeroom.wake_jobs brings it again; no message does, so none begins it twice.
# It may calculate for as long as it may take, without a word to the database.
_HOLD = """
SELECT pg_try_advisory_xact_lock(hashtextextended('homeroom.job.' || $1::uuid, 0)),
    set_config('idle_in_transaction_session_timeout', $2, true)
"""
_SUCCEED = """
UPDATE job SET state = 'succeeded', result = $3::jsonb, finished_at = $4
WHERE id = $1 AND run_id = $2 AND state = 'running' RETURNING true
"""
# An attempt that failed has released its lock, and may have been taken for lost before it says so.
_END = """
UPDATE job SET state = $3, error = $4, finished_at = $5, attempts = attempts - $6,
    wake_at = now() + make_interval(secs => $7)
WHERE id = $1 AND run_id = $2 AND state IN ('running', 'retrying') RETURNING true
"""
_LONGEST_DELAY = 600.0
#: Seconds that attempts have to end when they are interrupted.
_INTERRUPTING = 3.0
#: Seconds between two looks at whether the account that asked may still have it done.
_LOOK = 2.0
#: Of a message that gave way: it comes before all that were sent within a day.
_FIRST = -86_400.0
#: Seconds after which a job of a school that is not open is looked at again.
_SUSPENDED = 300.0


class _Overtaken(Exception):  # noqa: N818 - it is news
    """Another attempt has begun meanwhile, or somebody discarded the job."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    """One attempt."""

    space: UUID
    job: UUID
    id: UUID
    attempt: int
    name: str
    account: UUID | None
    began: float


class JobRunner:
    """Runs jobs in one process.

    Args:
        host: The open host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._turns = Turns(host.database)
        self._running: set[asyncio.Task[Any]] = set()

    async def run_in_turn(self, space: UUID, job_id: UUID) -> None:
        """Run one job once, for a message: the one that it names, or that of another space whose turn it is.

        In the latter case the message is put back. A job that runs elsewhere, has ended or is not there is passed over.

        Args:
            space: The space of the job that the message names.
            job_id: Its id.

        Raises:
            Exception: The database could not be asked; the queue shall bring the message again.
        """
        named = Turn(space, job_id)
        passed: list[UUID] = []
        while named.job not in passed:
            async with self._turns.take(named, passed) as turn:
                if turn is None:
                    break
                begun = await self._begin(turn, named)
            if begun is not None:
                await self._carry_out(*begun)
                return
            passed.append(turn.job)
        logger.info("job %s runs elsewhere, has ended or is not there", job_id)

    async def run(self, space: UUID, job_id: UUID) -> None:
        """Run one job once, out of turn. One that runs elsewhere, has ended, or is not there, is passed over.

        Args:
            space: The space that it belongs to.
            job_id: Its id.
        """
        named = Turn(space, job_id)
        begun = await self._begin(named, named)
        if begun is not None:
            await self._carry_out(*begun)

    async def _begin(self, turn: Turn, named: Turn) -> tuple[_Run, asyncpg.Record] | None:
        """Begin an attempt, and put back the message of a job that gives way to it."""
        run_id = new_id()
        if not await self._host.directory.is_open(turn.space):
            if turn == named:
                # The jobs of a school that is suspended wait, however long that takes.
                async with self._host.database.transaction(turn.space) as transaction:
                    await self._host.queue.again(transaction, [turn.job], space=turn.space, delay=_SUSPENDED)
            return None
        async with self._host.database.transaction(turn.space) as transaction:
            begun = await transaction.fetchrow(_BEGIN, turn.job, self._host.clock(), run_id)
            if begun is None:
                return None
            if turn != named:
                await self._host.queue.again(transaction, [named.job], space=named.space, delay=_FIRST)
        attempt, name, account = begun["attempts"], begun["name"], begun["account_id"]
        return _Run(turn.space, turn.job, run_id, attempt, name, account, time.monotonic()), begun

    async def interrupt(self) -> None:
        """End the attempts that run, because the process ends: each is brought again, and does not count."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=_INTERRUPTING)

    async def _carry_out(self, run: _Run, begun: asyncpg.Record) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            with bound_contextvars(job=run.name, job_id=str(run.job), space=str(run.space), attempt=run.attempt):
                await self._attempt(run, begun)
        finally:
            self._running.discard(task)

    async def _attempt(self, run: _Run, begun: asyncpg.Record) -> None:
        try:
            caller, job = await self._prepare(run.space, begun["account_id"], begun["login"], begun["name"])
        except (Refusal, Failure) as error:
            state = JobState.FORBIDDEN if isinstance(error, Forbidden) else JobState.FAILED
            await self._end(run, state, await self._text(run, error))
            return
        if run.attempt > job.attempts:
            # Counted in the row and not in the message: a job that kills its worker leaves no other trace.
            lost = Refusal(ATTEMPT_LOST, attempts=job.attempts)
            await self._end(run, JobState.FAILED, await self._text(run, lost), uncount=1)
            return
        again = JobState.RETRYING if run.attempt < job.attempts else JobState.FAILED
        limit = asyncio.timeout(job.time_limit)
        try:
            async with limit:
                await self._work(run, caller, job, msgspec.json.decode(begun["arguments"]))
        except _Overtaken:
            logger.warning("another attempt was begun, or somebody discarded it: this one leaves nothing behind")
        except (Refusal, Failure) as error:
            state = JobState.FORBIDDEN if isinstance(error, Forbidden) else JobState.FAILED
            await self._end(run, state, await self._text(run, error))
        except asyncio.CancelledError:
            # Nobody's fault but the operator's: it does not count.
            await self._end(run, JobState.RETRYING, await self._text(run, Refusal(WORKER_STOPPED)), uncount=1)
            raise
        except TryLater as error:
            reason = str(error) if error.code is None else await self._text(run, Refusal(error.code, **error.values))
            await self._end(run, again, reason)
        except Exception as error:
            if isinstance(error, TimeoutError) and limit.expired():
                reason = await self._text(run, Refusal(TIME_LIMIT, seconds=f"{job.time_limit:g}"))
                await self._end(run, again, reason)
                return
            logger.exception("attempt %d of %d failed", run.attempt, job.attempts)
            # The message may hold anything, other people's data included: only the log has it.
            reason = await self._text(run, Refusal(INTERNAL_ERROR, kind=type(error).__name__))
            await self._end(run, again, reason)
        else:
            logger.info("job succeeded")

    async def _text(self, run: _Run, error: Refusal | Failure) -> str:
        """The text of a refusal or a failure, in the language of the person who asked for the job."""
        space = next((each for each in await self._host.directory.spaces() if each.id == run.space), None)
        if space is None:
            return str(error)
        # The person may have left the school, and still chose a language.
        reader = dataclasses.replace(self._host.system_caller(space), account=run.account)
        language = await language_for(self._host, reader)
        if isinstance(error, Failure):
            return self._host.messages.failure(error, language)
        first = error.problems[0]
        return self._host.messages.text(first.code, first.values, language)

    async def _prepare(self, space: UUID, account: UUID | None, login: str, name: str) -> tuple[Caller, Job]:
        """Who asks, as they stand now, and what to run. Raises Refusal or Failure if either is gone."""
        if account is not None:
            caller = dataclasses.replace(await self._host.directory.caller(space, account), via="job")
            caller.access.scopes(name)
        else:
            found = next((each for each in await self._host.directory.spaces() if each.id == space), None)
            if found is None:
                raise Refusal(NOT_FOUND)
            caller = self._host.system_caller(found, login=login, via="job")
        job = self._host.variant_of(caller.space).jobs.get(name)
        if job is None:
            raise Refusal(NO_SUCH_JOB, job=name)
        return caller, job

    async def _work(self, run: _Run, caller: Caller, job: Job, arguments: dict[str, Any]) -> None:
        """The job's effect, its audit and its success, in one transaction."""
        host = self._host
        now = host.clock()
        async with host.database.transaction(run.space) as transaction:
            await tell_changed(host, caller, transaction, run.job, run.name, JobState.RUNNING.value)

        def changed(transaction: Transaction, state: str) -> Awaitable[None]:
            return tell_changed(host, caller, transaction, run.job, run.name, state)

        async with host.database.transaction(run.space) as transaction, self._while_permitted(run, caller) as permit:
            if not await transaction.fetchval(_HOLD, run.job, f"{job.time_limit + GRACE:.0f}s"):
                raise _Overtaken
            trail = AuditTrail(job.name, None)
            context = Context(host, caller, transaction, trail, now)
            context.report = Progress(host.database, run.space, run.job, run.id, changed)
            result = msgspec.json.encode(await context.run_job(job, arguments)).decode()
            await context.settle_changes()
            await permit()
            await trail.write(transaction, caller, now, None)
            if not await transaction.fetchval(_SUCCEED, run.job, run.id, result, host.clock()):
                raise _Overtaken
            await changed(transaction, JobState.SUCCEEDED.value)
        heart_of(host).ended(JobState.SUCCEEDED, time.monotonic() - run.began)

    @contextlib.asynccontextmanager
    async def _while_permitted(self, run: _Run, caller: Caller) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """End the block when the account that asked may not have it done any more, or the space has no such job any
        more.

        Args:
            run: The attempt.
            caller: As whom it runs.

        Yields:
            Looks once more, unless it was looked a moment ago, and raises what :meth:`_prepare` raises.
        """
        task = asyncio.current_task()
        assert task is not None
        gone: Refusal | Failure | None = None
        looked = time.monotonic()

        async def look() -> None:
            nonlocal looked
            # A context of its own: in the job's, this would be a part of the job's transaction.
            looking = self._prepare(run.space, run.account, caller.login, run.name)
            await asyncio.create_task(looking, context=contextvars.Context())
            looked = time.monotonic()

        async def look_again() -> None:
            if time.monotonic() - looked > _LOOK:  # a short job was permitted a moment ago
                await look()

        async def watch() -> None:
            nonlocal gone
            while True:
                await asyncio.sleep(_LOOK)
                try:
                    await look()
                except (Forbidden, Refusal) as ended:
                    gone = ended
                    task.cancel()
                    return
                except Exception as error:  # noqa: BLE001 - it is looked again, and before the commit
                    logger.warning("whether the job may go on cannot be seen: %s", type(error).__name__)

        watching = asyncio.create_task(watch())
        try:
            yield look_again
        except asyncio.CancelledError:
            if gone is None:
                raise
            task.uncancel()
            raise gone from None
        finally:
            watching.cancel()

    async def _end(self, run: _Run, state: JobState, error: str, *, uncount: int = 0) -> None:
        """Note that an attempt did not succeed; if another one shall follow, bring it in the same transaction."""
        again = state is JobState.RETRYING
        delay = 0.0
        if again and not uncount:
            # Doubled each time, and never quite the same: what failed together shall not come back together.
            delay = min(_LONGEST_DELAY, 2.0 ** (run.attempt - 1)) * random.uniform(1.0, 1.25)  # noqa: S311
        finished = None if again else self._host.clock()
        async with self._host.database.transaction(run.space) as transaction:
            wake = delay + GRACE
            ended = await transaction.fetchval(_END, run.job, run.id, state.value, error, finished, uncount, wake)
            if ended and again:
                await self._host.queue.again(transaction, [run.job], delay=delay)
            space = next((each for each in await self._host.directory.spaces() if each.id == run.space), None)
            if ended and space is not None:
                # As the installation: the account that asked may have no right left, and is informed of that too.
                caller = self._host.system_caller(space, via="job")
                await tell_changed(self._host, caller, transaction, run.job, run.name, state.value)
                if not again:
                    await tell_given_up(self._host, caller, transaction, run.job, run.name, run.account, error)
        if ended:
            heart_of(self._host).ended(state, time.monotonic() - run.began)
        logger.log(logging.INFO if again else logging.WARNING, "job %s: %s", state.value, error)
