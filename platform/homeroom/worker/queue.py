"""Putting jobs into the queue, in the transaction of the command that asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dramatiq
import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.jobs import Job

__all__ = ["ACTOR", "QUEUE", "PostgresQueue", "message_for"]

QUEUE = "default"
#: The one actor: which job it runs stands in the job's row.
ACTOR = "run_job"

# One statement: the row, the message and the wake-up call come with the commit or not at all.
_ENQUEUE = f"""
WITH recorded AS (
    INSERT INTO job (id, name, state, account_id, login, arguments, enqueued_at)
    VALUES ($1, $2, 'queued', $3, $4, $5::jsonb, $6)),
waiting AS (
    INSERT INTO homeroom.job_queue (queue_name, message_id, state, message)
    VALUES ('{QUEUE}', $1, 'queued', $7::jsonb) RETURNING queue_name)
SELECT pg_notify('dramatiq.' || queue_name || '.enqueue', '') FROM waiting
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
            msgspec.json.encode(dict(arguments)).decode(),
            context.now,
            message_for(context.space.id, job_id, job).encode().decode(),
        )


def message_for(space: UUID, job_id: UUID, job: Job) -> dramatiq.Message[Any]:
    """The message that makes a worker run a job."""
    return dramatiq.Message(
        queue_name=QUEUE,
        actor_name=ACTOR,
        args=(str(space), str(job_id)),
        kwargs={},
        options={"time_limit": int(job.time_limit * 1000)},
        message_id=str(job_id),
    )
