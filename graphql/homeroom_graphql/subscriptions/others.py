"""Whether a process of the installation has died that may have had something to tell.

Notices are sent a moment after the commit. A process that is killed in between tells nobody of what it has changed.
Every process holds a connection on which it receives changes of the directory; PostgreSQL ends it with the process. One
that stops as it should says so before. Where a connection is gone about which nobody has said anything, changes may
have been missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

import asyncpg

from homeroom_graphql.subscriptions.notices import CHANNEL
from homeroom_tenants.listener import CHANNEL as DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeroom.host import Host

__all__ = ["Others", "say_goodbye"]

logger = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 2.0
#: Seconds in which a word of farewell arrives that was sent before the connection ended.
_ON_ITS_WAY: Final = 0.5
_THERE: Final = """
SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND application_name = $1
"""
_SAY: Final = "SELECT count(pg_notify($1, $2))"
_GOODBYE: Final = "goodbye "


class Others:
    """Looks whether other processes are still there, as long as this one has sockets.

    Args:
        host: The host.
        died: Called when one has died.
    """

    def __init__(self, host: Host, died: Callable[[], None]) -> None:
        self._host = host
        self._died = died
        self._left: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        if self._task is None:
            self._task = asyncio.create_task(self._look(), name="other processes")

    async def stop(self) -> None:
        """End that."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def hear(self, payload: str) -> bool:
        """Take a word of farewell. Says whether it was one."""
        if not payload.startswith(_GOODBYE):
            return False
        with contextlib.suppress(ValueError):
            self._left.add(int(payload.removeprefix(_GOODBYE)))
        return True

    async def _look(self) -> None:
        known: set[int] = set()
        while True:
            try:
                there = set(await self._host.database.read(_THERE, DIRECTORY))
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                known = set()  # every listener has lost the connection too, and is informed
            else:
                gone = known - there
                if gone - self._left:
                    await asyncio.sleep(_ON_ITS_WAY)
                if gone - self._left:
                    logger.warning("a process has died that may not have reported what it changed: listeners ask again")
                    self._died()
                self._left -= gone
                known = there
            await asyncio.sleep(_LOOK_SECONDS)


async def say_goodbye(host: Host) -> None:
    """Say that this process stops as it should, and has reported everything."""
    backend = host.directory.backend
    if backend is not None:
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await host.database.read(_SAY, CHANNEL, f"{_GOODBYE}{backend}")
