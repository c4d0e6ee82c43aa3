"""``/metrics`` for Prometheus: what all processes of one server have counted, summed up.

Labels are few and bounded: no school, no account, no path with an id. A request is counted when its line is written,
in a batch (see :mod:`homeroom.operation.observed`); pools and plugins are looked at every few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import itertools
import os
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotAuthorizedException

from homeroom.operation.plugin import METRICS
from homeroom.operation.run_dir import metrics_dir
from homeroom.worker.figures import job_figures
from homeroom.worker.heartbeat import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from litestar.types import ControllerRouterHandler
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

    from homeroom.host import Host
    from homeroom.requests import RequestRecord
    from homeroom.worker.figures import JobFigures

__all__ = ["Metrics", "metrics_of", "routes"]

_LOOK_SECONDS: Final = 2.0
#: States of jobs that are not history.
_UNFINISHED: Final = ("queued", "running", "retrying", "failed", "forbidden")
#: Bounds of the durations, in seconds.
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What this process counts.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        folder = metrics_dir(host.settings)
        if folder is not None:
            # The library reads it when it is imported: processes of one server add up what they count in there.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._host = host
        self._shared = folder
        self._own = CollectorRegistry()
        self._requests = Histogram(
            "homeroom_request_seconds",
            "Requests and what they took.",
            ("route", "kind", "status"),
            buckets=_BUCKETS,
            registry=self._own,
        )
        self._hook_seconds = Counter(
            "homeroom_hook_seconds", "What plugins' hooks took.", ("plugin", "hook"), registry=self._own
        )
        self._hook_calls = Counter(
            "homeroom_hook_calls", "How often plugins' hooks were called.", ("plugin", "hook"), registry=self._own
        )
        self._pool = Gauge(
            "homeroom_database_connections",
            "Connections to PostgreSQL.",
            ("state",),
            multiprocess_mode="livesum",
            registry=self._own,
        )
        self._received = Gauge(
            "homeroom_directory_changes",
            "Changes of the directory that were received; each process receives all of them.",
            multiprocess_mode="livemax",
            registry=self._own,
        )
        self._hearing = Gauge(
            "homeroom_directory_hearing",
            "Whether every process receives the changes of the directory.",
            multiprocess_mode="livemin",
            registry=self._own,
        )
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}
        self._children: dict[tuple[str, str, int], Any] = {}
        self._task: asyncio.Task[None] | None = None

    def count(self, records: Sequence[RequestRecord]) -> None:
        """Count requests that have ended."""
        tallies: dict[tuple[str, str, int], tuple[list[int], list[float]]] = {}
        for record in records:
            key = (record.route, record.kind, record.status)
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = ([0] * (len(_BUCKETS) + 1), [0.0])
            tally[0][bisect_left(_BUCKETS, record.seconds)] += 1
            tally[1][0] += record.seconds
        for key, (buckets, [seconds]) in tallies.items():
            child = self._children.get(key)
            if child is None:
                route, kind, status = key
                child = self._children[key] = self._requests.labels(route or "none", kind, str(status))
            # What `child.observe` does for each request by itself, which costs as much as all the rest of this.
            child._sum.inc(seconds)
            for bucket, number in zip(child._buckets, buckets, strict=True):
                if number:
                    bucket.inc(number)

    def start(self) -> None:
        """Begin to look at pools and plugins."""
        self._task = asyncio.create_task(self._look_again(), name="metrics")

    async def stop(self) -> None:
        """End that."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._shared is not None:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(os.getpid(), str(self._shared))  # type: ignore[no-untyped-call]

    async def _look_again(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    def look(self) -> None:
        """Look at pools and plugins now."""
        pool = self._host.database.pool
        self._pool.labels("used").set(pool.open - pool.idle)
        self._pool.labels("idle").set(pool.idle)
        self._pool.labels("waited_for").set(pool.waiting)
        directory = self._host.directory
        self._received.set(directory.generation)
        self._hearing.set(directory.hearing)
        for key, times in list(self._host.hooks.times.items()):
            calls, seconds = self._seen.get(key, (0, 0.0))
            self._hook_calls.labels(*key).inc(times.calls - calls)
            self._hook_seconds.labels(*key).inc(times.seconds - seconds)
            self._seen[key] = times.calls, times.seconds

    async def exposed(self) -> bytes:
        """What all processes of this server counted, in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        self.look()
        registry = CollectorRegistry()
        if self._shared is not None:
            MultiProcessCollector(registry, path=str(self._shared))  # type: ignore[no-untyped-call]
        else:
            registry = _joined(self._own)
        registry.register(_Jobs(await job_figures(self._host)))
        return generate_latest(registry)


class _Jobs:
    """Jobs and workers of the whole installation, when somebody asks: from the jobs' own rows."""

    def __init__(self, figures: JobFigures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily

        jobs = GaugeMetricFamily("homeroom_jobs", "Jobs that wait, run or need a decision.", labels=["state"])
        for state in _UNFINISHED:
            jobs.add_metric([state], self._figures.states.get(state, 0))
        yield jobs
        yield GaugeMetricFamily(
            "homeroom_jobs_waiting_seconds", "How long the job waits that is longest overdue.", self._figures.waiting
        )
        silent = GaugeMetricFamily(
            "homeroom_worker_silent_seconds", "Since a worker's last heartbeat.", labels=["worker"]
        )
        spent = HistogramMetricFamily(
            "homeroom_job_seconds", "Attempts at jobs and what they took.", labels=["worker", "state"]
        )
        for worker in self._figures.workers:
            name = f"{worker.host}:{worker.pid}"
            silent.add_metric([name], worker.silent)
            for state, durations in worker.durations.items():
                sums = [*itertools.accumulate(durations.buckets)]
                bounds = [*map(str, BOUNDS), "+Inf"]
                spent.add_metric([name, state], [*zip(bounds, sums, strict=True)], durations.seconds)
        yield silent
        yield spent


def _joined(own: CollectorRegistry) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry

    class Own:
        def collect(self) -> Iterator[Metric]:
            yield from own.collect()

    registry = CollectorRegistry()
    registry.register(Own())
    return registry


def metrics_of(host: Host) -> Metrics | None:
    """What this process counts, or none if nobody may read it."""
    if host.settings.metrics_token is None:
        return None
    found = host.services.get(METRICS)
    if not isinstance(found, Metrics):
        found = host.services[METRICS] = Metrics(host)
    return found


def routes(host: Host) -> Sequence[ControllerRouterHandler]:
    """The route, if it is set."""
    metrics = metrics_of(host)
    if metrics is None:
        return []
    wanted = f"Bearer {host.settings.metrics_token}".encode()

    @get("/metrics")
    async def shown(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted):
            raise NotAuthorizedException("send the token of the metrics")
        return Response(
            await metrics.exposed(),
            media_type="text/plain; version=0.0.4; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )

    return [shown]
