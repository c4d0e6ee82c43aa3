"""The worker process: dramatiq's threads, one event loop for all jobs, and the host on that loop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import dramatiq
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import AsyncIO, CurrentMessage, Middleware, MiddlewareError, Retries, TimeLimit
from dramatiq_postgres import PostgresBroker

from homeroom.boot import build_host
from homeroom.logs import configure_logs
from homeroom.processes import end_with_parent, interruptible
from homeroom.settings import Settings
from homeroom.worker.queue import ACTOR, QUEUE
from homeroom.worker.runner import JobRunner

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from homeroom.host import Host

__all__ = ["WorkerProcess", "main"]


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


class HostOnLoop(Middleware):
    """Opens the host on the event loop of the jobs, and closes it there: its pool belongs to that loop.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Open it; the loop's thread runs already, because its middleware stands before this one."""
        _on_loop(self._host.open())

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Close it; the loop's thread runs still, because these are called backwards."""
        _on_loop(self._host.close())


class WorkerProcess:
    """A worker of this process. A context manager: inside, it works.

    Args:
        settings: Of the installation; with the database URL and the secret key.
        host: Not yet open; by default made from the settings.
    """

    def __init__(self, settings: Settings, host: Host | None = None) -> None:
        self._settings = settings
        host = host or build_host(settings)
        runner = JobRunner(host)
        self._broker = PostgresBroker(
            url=settings.database_url, results=False, schema="homeroom", prefix="job_",
            middleware=[
                TimeLimit(),
                # How often a job is tried is counted in its row; see JobRunner.
                Retries(max_retries=1000, min_backoff=1_000, max_backoff=600_000),
                CurrentMessage(),
                SpaceRequired(),
                AsyncIO(),
                HostOnLoop(host),
            ],
        )  # fmt: skip

        async def run_job(space: str, job: str) -> None:
            await runner.run(UUID(space), UUID(job))

        dramatiq.actor(broker=self._broker, actor_name=ACTOR, queue_name=QUEUE)(run_job)
        self._worker = dramatiq.Worker(self._broker, worker_threads=settings.job_threads)

    def __enter__(self) -> Self:
        # Without this an embedded worker has no time limits: dramatiq's own command line sends it.
        self._broker.emit_after("process_boot")
        self._worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.stop(timeout=int(self._settings.stop_timeout * 1000))
        self._broker.close()


def _on_loop(coroutine: Coroutine[Any, Any, None]) -> None:
    thread = get_event_loop_thread()
    if thread is None:
        raise RuntimeError("the event loop of the jobs does not run")
    thread.run_coroutine(coroutine)


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
