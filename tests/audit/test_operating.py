"""The audit on the command line, and the worker that seals it by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.worker.process import WorkerProcess
from homeroom_school.commands.structure import create_subject
from in_process import homeroom


@pytest.fixture
def settings(database_settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Of an installation whose audit is proved in a folder of the test's own."""
    return msgspec.structs.replace(
        database_settings, audit_dir=tmp_path / "audit", audit_key="k" * 40, audit_seal_seconds=0.2, job_threads=1
    )


def _homeroom(settings: Settings, *words: str) -> tuple[int, str, str]:
    done = homeroom(settings.environment(), *words)
    return done.returncode, done.stdout, done.stderr


async def test_the_command_line_seals_lists_and_finds_who_tampered(
    host: Host, make_space: Any, settings: Settings
) -> None:
    import asyncpg

    space = await make_space("vn")
    await host.execute(host.system_caller(space), create_subject, code="S1", title="Weaving", audit_reason="a trial")
    school = ("--school", space.slug)
    code, reported, _ = _homeroom(settings, "audit", "seal", *school)
    assert (0, True) == (code, reported.startswith("sealed "))
    code, reported, _ = _homeroom(settings, "audit", "verify", *school)
    assert (0, True) == (code, reported.startswith(f"{space.slug}  ") and "nothing wrong" in reported)
    code, reported, _ = _homeroom(settings, "audit", "list", *school, "--command", "school.subject.create")
    (line,) = reported.splitlines()
    assert [space.slug, "system", "cli", "school.subject.create", "1", "a trial"] == [
        each for place, each in enumerate(line.split("\t")[:-1]) if place != 1
    ]
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'")
        await connection.execute("UPDATE audit_entry SET reason = 'an order' WHERE tenant_id = $1", space.id)
    finally:
        await connection.close()
    code, _, faults = _homeroom(settings, "audit", "verify", *school)
    assert 1 == code
    assert "changed: entry " in faults


async def test_a_worker_seals_by_itself(host: Host, make_space: Any, settings: Settings) -> None:
    space: Space = await make_space("vn")
    with WorkerProcess(settings, build_host(settings, host.registry)):
        async with asyncio.timeout(900):
            sealed = 0
            while not sealed:
                await asyncio.sleep(0.1)
                async with host.database.transaction(space.id) as transaction:
                    sealed = await transaction.fetchval("SELECT count(*) FROM audit_head")
    assert settings.audit_dir is not None
    heads = b"".join(path.read_bytes() for path in settings.audit_dir.glob("heads-*.jsonl"))
    assert str(space.id).encode() in heads
