"""Where jobs wait. The implementation is :class:`homeroom.worker.queue.PostgresQueue`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.database.engine import Transaction
    from homeroom.jobs import Job

__all__ = ["Queue"]


class Queue(Protocol):
    """Where jobs wait."""

    async def enqueue(self, context: Context, job_id: UUID, job: Job, arguments: Mapping[str, Any]) -> None:
        """Put a job into the queue within the context's own transaction.

        Args:
            context: Whose space, caller and transaction.
            job_id: The job's id.
            job: What to run.
            arguments: JSON values.
        """

    async def again(
        self, transaction: Transaction, jobs: Sequence[UUID], *, space: UUID | None = None, delay: float = 0
    ) -> None:
        """Bring jobs that are recorded already once more, within a transaction.

        Args:
            transaction: With its commit they come.
            jobs: Their ids.
            space: Whose jobs they are; by default of the space that the transaction is in.
            delay: Seconds before which they do not come; fewer than none let them come before others.
        """

    async def once(self, context: Context, key: str) -> bool:
        """Claim an effect within the context's own transaction; see :meth:`homeroom.context.Context.once`."""
