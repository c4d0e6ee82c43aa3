"""The worker process: dramatiq's threads, one event loop for all jobs, and the host on that loop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, cast
from uuid import UUID

import dramatiq
import msgspec
from dramatiq.middleware import AsyncIO, Retries

from homeroom.boot import build_host
from homeroom.logs import configure_logs
from homeroom.processes import end_with_parent, interruptible
from homeroom.settings import Settings
from homeroom.worker.brokers import broker_of
from homeroom.worker.middleware import HostOnLoop, SpaceRequired
from homeroom.worker.queue import ACTOR, QUEUE
from homeroom.worker.relay import Relay
from homeroom.worker.runner import JobRunner

if TYPE_CHECKING:
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    from homeroom.host import Host

__all__ = ["WorkerProcess", "main"]


class WorkerProcess:
    """A worker of this process. A context manager: inside, it works.

    Args:
        settings: Of the installation; with the database URL and the secret key.
        host: Not yet open; by default made from the settings.
    """

    def __init__(self, settings: Settings, host: Host | None = None) -> None:
        # Each job has a connection, and tells its progress over another; looking after them all takes one, and so does
        # what is done round the clock.
        connections = max(settings.database_pool, 2 * settings.job_threads + 2)
        host = host or build_host(msgspec.structs.replace(settings, database_pool=connections))
        runner = JobRunner(host)
        self._on_loop = HostOnLoop(host)
        self._settings = settings
        self._broker = broker_of(
            settings,
            [
                # For a message that came while the database was away. How often a job is tried, and how long it may
                # take, is the runner's affair: both hold in whichever process it runs.
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
            self._relay = Relay(settings.database_url, cast("RabbitmqBroker", self._broker))

    def __enter__(self) -> Self:
        # dramatiq's own command line sends it; without it an embedded worker lacks what begins there.
        self._broker.emit_after("process_boot")
        self._worker.start()
        if self._on_loop.failure is not None:
            self._worker.stop(timeout=1_000)
            self._broker.close()
            raise self._on_loop.failure
        if self._relay is not None:
            self._relay.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._relay is not None:
            self._relay.stop()
        self._worker.stop(timeout=int(self._settings.stop_timeout * 1000))
        self._broker.close()


def main() -> None:
    """Work until told to stop; everything comes from the environment."""
    end_with_parent()
    settings = Settings.load()
    configure_logs(settings)
    try:
        with interruptible(), WorkerProcess(settings):
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
