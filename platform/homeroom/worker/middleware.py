"""What surrounds each message and each worker."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import Middleware, MiddlewareError

from homeroom.background import Rounds
from homeroom.database.connection import UNUSABLE
from homeroom.worker.heartbeat import heart_of
from homeroom.worker.tending import Tending

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import dramatiq

    from homeroom.host import Host
    from homeroom.processes import StopRequest
    from homeroom.worker.runner import JobRunner

__all__ = ["HostNotOpenedError", "HostOnLoop", "SpaceRequired", "StoppedWhileStarting"]

logger = logging.getLogger(__name__)


class UnknownSpaceError(MiddlewareError):
    """A message does not say which space it belongs to. Another kind of error would let it run."""


class SpaceRequired(Middleware):
    """Lets no message pass that does not name a space and a job."""

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        """Refuse a message whose arguments are not two ids."""
        try:
            space, job = message.args
            UUID(space), UUID(job)
        except (TypeError, ValueError, AttributeError):
            raise UnknownSpaceError(f"message {message.message_id} names no space and job") from None


class HostNotOpenedError(MiddlewareError):
    """The host could not be opened. Another kind of error would let the worker take messages all the same."""


class StoppedWhileStarting(Exception):  # noqa: N818 - it is news
    """The process was asked to stop before it worked."""


class HostOnLoop(Middleware):
    """Opens the host on the event loop of the jobs, and closes it there: its pool belongs to that loop.

    While it is open, its background work is done on that loop too.

    Args:
        host: The host.
        runner: Runs its jobs.
        stop: Whether the process was asked to stop.
    """

    def __init__(self, host: Host, runner: JobRunner, stop: StopRequest) -> None:
        self._host = host
        self._runner = runner
        self._stop = stop
        self._tending = Tending(host)
        self._rounds = Rounds(host)
        self._opened = False

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Open it; the loop's thread runs already, because its middleware comes before this one.

        Raises:
            HostNotOpenedError: That fails, or the process was asked to stop meanwhile; the worker then takes no
                message.
        """
        try:
            _on_loop(self._open())
        except Exception as error:
            raise HostNotOpenedError("the host cannot be opened") from error

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Begin nothing any more round the clock, while jobs come to their end."""
        if self._opened:
            _on_loop(self._rest())

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Close it; the loop's thread runs still, because these are called backwards."""
        if self._opened:
            _on_loop(self._close())

    async def _open(self) -> None:
        opening = asyncio.create_task(self._open_when_there())
        while not opening.done():
            await asyncio.wait((opening,), timeout=self._stop.LOOK)
            if self._stop.requested:
                opening.cancel()
        if opening.cancelled() or self._stop.requested:
            await self._host.close()
            raise StoppedWhileStarting
        await opening
        self._opened = True
        self._tending.start()
        self._rounds.start()

    async def _open_when_there(self) -> None:
        try:
            await self._host.open()
        except UNUSABLE as error:
            logger.warning("the host opens when the database answers: %s", error)
            await self._host.open_in_time()

    async def _rest(self) -> None:
        await self._rounds.stop()
        await self._tending.stop()

    async def _close(self) -> None:
        await self._runner.interrupt()
        try:
            await heart_of(self._host).end()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("the end of this worker could not be recorded: %s", type(error).__name__)
        await self._host.close()


def _on_loop(coroutine: Coroutine[Any, Any, None]) -> None:
    thread = get_event_loop_thread()
    if thread is None:
        raise RuntimeError("the event loop of the jobs does not run")
    thread.run_coroutine(coroutine)
