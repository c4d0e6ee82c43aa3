"""A pool of connections for one event loop, made for many short statements.

asyncpg's own pool costs 80 microseconds of CPU per use (a task for each release, a reset statement, a proxy), which is
as much as a statement. Here a connection is handed out and taken back without awaiting: our sessions have no
state that outlives a transaction, so there is nothing to reset.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["ConnectionPool"]

#: How long a database has to say good-bye to a connection.
_PARTING_SECONDS = 5.0


class ConnectionPool:
    """Connections of one event loop, given out in the order of requests.

    Args:
        connect: Opens a connection.
        size: How many there are at most.
    """

    __slots__ = ("_closed", "_connect", "_idle", "_open", "_size", "_used", "_waiting")

    def __init__(self, connect: Callable[[], Awaitable[Any]], size: int) -> None:
        self._connect = connect
        self._size = size
        self._idle: list[Any] = []
        self._used: set[Any] = set()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._open = 0
        self._closed = False

    @property
    def open(self) -> int:
        """How many connections there are."""
        return self._open

    @property
    def idle(self) -> int:
        """How many of them nobody uses."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    async def acquire(self) -> Any:
        """A connection, used last if possible; waits in line when all are used."""
        if self._closed:
            raise asyncpg.ConnectionDoesNotExistError("the pool is closed")
        while True:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    self._used.add(connection)
                    return connection
                self._open -= 1
            if self._open < self._size:
                return await self._new()
            connection = await self._wait()
            if connection is not None:
                return connection

    def release(self, connection: Any) -> None:
        """Give a connection back, outside any transaction; a closed one makes room for a new one."""
        self._used.discard(connection)
        broken = connection.is_closed()
        if broken or self._closed:
            self._open -= 1
            if not broken:
                connection.terminate()
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                if not broken:
                    self._used.add(connection)
                future.set_result(None if broken else connection)
                return
        if not broken and not self._closed:
            self._idle.append(connection)

    async def close(self) -> None:
        """Close every connection; those in use are ended where they are."""
        self._closed = True
        for future in self._waiting:
            if not future.done():
                future.set_exception(asyncpg.ConnectionDoesNotExistError("the pool is closed"))
        idle, self._idle = self._idle, []
        self._open -= len(idle)
        for connection in self._used:
            connection.terminate()
        for connection in idle:
            with contextlib.suppress(Exception):  # it may be lost already, or the database mute
                await connection.close(timeout=_PARTING_SECONDS)

    async def _new(self) -> Any:
        self._open += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._open -= 1
            raise
        self._used.add(connection)
        return connection

    async def _wait(self) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.result() is not None:
                self.release(future.result())
            raise
