"""Putting jobs into the queue, in the transaction of the command that asks for them.

A message only says that there is work: which jobs there are, and how far each has come, is in their rows.
So a message that comes twice runs nothing twice, and one that is lost is sent again (see
:mod:`homeroom.worker.tending`). The same table is the queue of workers that take their messages from PostgreSQL, and
the outbox from which messages go on to RabbitMQ (see :mod:`homeroom.worker.relay`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dramatiq
import msgspec

from homeroom.database.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.database.engine import Transaction
    from homeroom.jobs import Job

__all__ = ["ACTOR", "GRACE", "QUEUE", "PostgresQueue", "message_for"]

QUEUE: Final = "default"
#: The one actor: which job it runs is in the job's row.
ACTOR: Final = "run_job"
#: Seconds after which a job that should have been begun, or have ended, is brought once more.
GRACE: Final = 60

# One statement: the row, the message and the wake-up call come with the commit or not at all.
_ENQUEUE = f"""
WITH recorded AS (
    INSERT INTO job (id, name, state, account_id, login, persons, arguments, enqueued_at, wake_at)
    VALUES ($1, $2, 'queued', $3, $4, $5, $6::jsonb, $7, now() + interval '{GRACE} seconds')),
waiting AS (
    INSERT INTO homeroom.job_queue (queue_name, message_id, state, message)
    VALUES ('{QUEUE}', $1, 'queued', $8::jsonb) RETURNING queue_name)
SELECT pg_notify('dramatiq.' || queue_name || '.enqueue', '') FROM waiting
"""
_AGAIN = "homeroom.queue_again($1, $2, $3, $4)"
_ONCE = """
INSERT INTO job_effect (id, key, job, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, key) DO NOTHING RETURNING true
"""


class PostgresQueue:
    """The queue in the database itself; see :class:`homeroom.queue.Queue`."""

    async def enqueue(self, context: Context, job_id: UUID, job: Job, arguments: Mapping[str, Any]) -> None:
        """Record a job and put it into the queue."""
        await context.fetchrow(
            _ENQUEUE,
            job_id,
            job.name,
            context.caller.account,
            context.caller.login,
            list(context.caller.persons),
            msgspec.json.encode(dict(arguments)).decode(),
            context.now,
            message_for(context.space.id, job_id).encode().decode(),
        )

    async def again(
        self, transaction: Transaction, jobs: Sequence[UUID], *, space: UUID | None = None, delay: float = 0
    ) -> None:
        """Put messages for jobs into the queue; one that waits already is delayed again."""
        messages = [message_for(space or transaction.space, each).encode().decode() for each in jobs]
        await transaction.call(_AGAIN, QUEUE, list(jobs), messages, float(delay))

    async def once(self, context: Context, key: str) -> bool:
        """Claim an effect. A claim that another transaction has not yet committed is waited for."""
        return bool(await context.fetchval(_ONCE, new_id(), key, context.running, context.now))


def message_for(space: UUID, job_id: UUID) -> dramatiq.Message[Any]:
    """The message that makes a worker run a job."""
    return dramatiq.Message(
        queue_name=QUEUE,
        actor_name=ACTOR,
        args=(str(space), str(job_id)),
        kwargs={},
        options={},
        message_id=str(job_id),
    )
