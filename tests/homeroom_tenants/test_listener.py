"""Hearing of changes: whatever happens to the connection, it is received again."""

from __future__ import annotations

import asyncio

import psycopg

from homeroom.host import Host
from homeroom_tenants.listener import Listener

CHANNEL = "homeroom_test_listener"


def cut_off(url: str, times: int) -> None:
    """Kill whatever listens as soon as it is there, at whatever it is then."""
    killed = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while killed < times:
            killed += connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [CHANNEL]
            ).rowcount


async def test_one_that_is_cut_off_at_any_moment_receives_again(host: Host) -> None:
    url = host.database.url
    received: list[str] = []
    listeners = [Listener(url, changed=received.append, deaf=lambda: None, channel=CHANNEL) for _ in range(12)]
    for each in listeners:
        await each.start(wait=0)
    try:
        await asyncio.to_thread(cut_off, url, 10 * len(listeners))
        async with asyncio.timeout(900):
            for each in listeners:
                while not each.hearing:
                    await each.wait(1)
            await host.database.read("SELECT pg_notify($1, $2)", CHANNEL, "something")
            while received.count("something") < len(listeners):
                await asyncio.sleep(0.01)
    finally:
        for each in listeners:
            await each.stop()
