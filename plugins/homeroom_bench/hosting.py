"""Many schools on one host: what a new one takes, a migration, a schema, and whether GraphQL stays as cheap."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import asyncpg
import msgspec
import psutil

from homeroom.boot import build_host, migrate_database
from homeroom_bench.measure import Plan, measure
from homeroom_bench.report import Report
from homeroom_bench.stage import slug_of

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.settings import Settings
    from homeroom_bench.sizes import Size

__all__ = ["PROVISION_SECONDS", "Hosting", "host_many", "text"]

#: A new school is there after so many seconds at most.
PROVISION_SECONDS: Final = 1.0
_MIB: Final = 1024 * 1024

#: What a migration does to a table that every school has: a column that is filled, and an index. Rolled back.
_REHEARSED: Final = (
    "ALTER TABLE student ADD COLUMN rehearsed integer NOT NULL DEFAULT 0",
    "UPDATE student SET rehearsed = 1",
    "CREATE INDEX ON student (tenant_id, rehearsed)",
)


class Provisioning(msgspec.Struct, frozen=True):
    """How long new schools took, in seconds."""

    schools: int
    median: float
    p99: float
    longest: float


class Migrating(msgspec.Struct, frozen=True):
    """Seconds at a number of schools.

    Args:
        schools: How many there were.
        check: Of `homeroom migrate` that finds nothing to do and looks at every table.
        rehearsal: Of a column and an index on a table of every school.
    """

    schools: int
    check: float
    rehearsal: float


class Memory(msgspec.Struct, frozen=True):
    """Resident memory of one process that has built the schemas of variants, in MiB."""

    variants: int
    mib_each: float
    longest_seconds: float


class Hosting(msgspec.Struct, frozen=True):
    """A whole measurement.

    Args:
        first_migration: Seconds of `homeroom migrate` in an empty database.
        provisioning: Of all schools but those that were there to be measured.
        migrating: At one school and at all.
        memory: Of schemas.
        ratios: By number of schools, what was measured of GraphQL; empty if it was left out.
    """

    first_migration: float
    provisioning: Provisioning
    migrating: Sequence[Migrating]
    memory: Memory
    ratios: dict[int, Report]


async def host_many(
    settings: Settings, schools: int, size: Size, plan: Plan | None, progress: Callable[[str], None]
) -> Hosting:
    """Measure in an empty database.

    Args:
        settings: With both database URLs and the key.
        schools: How many there are in the end.
        size: Of those that have data, where GraphQL is measured.
        plan: How to measure GraphQL, or none to leave it out.
        progress: Is called with what is being done.
    """
    began = time.perf_counter()
    await migrate_database(settings)
    first = time.perf_counter() - began
    host = build_host(settings)
    await host.open()
    try:
        await _provision(host, range(1, 2))
        migrating = [await _migrate(settings, 1)]
        memory = await _memory(host)
        ratios: dict[int, Report] = {}
        if plan is not None:
            ratios[size.schools] = await measure(settings, size, plan, progress)
        progress(f"{schools} schools")
        made = await _provision(host, range(1, schools + 1))
        migrating.append(await _migrate(settings, schools))
    finally:
        await host.close()
    if plan is not None:
        ratios[schools] = await measure(settings, size, plan, progress)
    return Hosting(first, made, migrating, memory, ratios)


async def _provision(host: Host, numbers: range) -> Provisioning:
    there = {space.slug for space in await host.directory.spaces()}
    seconds: list[float] = []
    for number in numbers:
        slug = slug_of(number)
        if slug not in there:
            began = time.perf_counter()
            await host.directory.create_space(slug=slug, name=f"School {slug}", region="vn")
            seconds.append(time.perf_counter() - began)
    seconds.sort()
    if not seconds:
        return Provisioning(0, 0.0, 0.0, 0.0)
    last = len(seconds) - 1
    return Provisioning(len(seconds), seconds[last // 2], seconds[round(last * 0.99)], seconds[-1])


async def _migrate(settings: Settings, schools: int) -> Migrating:
    began = time.perf_counter()
    await migrate_database(settings)
    check = time.perf_counter() - began
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SET LOCAL homeroom.maintenance = 'on'")
        began = time.perf_counter()
        for statement in _REHEARSED:
            await connection.execute(statement)
        rehearsal = time.perf_counter() - began
        await transaction.rollback()
    finally:
        await connection.close()
    return Migrating(schools, check, rehearsal)


async def _memory(host: Host) -> Memory:
    """Build the schema of every plugin with what it requires, and of all together; each set of plugins once."""
    from homeroom_graphql.limits import Limits
    from homeroom_graphql.schemas import operations_of

    registry = host.registry
    everything = frozenset(registry.plugins)
    wanted = {everything} | {everything - _requiring(host, name) for name in registry.plugins}
    variants = {host.variant(each).plugins: host.variant(each) for each in wanted if host.registry.host_parts() <= each}
    limits = Limits.of(host.settings)
    process = psutil.Process()
    await operations_of(host.variant(host.registry.host_parts()), limits)  # what all have in common, once
    gc.collect()
    before, longest = process.memory_info().rss, 0.0
    for variant in variants.values():
        began = time.perf_counter()
        await operations_of(variant, limits)
        longest = max(longest, time.perf_counter() - began)
    gc.collect()
    grown = process.memory_info().rss - before
    return Memory(len(variants), grown / len(variants) / _MIB, longest)


def _requiring(host: Host, name: str) -> frozenset[str]:
    """A plugin and all that require it."""
    return frozenset(
        each for each in host.registry.plugins if name in host.registry.with_requirements([each]) or each == name
    )


def text(hosting: Hosting) -> str:
    """The report for people."""
    return "\n".join(_lines(hosting))


def _lines(hosting: Hosting) -> Iterator[str]:
    made, memory = hosting.provisioning, hosting.memory
    met = "met   " if made.longest <= PROVISION_SECONDS else "MISSED"
    yield f"first migration of an empty database: {hosting.first_migration:.2f} s"
    yield (
        f"{met} {made.schools} new schools: median {made.median * 1000:.0f} ms, p99 {made.p99 * 1000:.0f} ms,"
        f" longest {made.longest * 1000:.0f} ms, goal at most {PROVISION_SECONDS * 1000:.0f} ms"
    )
    for each in hosting.migrating:
        yield (
            f"at {each.schools} school(s): migrate with nothing to do {each.check:.2f} s,"
            f" a filled column and an index {each.rehearsal * 1000:.0f} ms"
        )
    yield (
        f"schemas of {memory.variants} sets of plugins: {memory.mib_each:.1f} MiB each, longest build"
        f" {memory.longest_seconds:.2f} s"
    )
    for schools, report in hosting.ratios.items():
        for operation, outcome in report.operations.items():
            ratio = outcome.cpu_to_bare
            yield (
                f"among {schools} schools, {operation}: CPU to the bare handler {ratio.median:.2f}"
                f" ({ratio.lowest:.2f} to {ratio.highest:.2f}), p99 in a crowd {outcome.crowded_p99_to_bare.median:.2f}"
            )
