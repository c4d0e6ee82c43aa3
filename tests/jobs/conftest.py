"""An installation with chores, and two kitchens."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the chores are a plain package

from chores.plugin import GO_ON, RAN, ChoresPlugin

from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.database.providers import throwaway
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.worker.process import WorkerProcess


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """An installation on an empty database."""
    with throwaway() as access:
        yield access.apply(Settings(job_threads=2, stop_timeout=5.0, warm_seconds=0))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings: Settings) -> AsyncIterator[Host]:
    """A host with the plugin."""
    registry = PluginRegistry.discover([ChoresPlugin()])
    await migrate_database(settings, registry)
    made = build_host(settings, registry)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def spaces(host: Host) -> list[Space]:
    """Two spaces."""
    RAN.clear()
    GO_ON.clear()
    stem = new_id().hex[-12:]
    return [
        await host.directory.create_space(slug=f"{name}-{stem}", name=name, region="kitchen")
        for name in ("left", "right")
    ]


@pytest.fixture
def worker(settings: Settings, host: Host) -> Iterator[None]:
    """A worker with a host of its own, as another process has."""
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        yield
