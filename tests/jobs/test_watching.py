"""Jobs and workers are watched: by the person who asked, over a socket, and by operators, in figures."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from chores.asking import PASSWORD, asked_by_us, ended, member
from chores.plugin import GO_ON, ChoresPlugin, ask
from prometheus_client.parser import text_string_to_metric_families

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom.testing.serving import Socket, served, socket
from homeroom.worker.process import WorkerProcess
from homeroom_policies.commands import RuleAction, RuleEffect, set_rule

LISTEN = """subscription($job: ID) {
  jobChanged(job: $job) { id state progressDone progressTotal progressMessage result } }"""
OWN = "{ jobs { nodes { id } } }"
TOKEN = secrets.token_urlsafe(32)


async def received_until(listening: Socket, state: str) -> list[tuple[Any, ...]]:
    """What is reported about a job until it is in a state."""
    found: list[tuple[Any, ...]] = []
    while not found or found[-1][1] != state:
        message = await listening.hear()
        assert "next" == message["type"], message
        job = message["payload"]["data"]["jobChanged"]
        found.append((job["id"], job["state"], job["progressDone"], job["progressMessage"]))
    return found


@pytest.mark.usefixtures("worker")
async def test_the_person_who_asked_follows_the_job_and_nobody_else_does(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    cook, other, foreign = (
        await member(host, spaces[0], "cook"),  # of the office, and no person of the school
        await member(host, spaces[0], "cook", person=new_id()),
        await member(host, spaces[1], "cook", person=new_id()),
    )
    app = create_app(host)
    clients = [
        await Client(app, space, settings).sign_in(who.login, PASSWORD)
        for who, space in ((cook, spaces[0]), (other, spaces[0]), (foreign, spaces[1]))
    ]
    async with (
        asyncio.timeout(900),
        served(app) as port,
        socket(clients[0], port) as mine,
        socket(clients[1], port) as others,
        socket(clients[2], port) as elsewhere,
    ):
        for each in (mine, others, elsewhere):
            await each.subscribe("jobs", LISTEN)
            await each.ready()
        asked = await host.execute(cook, ask, job="chores.count", arguments={})
        reported = await received_until(mine, "RUNNING")
        while reported[-1][2:] != (2, "two"):  # seen while it runs
            reported += await received_until(mine, "RUNNING")
        GO_ON.set()
        reported += await received_until(mine, "SUCCEEDED")
        assert {f"Job_{asked}"} == {each[0] for each in reported}
        assert (3, "three") == reported[-1][2:]
        for each in (others, elsewhere):
            await each.ready()  # nothing came before this
        for client, seen in zip(clients, ([f"Job_{asked}"], [], []), strict=True):
            assert seen == [each["id"] for each in (await client.gql(OWN))["jobs"]["nodes"]]
        # One that fails is reported too.
        refused = await host.execute(cook, ask, job="chores.refuse", arguments={})
        assert (f"Job_{refused}", "FAILED") == (await received_until(mine, "FAILED"))[-1][:2]


@pytest.mark.usefixtures("worker")
async def test_it_ends_with_the_right_and_with_the_session(settings: Settings, host: Host, spaces: list[Space]) -> None:
    cook = await member(host, spaces[0], "cook", person=new_id())
    app = create_app(host)
    client = await Client(app, spaces[0], settings).sign_in(cook.login, PASSWORD)
    async with asyncio.timeout(900), served(app) as port, socket(client, port) as mine:
        await mine.subscribe("jobs", LISTEN)
        await mine.ready()
        asked = await host.execute(cook, ask, job="chores.count", arguments={})
        await received_until(mine, "RUNNING")
        deny = {"role": "member", "object": "Job", "action": RuleAction.READ, "effect": RuleEffect.DENY}
        await host.execute(host.system_caller(spaces[0]), set_rule, **deny)
        while (message := await mine.hear())["type"] == "next":  # a line that was under way
            pass
        assert ("error", "FORBIDDEN") == (message["type"], message["payload"][0]["extensions"]["code"])
        await client.http.post("/auth/logout", json={})
        assert 4403 == (await mine.closed())[0]
        GO_ON.set()
        await ended(host, spaces[0], asked)


async def figures(client: Client, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The metrics once they are as they should be; heartbeats come every five seconds."""
    async with asyncio.timeout(900):
        while True:
            answer = await client.http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
            found: dict[str, Any] = {}
            for family in text_string_to_metric_families(answer.text):
                for each in family.samples:
                    found.setdefault(each.name, []).append((each.labels, each.value))
            if enough(found):
                return found
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_workers_and_jobs_in_figures(settings: Settings, host: Host, spaces: list[Space], tmp_path: Path) -> None:
    watched = msgspec.structs.replace(settings, metrics_token=TOKEN, run_dir=tmp_path, database_pool=2)
    server = build_host(watched, PluginRegistry.discover([ChoresPlugin()]))
    client = Client(create_app(server), spaces[0], watched)
    await server.open()
    async with asyncio.timeout(900):  # until its schemas are built
        while not (await client.http.get("/health/ready")).json()["ready"]:
            await asyncio.sleep(0.1)

    async def alive() -> bool:
        answer = (await client.http.get("/health/ready")).json()
        assert answer["ready"]
        return bool(answer["checks"]["workers"])

    def states(found: dict[str, Any]) -> dict[str, float]:
        return {labels["state"]: value for labels, value in found["homeroom_jobs"]}

    try:
        before = await figures(client, lambda found: True)
        assert not await alive()
        asked = [await asked_by_us(host, space, "chores.refuse") for space in spaces]
        waiting = await figures(client, lambda found: True)
        assert states(before)["queued"] + 2 == states(waiting)["queued"]
        with WorkerProcess(settings, build_host(settings, PluginRegistry.discover([ChoresPlugin()]))):
            for space, job in zip(spaces, asked, strict=True):
                await ended(host, space, job)
            found = await figures(
                client,
                lambda found: any(
                    labels["state"] == "failed" and value >= 2
                    for labels, value in found.get("homeroom_job_seconds_count", ())
                ),
            )
            assert states(before)["failed"] + 2 == states(found)["failed"]
            assert all(value < 30 for _, value in found["homeroom_worker_silent_seconds"])
            assert await alive()
        assert not await alive()
        assert not (await figures(client, lambda found: True)).get("homeroom_worker_silent_seconds")
    finally:
        await server.close()
