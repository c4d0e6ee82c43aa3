"""Measuring: answers are compared first; then every operation runs on every server, shuffled, block by block."""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec

from homeroom_bench.client import BadAnswer, Load, ask, put_load
from homeroom_bench.comparison import compare
from homeroom_bench.operations import HEAVY, OPERATIONS
from homeroom_bench.population import BULK
from homeroom_bench.relay import Relay
from homeroom_bench.report import Figures, Outcome, Ratio, Report
from homeroom_bench.servers import Kind, Server, serving
from homeroom_bench.stage import prepare
from homeroom_bench.usage import Meter, postmaster_of
from homeroom_bench.workload import Saves, Sources, sign_in

if TYPE_CHECKING:
    import psutil

    from homeroom.settings import Settings
    from homeroom_bench.sizes import Size
    from homeroom_bench.stage import Stage

__all__ = ["Plan", "measure"]

#: Their rows are changed by every save; they are swept between blocks, not whenever PostgreSQL finds the time.
_WRITTEN: Final = (*BULK, "gradebook")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to measure.

    Args:
        seconds: Of each operation on each server in each block.
        blocks: How often everything is repeated.
        connections: Requests at the same time.
        crowd: Requests at the same time where the slowest are looked for.
        warm_up: Seconds of load before each measurement.
        seed: Of the order.
    """

    seconds: float = 2.0
    blocks: int = 5
    connections: int = 16
    crowd: int = 64
    warm_up: float = 0.3
    seed: int = 1


@dataclass(slots=True)
class _Sample:
    """What was measured: by (operation, server, crowd or not), a load for each block."""

    loads: dict[tuple[str, Kind, bool], list[Load]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[tuple[str, Kind], int | None] = field(default_factory=dict)
    lengths: dict[tuple[str, Kind], int] = field(default_factory=dict)


async def measure(settings: Settings, size: Size, plan: Plan, progress: Callable[[str], None]) -> Report:
    """Make the data if need be, start the servers, compare, measure.

    Args:
        settings: With both database URLs and the key.
        size: How much data.
        plan: How to measure.
        progress: Is called with what is being done.

    Raises:
        BadAnswer: The servers do not answer the same.
    """
    books = min(size.books, max(plan.crowd, plan.connections))
    stage = await prepare(settings, size, books=books, progress=progress)
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        await _autovacuum(owner, on=False)
        sample = _Sample()
        saves = [Saves(book) for book in stage.books]
        progress("counting statements")
        await _count(settings, stage, saves, sample)
        with serving(settings) as servers:
            progress("signing in")
            sources = await _sources(servers, stage, saves)
            progress("comparing answers")
            sample.lengths.update(await compare(owner, servers, sources, stage.space))
            postmaster = await _postmaster(owner)
            meters = {kind: Meter(server.process, postmaster) for kind, server in servers.items()}
            await _run(servers, sources, plan, meters, owner, sample, progress)
        conditions = await _conditions(owner, settings, size, plan)
    finally:
        await _autovacuum(owner, on=True)
        await owner.close()
    return _report(sample, conditions)


async def _sources(servers: Mapping[Kind, Server], stage: Stage, saves: list[Saves]) -> dict[Kind, Sources]:
    logins = ["registrar", "student", *(book.login for book in stage.books)]
    cookies = await sign_in(servers[Kind.OURS], stage, logins)
    return {kind: Sources(server, stage, cookies, saves) for kind, server in servers.items()}


async def _count(settings: Settings, stage: Stage, saves: list[Saves], sample: _Sample) -> None:
    """Send each operation to servers whose statements pass through a relay."""
    assert settings.database_url is not None
    with Relay(settings.database_url).open() as relay:
        with serving(msgspec.structs.replace(settings, database_url=relay.url)) as servers:
            sources = await _sources(servers, stage, saves)
            for operation in OPERATIONS:
                for kind, server in servers.items():
                    (source,) = sources[kind].of(operation, 1)
                    for _ in range(3):  # what is only done for a document or a caller seen first
                        await ask("127.0.0.1", server.port, source)
                    # A server may have something to ask of its own at any moment: the fewest are the operation's. While
                    # an operation of seconds runs, all servers have, so its statements cannot be counted.
                    counts, started = [], time.perf_counter()
                    for _ in range(3):
                        before = relay.statements
                        await ask("127.0.0.1", server.port, source)
                        counts.append(relay.statements - before)
                    long = operation in HEAVY and time.perf_counter() - started > 1.5
                    sample.statements[operation, kind] = None if long else min(counts)


async def _run(
    servers: Mapping[Kind, Server],
    sources: Mapping[Kind, Sources],
    plan: Plan,
    meters: Mapping[Kind, Meter],
    owner: Any,
    sample: _Sample,
    progress: Callable[[str], None],
) -> None:
    order = random.Random(plan.seed)  # noqa: S311 - an order that can be repeated
    runs = [(operation, kind, False) for operation in OPERATIONS for kind in servers]
    # The ordinary way is left out of the crowd: its queue would say nothing but that it is long.
    crowded = [operation for operation in OPERATIONS if operation not in HEAVY]
    runs += [(operation, kind, True) for operation in crowded for kind in (Kind.OURS, Kind.BARE)]
    for block in range(1, plan.blocks + 1):
        progress(f"block {block} of {plan.blocks}")
        order.shuffle(runs)
        for operation, kind, crowd in runs:
            connections = plan.crowd if crowd else min(plan.connections, HEAVY.get(operation, plan.connections))
            chosen, port = sources[kind].of(operation, connections), servers[kind].port
            try:
                load = await put_load("127.0.0.1", port, chosen, plan.seconds, meters[kind], warm_up=plan.warm_up)
            except BadAnswer as failure:
                raise BadAnswer(f"{operation}, {kind}, block {block}: {failure}") from None
            sample.loads[operation, kind, crowd].append(load)
        for table in _WRITTEN:
            await owner.execute(f"VACUUM {table}")


async def _autovacuum(owner: Any, *, on: bool) -> None:
    for table in _WRITTEN:
        change = "RESET (autovacuum_enabled)" if on else "SET (autovacuum_enabled = off)"
        await owner.execute(f"ALTER TABLE {table} {change}")


async def _postmaster(owner: Any) -> psutil.Process | None:
    return postmaster_of(await owner.fetchval("SELECT pg_backend_pid()"))


async def _conditions(owner: Any, settings: Settings, size: Size, plan: Plan) -> dict[str, str | int | float]:
    return {
        "PostgreSQL": await owner.fetchval("SHOW server_version"),
        "Python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "server": settings.server,
        "workers": settings.workers,
        "schools": size.schools,
        "students": size.students,
        "marks": size.marks,
        "marks of the large school": size.as_one_school.marks,
        "blocks": plan.blocks,
        "seconds": plan.seconds,
        "connections": plan.connections,
        "crowd": plan.crowd,
        "load": round(os.getloadavg()[1], 1),
    }


def _report(sample: _Sample, conditions: Mapping[str, str | int | float]) -> Report:
    return Report(conditions, {operation: _outcome(sample, operation) for operation in OPERATIONS})


def _outcome(sample: _Sample, operation: str) -> Outcome:
    figures = {kind: _figures(sample, operation, kind) for kind in Kind}
    ours, bare = sample.loads[operation, Kind.OURS, False], sample.loads[operation, Kind.BARE, False]
    ordinary = sample.loads[operation, Kind.ORDINARY, False]
    crowd = operation not in HEAVY
    crowds = zip(sample.loads[operation, Kind.OURS, crowd], sample.loads[operation, Kind.BARE, crowd], strict=True)
    return Outcome(
        figures,
        Ratio.of([_cpu(mine) / _cpu(other) for mine, other in zip(ours, bare, strict=True)]),
        Ratio.of([_cpu(other) / _cpu(mine) for mine, other in zip(ours, ordinary, strict=True)]),
        Ratio.of([mine.quantile(0.99) / other.quantile(0.99) for mine, other in crowds]),
    )


def _figures(sample: _Sample, operation: str, kind: Kind) -> Figures:
    loads = sample.loads[operation, kind, False]
    crowd = sample.loads.get((operation, kind, True), [])
    seen = all(load.usage.database is not None for load in loads)
    return Figures(
        requests_per_second=_median([len(load.latencies) / load.seconds for load in loads]),
        p50_ms=_median([load.quantile(0.5) * 1000 for load in loads]),
        p99_ms=_median([load.quantile(0.99) * 1000 for load in loads]),
        statements=sample.statements[operation, kind],
        server_cpu_ms=_median([load.usage.server / len(load.latencies) * 1000 for load in loads]),
        database_cpu_ms=_median([(load.usage.database or 0) / len(load.latencies) * 1000 for load in loads])
        if seen
        else None,
        answer_bytes=sample.lengths[operation, kind],
        crowded_p99_ms=_median([load.quantile(0.99) * 1000 for load in crowd]) if crowd else None,
    )


def _cpu(load: Load) -> float:
    """CPU seconds of a request, server and database."""
    return max(1e-9, (load.usage.server + (load.usage.database or 0)) / len(load.latencies))


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 4)
