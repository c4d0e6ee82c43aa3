"""How a server stops: it says that it is not ready, waits until proxies have noticed, closes its sockets, and ends.

The supervisor, ``homeroom serve``, says so in the folder of the server (:mod:`homeroom.operation.run_dir`), and its
processes look there a few times a second. A socket has to be closed before the server is asked to end: granian closes
none itself, and sends nothing any more once it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import TYPE_CHECKING, Final

from homeroom.operation.run_dir import is_closing, is_stopping, say_closing, sockets_file, sockets_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from homeroom.host import Host
    from homeroom.settings import Settings

__all__ = ["Stopping", "close_sockets", "stopping_of"]

_SERVICE: Final = "operation.stopping"
_LOOK_SECONDS: Final = 0.2
#: Seconds that the processes of a server have to close their sockets.
_CLOSING_SECONDS: Final = 3.0


class Stopping:
    """Whether this process is to stop, as the supervisor says.

    Args:
        settings: With the folder of the server, if there is one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._holders: set[Callable[[], None]] = set()
        self._task: asyncio.Task[None] | None = None
        #: Whether the server was asked to stop. Answers then ask clients to reconnect, to another server.
        self.announced = False

    def start(self) -> None:
        """Begin to look; a process without such a folder gets signals alone."""
        if self._settings.run_dir is not None:
            self._task = asyncio.create_task(self._look(), name="stopping")

    async def stop(self) -> None:
        """End that."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextlib.contextmanager
    def holding(self, let_go: Callable[[], None]) -> Iterator[None]:
        """Hold a connection that does not end by itself; the supervisor waits some seconds for the end of the block.

        Args:
            let_go: Called when the connection is to be closed.
        """
        file = sockets_file(self._settings, os.getpid())
        if file is not None and not self._holders:
            with contextlib.suppress(FileNotFoundError):
                file.touch()
        self._holders.add(let_go)
        try:
            yield
        finally:
            self._holders.discard(let_go)
            if file is not None and not self._holders:
                file.unlink(missing_ok=True)

    async def _look(self) -> None:
        while True:
            self.announced = is_stopping(self._settings)
            if self.announced and is_closing(self._settings):
                for let_go in list(self._holders):
                    let_go()
            await asyncio.sleep(_LOOK_SECONDS)


def stopping_of(host: Host) -> Stopping:
    """Whether the process of a host is to stop."""
    found = host.services.get(_SERVICE)
    if not isinstance(found, Stopping):
        found = host.services[_SERVICE] = Stopping(host.settings)
    return found


def close_sockets(settings: Settings) -> None:
    """Have all processes of this server close their sockets, and wait some seconds until they have."""
    say_closing(settings)
    deadline = time.monotonic() + _CLOSING_SECONDS
    while any(sockets_files(settings)) and time.monotonic() < deadline:
        time.sleep(0.05)
