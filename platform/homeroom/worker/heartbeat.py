"""A heartbeat of each worker process, with what it has run: for operators, who cannot ask a worker anything.

It is in the database, whichever broker brings the messages, and any server process shows it: see
:mod:`homeroom.worker.figures`.
"""

from __future__ import annotations

import os
import socket
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

import msgspec

from homeroom.database.ids import new_id

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.worker.states import JobState

__all__ = ["BOUNDS", "EVERY", "Durations", "Heart", "heart_of"]

#: Bounds of the durations of attempts, in seconds.
BOUNDS: Final = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
#: Seconds between two heartbeats.
EVERY: Final = 5.0
_SERVICE: Final = "jobs.heart"
_BEAT: Final = "homeroom.beat_of_worker($1, $2, $3, $4::jsonb)"
_END: Final = "homeroom.end_of_worker($1)"


class Durations(msgspec.Struct):
    """How long attempts took that ended in one way.

    Args:
        buckets: How many ended within each of the bounds and not within the one before; the last took longer.
        seconds: What all of them took.
    """

    buckets: list[int]
    seconds: float = 0.0


class Heart:
    """The heart of this process.

    Args:
        host: The host of a worker process.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._id = new_id()
        self._durations: dict[str, Durations] = {}

    def ended(self, state: JobState, seconds: float) -> None:
        """Count an attempt that has ended.

        Args:
            state: What became of the job.
            seconds: From the beginning of the attempt.
        """
        found = self._durations.setdefault(state.value, Durations([0] * (len(BOUNDS) + 1)))
        found.buckets[bisect_left(BOUNDS, seconds)] += 1
        found.seconds += seconds

    async def beat(self) -> None:
        """Give a heartbeat."""
        figures = msgspec.json.encode(self._durations).decode()
        await self._host.database.call(_BEAT, self._id, socket.gethostname()[:200], os.getpid(), figures)

    async def end(self) -> None:
        """Say that this process has ended as it should."""
        await self._host.database.call(_END, self._id)


def heart_of(host: Host) -> Heart:
    """The heart of a host's process."""
    found = host.services.get(_SERVICE)
    if not isinstance(found, Heart):
        found = host.services[_SERVICE] = Heart(host)
    return found
