"""A school of the test's own, whose audit is sealed into a folder of the test's own, and its database's owner."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the office is a plain module

from sealed_office import Office

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.settings import Settings


@pytest_asyncio.fixture(loop_scope="session")
async def office(host: Host, make_space: Callable[..., Awaitable[Space]], tmp_path: Path) -> Office:
    """A school with a past: four entries more than its making, sealed in two rounds, and another beside it."""
    made = Office(host, await make_space("vn"), tmp_path)
    await made.work()
    await made.settle()
    await made.seal()
    await made.work()
    await made.settle()
    await made.seal()
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def owner(database_settings: Settings) -> AsyncIterator[Any]:
    """The owner of the database, who sees the rows of every school."""
    connection = await asyncpg.connect(database_settings.owner_database_url)
    await connection.execute("SET homeroom.maintenance = 'on'")
    yield connection
    await connection.close()
