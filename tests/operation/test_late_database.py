"""The database is unavailable while a process starts: the process lives, says that it is not ready, and then opens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest
from commands import running
from cut_line import Line

from homeroom import Plugin, hookimpl
from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.server import free_port
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom.testing.people import People
from homeroom.worker.figures import job_figures

VIEWER = {"query": "{ viewer { roles } }"}
#: Seconds for what a loaded machine may take long.
_PATIENCE = 900


class CellarPlugin(Plugin):
    """Asks the database for something when it starts."""

    name = "cellar"
    title = "Cellar"
    starts = 0

    @hookimpl
    async def startup(self, host: Host) -> None:
        type(self).starts += 1
        if type(self).starts == 1:
            raise asyncpg.ConnectionDoesNotExistError("the database went away now")
        await host.database.read("SELECT 1")


async def test_a_host_opens_when_the_database_answers_and_quarantines_nobody_for_it(
    host: Host, line: Line, as_role: People, school_a: Space
) -> None:
    signed_in = await as_role(school_a, "registrar")
    assert signed_in.account is not None
    token = await host.directory.issue_token(signed_in.account, school_a.id, title="A test")
    settings = msgspec.structs.replace(host.settings, database_url=line.url, database_pool=2)
    there = build_host(settings, PluginRegistry.discover([CellarPlugin()]))
    app = create_app(there)
    client = Client(app, school_a, host.settings, token=token)
    await line.cut()
    async with app.lifespan():
        answer = await client.http.get("/health/ready")
        assert (503, False, False) == (
            answer.status_code, answer.json()["checks"]["open"], answer.json()["checks"]["database"],
        )  # fmt: skip
        assert 200 == (await client.http.get("/health/live")).status_code
        refused = await client.http.post("/graphql", json=VIEWER)
        assert (503, "UNAVAILABLE") == (refused.status_code, refused.json()["errors"][0]["code"])
        await line.lay()
        async with asyncio.timeout(_PATIENCE):
            while (await client.http.get("/health/ready")).status_code != 200:
                await asyncio.sleep(0.1)
        assert 200 == (await client.http.post("/graphql", json=VIEWER)).status_code
        assert 2 == CellarPlugin.starts
        assert [] == there.registry.quarantined


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def answers(port: int, path: str, wanted: int, times: int = 1) -> None:
    """Wait until connections, one after another, get an answer so many times in a row."""
    seen = 0
    async with asyncio.timeout(_PATIENCE):
        while seen < times:
            with contextlib.suppress(httpx.HTTPError):
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=900, verify=False) as client:
                    seen = seen + 1 if (await client.get(path)).status_code == wanted else 0
                    continue
            seen = 0
            await asyncio.sleep(0.1)


@pytest.fixture
def settings(database_settings: Settings, line: Line) -> Settings:
    """Settings of processes at the other end of the line."""
    return msgspec.structs.replace(
        database_settings,
        database_url=line.url,
        owner_database_url=None,
        port=free_port("127.0.0.1"),
        database_pool=2,
        workers=2,
        stop_timeout=5,
    )


@pytest.mark.slow
async def test_a_web_process_that_dies_while_the_database_is_unavailable_ends_no_other(
    settings: Settings, line: Line
) -> None:
    await line.cut()  # away already when the server starts
    with running(settings, "serve") as process:
        await answers(settings.port, "/health/ready", 503)
        await line.lay()
        await answers(settings.port, "/health/ready", 200, times=10)
        await line.cut()
        [server] = children(process.pid)
        before = set(children(server))
        os.kill(max(before), signal.SIGKILL)
        async with asyncio.timeout(_PATIENCE):
            while len(set(children(server)) - before) == 0:
                await asyncio.sleep(0.1)
        await answers(settings.port, "/health/live", 200, times=30)
        await answers(settings.port, "/health/ready", 503)
        assert process.poll() is None
        await line.lay()
        await answers(settings.port, "/health/ready", 200, times=30)


@pytest.mark.slow
async def test_a_worker_that_starts_without_the_database_works_when_that_is_back(
    host: Host, settings: Settings, line: Line
) -> None:
    before = {each.id for each in (await job_figures(host)).workers}
    await line.cut()
    with running(settings, "worker") as process:
        await asyncio.sleep(3)  # longer than an attempt
        assert process.poll() is None
        await line.lay()
        async with asyncio.timeout(_PATIENCE):
            while {each.id for each in (await job_figures(host)).workers} == before:
                await asyncio.sleep(0.2)
        assert process.poll() is None
