"""Which job comes next: the spaces take turns, however much one of them asks for.

Messages come in the order in which jobs were asked for, so that a thousand mails of one school would stand before the
export of another. But a message only says that something waits. If it is the turn of another space, the
oldest job of that one is begun, and the message put back before all others.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from homeroom.database.engine import Database

__all__ = ["Turn", "Turns"]

_IN_TURN = "homeroom.job_in_turn($1, $2, $3, $4)"


class Turn(NamedTuple):
    """A job that is to be begun.

    Args:
        space: The space that it belongs to.
        job: Its id.
    """

    space: UUID
    job: UUID


class Turns:
    """The round of the spaces by one process.

    Args:
        database: Where the jobs are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last = UUID(int=0)
        self._beginning: set[UUID] = set()
        self._choosing = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def take(self, named: Turn, passed: Collection[UUID]) -> AsyncIterator[Turn | None]:
        """What to begin; nobody else of this process is given it while the block runs.

        Args:
            named: The job that the message names. One that is tried again comes when its message does, and not in turn:
                it has waited.
            passed: Jobs that could not be begun, because others have.

        Yields:
            That job or another, or none where that one waits no longer.
        """
        async with self._choosing:
            not_these = [*passed, *self._beginning]
            found = await self._database.call(_IN_TURN, named.space, named.job, self._last, not_these, writes=False)
            turn = None if found is None else Turn(*found)
            if turn is not None:
                self._last = turn.space
                self._beginning.add(turn.job)
        try:
            yield turn
        finally:
            if turn is not None:
                self._beginning.discard(turn.job)
