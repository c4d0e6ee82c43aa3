"""A worker's host whose clock is set, a receiver, and two schools."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the receiver is a plain module

from receiver import Receiver, receiving

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import Client, People


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A system that is told."""
    with receiving() as made:
        yield made


class Office:
    """An installation whose workers may send to this machine: a server, and what a worker does round the clock.

    Args:
        host: Of the server.
        worker: The host of the worker, whose clock is set.
    """

    def __init__(self, host: Host, worker: Host) -> None:
        self.host = host
        self.worker = worker
        self.people = People(host, create_app(host))
        self.later = timedelta()
        clock = worker.clock
        worker.clock = lambda: clock() + self.later

    def wait(self, **time: float) -> None:
        """Let time go by for the worker."""
        self.later += timedelta(**time)

    async def deliver(self) -> None:
        """One round of the worker."""
        works = self.worker.hooks.collect("background", host=self.worker)
        (work,) = [each for each in works if each.name == "webhooks"]
        await work.work()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation(host: Host, database_settings: Settings) -> AsyncIterator[Office]:
    """The installation; its database is that of the host."""
    settings = msgspec.structs.replace(database_settings, webhook_networks="127.0.0.0/8", database_pool=4)
    hosts = [build_host(settings, PluginRegistry.discover()) for _ in range(2)]
    for each in hosts:
        await each.open()
    made = Office(*hosts)
    try:
        yield made
    finally:
        await made.people.close()
        for each in hosts:
            await each.close()


@pytest.fixture
def office(installation: Office) -> Office:
    """The installation, at this moment."""
    installation.later = timedelta()
    return installation


@pytest.fixture
async def schools(make_space: Callable[..., Awaitable[Space]]) -> tuple[Space, Space]:
    """Two schools of their own: no other test has endpoints there."""
    return await make_space("vn"), await make_space("hk")


@pytest.fixture
async def admin(office: Office, schools: tuple[Space, Space]) -> Client:
    """Somebody who looks after the first school."""
    return await office.people(schools[0], "admin", "registrar")
