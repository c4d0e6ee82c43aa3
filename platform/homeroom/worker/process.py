"""The worker process: dramatiq's threads, one event loop for all jobs, and the host on that loop."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Self, cast
from uuid import UUID

import dramatiq
import msgspec
from dramatiq.middleware import AsyncIO, Retries

from homeroom.boot import build_host
from homeroom.collector import collect_rarely
from homeroom.logs import configure_logs
from homeroom.processes import PARTING, StopRequest, end_with_parent
from homeroom.settings import Settings
from homeroom.worker.brokers import broker_of
from homeroom.worker.middleware import HostNotOpenedError, HostOnLoop, SpaceRequired, StoppedWhileStarting
from homeroom.worker.queue import ACTOR, QUEUE
from homeroom.worker.relay import Relay
from homeroom.worker.runner import JobRunner

if TYPE_CHECKING:
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    from homeroom.host import Host

__all__ = ["WorkerProcess", "main", "work"]

logger = logging.getLogger(__name__)


class WorkerProcess:
    """A worker of this process. A context manager: inside, it works.

    Args:
        settings: Of the installation; with the database URL and the secret key.
        host: Not yet open; by default made from the settings.
        stop: Whether the process was asked to stop, which also ends a start that waits for the database.

    Raises:
        StoppedWhileStarting: It was, before it worked.
    """

    def __init__(self, settings: Settings, host: Host | None = None, *, stop: StopRequest | None = None) -> None:
        self._stop = stop or StopRequest()
        # Each job has a connection, and tells its progress over another; looking after them all takes one, and so does
        # what is done round the clock.
        connections = max(settings.database_pool, 2 * settings.job_threads + 2)
        host = host or build_host(msgspec.structs.replace(settings, database_pool=connections))
        runner = JobRunner(host)
        self._on_loop = HostOnLoop(host, runner, self._stop)
        self._settings = settings
        self._broker = broker_of(
            settings,
            [
                # For a message that came while the database was unavailable. How often a job is tried, and how long it
                # may take, is the runner's affair: both hold in whichever process it runs.
                Retries(max_retries=1000, min_backoff=1_000, max_backoff=60_000),
                SpaceRequired(),
                AsyncIO(),
                self._on_loop,
            ],
        )

        async def run_job(space: str, job: str) -> None:
            await runner.run_in_turn(UUID(space), UUID(job))

        dramatiq.actor(broker=self._broker, actor_name=ACTOR, queue_name=QUEUE)(run_job)
        self._worker = dramatiq.Worker(self._broker, worker_threads=settings.job_threads)
        self._relay: Relay | None = None
        if settings.broker_url is not None:
            assert settings.database_url is not None
            self._relay = Relay(settings.database_url, host.database.signer, cast("RabbitmqBroker", self._broker))

    def __enter__(self) -> Self:
        try:
            # dramatiq's own command line sends it; without it an embedded worker lacks what begins there.
            self._broker.emit_after("process_boot")
            self._worker.start()
            if self._relay is not None and not self._stop.requested:
                self._relay.start()
        except BaseException as error:
            # Nobody calls __exit__ for a start that fails, and the loop's thread would keep the process.
            self._put_away(seconds=1.0)
            if isinstance(error, HostNotOpenedError) and error.__cause__ is not None:
                raise error.__cause__ from None
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._put_away(seconds=self._settings.stop_timeout)

    def _put_away(self, *, seconds: float) -> None:
        if self._relay is not None:
            self._relay.stop()
        self._worker.stop(timeout=int(seconds * 1000))
        self._broker.close()


def work(settings: Settings, host: Host | None = None) -> None:
    """Be a worker until asked to stop, at whatever moment that is.

    Args:
        settings: Of the installation.
        host: See :class:`WorkerProcess`.
    """
    stop = StopRequest()
    stop.listen()
    end_with_parent()
    threading.Thread(target=_end_in_any_case, args=(stop, settings.stop_timeout + PARTING), daemon=True).start()
    worker = WorkerProcess(settings, host, stop=stop)
    with contextlib.suppress(StoppedWhileStarting):
        if not stop.requested:
            with worker:
                stop.wait()


def _end_in_any_case(stop: StopRequest, seconds: float) -> None:
    """End the process so many seconds after it was asked to stop, also if something in it hangs."""
    stop.wait()
    time.sleep(seconds)
    logger.critical("this worker did not end in time and is ended")
    os._exit(1)


def main() -> None:
    """Work until asked to stop; everything comes from the environment."""
    collect_rarely()
    settings = Settings.load()
    configure_logs(settings)
    code = 1
    try:
        work(settings)
        code = 0
    except Exception:
        logger.exception("this worker ends")
    finally:
        logging.shutdown()
        # Whatever thread is left may not keep the process: without a main thread, nothing in it succeeds any more.
        os._exit(code)


if __name__ == "__main__":
    main()
