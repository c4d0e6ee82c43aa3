"""Receives what other processes changed in the directory, so that a cache can be trusted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final

import asyncpg

__all__ = ["CHANNEL", "Listener"]

CHANNEL: Final = "homeroom_directory"

#: A connection that broke without a word is noticed after at most twice this many seconds.
_BEAT: Final = 0.5
_RETRY: Final = 0.5
#: Seconds that it takes at most to connect, and to begin to listen.
_CONNECT: Final = 5.0

logger = logging.getLogger(__name__)


class Listener:
    """Keeps a connection of its own that listens.

    While :attr:`hearing` is false nothing may be remembered.

    Args:
        url: How to connect as the powerless role.
        changed: Called with what changed; in the directory's channel that is `space:<id>` or `account:<id>`.
        deaf: Called when the connection is lost: whatever is remembered may be wrong from now on.
        channel: Where it listens.
    """

    def __init__(
        self, url: str, *, changed: Callable[[str], None], deaf: Callable[[], None], channel: str = CHANNEL
    ) -> None:
        self._url = url
        self._channel = channel
        self._changed = changed
        self._deaf = deaf
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()
        #: The process of PostgreSQL that serves the connection, or none.
        self.backend: int | None = None

    @property
    def hearing(self) -> bool:
        """Whether changes are being received."""
        return self._listening.is_set()

    async def start(self, *, wait: float = 2.0) -> None:
        """Begins to listen on the running loop; waits some seconds for the first connection, not for ever."""
        self._task = asyncio.create_task(self._run(), name=f"{self._channel}-listener")
        await self.wait(wait)

    async def wait(self, seconds: float = 2.0) -> None:
        """Waits until changes are received, not for ever."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), seconds)

    async def stop(self) -> None:
        """Ends listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                logger.warning("the listener to %s lost its connection: %s", self._channel, error)
            except Exception:
                # A connection that is cut off at the wrong moment fails within the driver in more ways than it tells.
                # Whatever it was: a process that stays deaf would remember nothing until it is started again.
                logger.exception("the listener to %s fails", self._channel)
            await asyncio.sleep(_RETRY)

    async def _listen(self) -> None:
        connection: Any = await asyncpg.connect(
            self._url, timeout=_CONNECT, server_settings={"application_name": self._channel}
        )
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: self._lost(closed))
        try:
            async with asyncio.timeout(_CONNECT):
                await connection.add_listener(self._channel, self._on_notice)
                self.backend = await connection.fetchval("SELECT pg_backend_pid()")
            self._listening.set()
            while not closed.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(closed.wait(), _BEAT)
                await connection.execute("SELECT", timeout=_BEAT)
        finally:
            self._lost(closed)
            connection.terminate()

    def _lost(self, closed: asyncio.Event) -> None:
        closed.set()
        self.backend = None
        self._listening.clear()
        self._deaf()

    def _on_notice(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        self._changed(payload)
