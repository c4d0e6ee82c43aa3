"""Workers and jobs of the whole installation in figures, for requests to a server process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from homeroom.worker.heartbeat import Durations

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["ALIVE", "JobFigures", "WorkerFigures", "job_figures", "worker_is_alive"]

#: Seconds of silence after which a worker does not count as alive.
ALIVE: Final = 30.0
_FIGURES: Final = "homeroom.job_figures()::text"
_ALIVE: Final = "homeroom.worker_is_alive($1)"


class WorkerFigures(msgspec.Struct):
    """One worker process.

    Args:
        id: Its own, new with each start.
        host: The machine's name.
        pid: The process there.
        silent: Seconds since its last heartbeat.
        durations: State of a job to the attempts that ended so.
    """

    id: str
    host: str
    pid: int
    silent: float
    durations: dict[str, Durations]


class JobFigures(msgspec.Struct):
    """Jobs and workers, read from the jobs' own rows.

    Args:
        states: How many jobs there are in each state that is not the end: succeeded and discarded ones are history.
        waiting: Seconds that the job has waited which is longest overdue.
        workers: Those who have given a heartbeat within the last hour.
    """

    states: dict[str, int]
    waiting: float
    workers: list[WorkerFigures]


async def job_figures(host: Host) -> JobFigures:
    """Jobs and workers now; no school, no name and no account among them."""
    return msgspec.json.decode(await host.database.call(_FIGURES, writes=False), type=JobFigures)


async def worker_is_alive(host: Host) -> bool:
    """Whether any worker has given a heartbeat of late."""
    return bool(await host.database.call(_ALIVE, ALIVE, writes=False))
