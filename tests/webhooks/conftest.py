"""A worker's host whose clock is set, a receiver, and two schools."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # it is a plain package

from hearing.office import Office
from hearing.receiver import Receiver, receiving

from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import Client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A system that is informed."""
    with receiving() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation(host: Host, database_settings: Settings) -> AsyncIterator[Office]:
    """The installation; its database is that of the host."""
    settings = msgspec.structs.replace(database_settings, webhook_networks="127.0.0.0/8, 10.0.0.0/8", database_pool=4)
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
