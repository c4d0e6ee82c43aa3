"""What the host does round the clock in each worker process, for all spaces: see the hook ``background``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeroom.database.connection import AWAY
from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["Background", "Rounds"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Background:
    """Something that is done again and again.

    Args:
        name: For the log.
        seconds: From the end of one round to the beginning of the next.
        work: One round. Every worker process does it, so what must be done once takes a lock.
        end: Ends what rounds have left under way, when the process stops.
    """

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]
    end: Callable[[], Awaitable[object]] | None = None

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ConfigurationError(f"background work {self.name}: seconds must be more than none")


class Rounds:
    """The background work of one process, on one event loop. A round that fails is logged, and the next one comes.

    Args:
        host: The open host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._tasks: dict[asyncio.Task[None], Background] = {}

    def start(self) -> None:
        """Begin the first round of everything."""
        for each in self._host.hooks.collect("background", host=self._host):
            self._tasks[asyncio.create_task(self._keep_on(each), name=each.name)] = each

    async def stop(self) -> None:
        """End it all, in the middle of a round if need be."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for background in self._tasks.values():
            if background.end is not None:
                try:
                    await background.end()
                except Exception:
                    logger.exception("background work %s could not be ended", background.name)
        self._tasks.clear()

    @staticmethod
    async def _keep_on(background: Background) -> None:
        while True:
            try:
                await background.work()
            except AWAY as error:
                # Every round would tell the same at length until it is back.
                logger.warning("background work %s waits for the database: %s", background.name, error)
            except Exception:
                logger.exception(
                    "background work %s failed; its next round is in %g s", background.name, background.seconds
                )
            await asyncio.sleep(background.seconds)
