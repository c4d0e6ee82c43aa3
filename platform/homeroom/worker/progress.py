"""How far a job has come, recorded while it runs."""

from __future__ import annotations

import asyncio
import contextvars
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from homeroom.database.engine import Database, Transaction

__all__ = ["Progress"]

#: Seconds between two lines that are written: an observer sees no more, and a loop may report each of its steps.
_INTERVAL: Final = 0.5
_LONGEST_MESSAGE: Final = 500
_TELL = """
UPDATE job SET progress_done = $3, progress_total = $4, progress_message = $5
WHERE id = $1 AND run_id = $2 AND state = 'running'
"""


class Progress:
    """Writes the progress of one attempt, in transactions of its own: the job's is seen by nobody before it ends.

    Args:
        database: Where.
        space: The job's space.
        job: Its id.
        run: The attempt's.
        changed: Tells those who listen, in the same transaction.
    """

    def __init__(
        self,
        database: Database,
        space: UUID,
        job: UUID,
        run: UUID,
        changed: Callable[[Transaction, str], Awaitable[None]],
    ) -> None:
        self._database = database
        self._space = space
        self._job = job
        self._run = run
        self._changed = changed
        self._next = 0.0

    async def __call__(self, done: int, total: int | None, message: str | None) -> None:
        """Record it, unless something has just been recorded; the last part always is."""
        now = time.monotonic()
        if now < self._next and done != total:
            return
        self._next = now + _INTERVAL
        # A context of its own: in the job's, this would be a savepoint of the job's transaction.
        await asyncio.create_task(self._write(done, total, message), context=contextvars.Context())

    async def _write(self, done: int, total: int | None, message: str | None) -> None:
        text = message[:_LONGEST_MESSAGE] if message is not None else None
        async with self._database.transaction(self._space) as transaction:
            await transaction.execute(_TELL, self._job, self._run, done, total, text)
            await self._changed(transaction, "running")
