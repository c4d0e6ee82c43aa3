"""A worker that is asked to stop ends at whatever moment that is, and what it was at is done by another one."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from chores.asking import PASSWORD, asked_by_us, ended, member, row_of
from chores.plugin import GO_ON, ask

from homeroom.app import create_app
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import Client
from homeroom.testing.serving import served, socket
from homeroom.worker.figures import job_figures

#: More than the seconds between two looks for processes that died.
LOOK = 2.5
WORKER = Path(__file__).parent / "chores" / "worker.py"


def begun(settings: Settings, *arguments: str, **changes: object) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    environment = os.environ | msgspec.structs.replace(settings, **changes).environment()
    return subprocess.Popen([sys.executable, str(WORKER), *arguments], env=environment)


async def code_of(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a worker; it is killed if it does not end."""
    try:
        return await asyncio.to_thread(process.wait, 900)
    finally:
        process.kill()
        process.wait()


async def running(host: Host, space: Space, job: UUID) -> None:
    """Wait until a job has begun."""
    async with asyncio.timeout(900):
        while (await row_of(host, space, job))["state"] != "running":
            await asyncio.sleep(0.05)


async def test_one_that_is_asked_to_stop_while_it_starts_ends_and_takes_nothing(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.note", text="never begun")
    worker = begun(settings, "asked to stop while it starts")
    assert 0 == await code_of(worker)
    row = await row_of(host, spaces[0], asked)
    assert ("queued", 0) == (row["state"], row["attempts"])
    figures = msgspec.json.decode(await host.database.call("homeroom.job_figures()::text"))
    assert worker.pid not in [each["pid"] for each in figures["workers"]]


async def test_one_that_waits_for_the_database_ends_too(settings: Settings) -> None:
    worker = begun(settings, database_url="postgresql://nobody@127.0.0.1:1/nowhere")
    await asyncio.sleep(3)
    worker.send_signal(signal.SIGTERM)
    assert await code_of(worker) in (0, -signal.SIGTERM)  # the latter where it had not begun


async def test_a_job_that_does_not_end_in_time_is_brought_again_and_its_attempt_does_not_count(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.count")  # it waits for what never comes
    worker = begun(settings, stop_timeout=0.5)
    await running(host, spaces[0], asked)
    worker.send_signal(signal.SIGTERM)
    assert 0 == await code_of(worker)
    row = await row_of(host, spaces[0], asked)
    assert ("retrying", 0, "The worker was stopped.") == (row["state"], row["attempts"], row["error"])
    async with host.database.transaction(spaces[0].id) as transaction:
        await transaction.execute("DELETE FROM job WHERE id = $1", asked)  # the next worker would wait for it too


@pytest.mark.usefixtures("worker")
async def test_a_job_ends_with_the_right_of_the_person_who_asked(host: Host, spaces: list[Space]) -> None:
    cook = await member(host, spaces[0], "cook")
    assert cook.account is not None
    asked = await host.execute(cook, ask, job="chores.count", arguments={})
    await running(host, spaces[0], asked)
    await host.directory.add_member(spaces[0].id, cook.account, roles=["eater"])
    row = await ended(host, spaces[0], asked)  # although nobody lets it go on
    assert not GO_ON.is_set()
    assert ("forbidden", "You do not have the permission chores.count.") == (row["state"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_a_job_whose_plugin_was_switched_off_ends(host: Host, spaces: list[Space]) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.count")
    await running(host, spaces[0], asked)
    await host.directory.set_plugins(spaces[0].id, [])
    row = await ended(host, spaces[0], asked)
    assert ("failed", "This school has no job chores.count.") == (row["state"], row["error"])


async def test_listeners_ask_again_when_a_process_dies_and_not_when_it_stops(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    """One that is killed may have changed something a moment before, and not have reported it."""

    async def started() -> subprocess.Popen[bytes]:
        worker = begun(settings)
        async with asyncio.timeout(900):
            while worker.pid not in [each.pid for each in (await job_figures(host)).workers]:
                await asyncio.sleep(0.1)
        await asyncio.sleep(2 * LOOK)  # by now it was seen
        return worker

    cook = await member(host, spaces[0], "cook", person=new_id())
    app = create_app(host)
    client = await Client(app, spaces[0], settings).sign_in(cook.login, PASSWORD)
    async with served(app) as port, socket(client, port) as listening:
        await listening.subscribe("jobs", "subscription { jobChanged { id } }")
        await listening.ready()
        worker = await started()
        worker.send_signal(signal.SIGTERM)
        assert 0 == await code_of(worker)
        await asyncio.sleep(2 * LOOK)
        await listening.ready()  # nothing happened
        worker = await started()
        worker.kill()
        async with asyncio.timeout(900):
            assert 1013 == (await listening.closed())[0]
        await code_of(worker)
