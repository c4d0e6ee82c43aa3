"""A database with a small plugin's tables, a host over it, and two spaces with something in each."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the bookshelf is a plain package

from bookshelf.places import NOW, FreshDatabase, new_space
from bookshelf.plugin import BookshelfPlugin, add_books, add_shelf

from homeroom.boot import build_host, context_key, migrate_database
from homeroom.callers import Caller
from homeroom.database.engine import Database
from homeroom.database.walls import ContextSigner
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing.databases import database_beside


@pytest.fixture(scope="session")
def fresh_database(database_settings: Settings) -> Iterator[FreshDatabase]:
    """Makes empty databases on the server of the tests, whose owner may do that; they are dropped at the end."""
    with ExitStack() as made:
        numbers = itertools.count()

        def make() -> Settings:
            return made.enter_context(
                database_beside(database_settings, f"homeroom_kernel_{os.getpid()}_{next(numbers)}")
            )

        yield make


@pytest.fixture(scope="session")
def registry() -> PluginRegistry:
    """The bookshelf and nothing else."""
    made = PluginRegistry.discover([BookshelfPlugin()], installed=False)
    assert [] == made.quarantined
    return made


@pytest.fixture(scope="session")
def settings(fresh_database: FreshDatabase, registry: PluginRegistry) -> Settings:
    """A migrated database."""
    made = fresh_database()
    asyncio.run(migrate_database(made, registry))
    return made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kernel(settings: Settings, registry: PluginRegistry) -> AsyncIterator[Host]:
    """A host with the bookshelf; its clock does not move."""
    made = build_host(settings, registry)
    made.clock = lambda: NOW
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def database(kernel: Host) -> Database:
    """The database as the powerless role."""
    return kernel.database


@pytest.fixture(scope="session")
def signer(settings: Settings) -> ContextSigner:
    """Signs as the application does."""
    return ContextSigner(context_key(settings))


@pytest.fixture(scope="session")
def untouched(fresh_database: FreshDatabase, registry: PluginRegistry) -> Settings:
    """A migrated database that nobody writes to, for looking at its tables."""
    made = fresh_database()
    asyncio.run(migrate_database(made, registry))
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def tables(untouched: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The owner of tables without rows, in a transaction that is rolled back."""
    connection = await asyncpg.connect(untouched.owner_database_url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner, in a transaction that is rolled back."""
    connection = await asyncpg.connect(settings.owner_database_url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def here(kernel: Host) -> Caller:
    """The installation itself in a space with a shelf and two books."""
    return await _furnished(kernel)


@pytest_asyncio.fixture(loop_scope="session")
async def there(kernel: Host) -> Caller:
    """The same in another space."""
    return await _furnished(kernel)


async def _furnished(kernel: Host) -> Caller:
    caller = kernel.system_caller(new_space(kernel))
    shelf = await kernel.execute(caller, add_shelf, name="Poems", room=1)
    await kernel.execute(caller, add_books, shelf=shelf, titles=["Kiều", "離騷"])
    return caller
