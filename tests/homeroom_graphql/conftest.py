"""Gardens in a database, a host over them with every part of the host, and people who sign in."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from graphql import GraphQLSchema
from litestar import Litestar

sys.path.insert(0, str(Path(__file__).parent))  # the garden and the reference interpreter are plain modules

from garden.planting import NOW, Garden, plant_garden
from garden.plugin import GardenPlugin

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import People
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom_graphql.executor import Executor
from homeroom_graphql.limits import Limits
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_graphql.schemas import operations_of
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(database_settings: Settings) -> AsyncIterator[Host]:
    """A host with the garden and no other domain, its clock standing still."""
    plugins = [jobs_plugin, tenants_plugin, policies_plugin, graphql_plugin, GardenPlugin()]
    registry = PluginRegistry.discover(plugins, installed=False)
    assert [] == registry.quarantined
    await migrate_database(database_settings, registry)
    made = build_host(database_settings, registry)
    made.clock = lambda: NOW
    await made.open()
    yield made
    await made.close()


async def _garden(house: Host, region: str, seed: int) -> Garden:
    slug = f"{region}-{secrets.token_hex(4)}"
    space = await house.directory.create_space(slug=slug, name=f"Garden {slug}", region=region)
    return await plant_garden(house, space, seed)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def garden(house: Host) -> Garden:
    """The garden of most tests: nothing writes to it."""
    return await _garden(house, "east", 1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def other_garden(house: Host) -> Garden:
    """Another garden, where it is still yesterday."""
    return await _garden(house, "west", 2)


@pytest_asyncio.fixture(loop_scope="session")
async def own_garden(house: Host) -> Garden:
    """A garden of one test's own, for writing."""
    return await _garden(house, "east", 3)


@pytest.fixture(scope="session")
def executor(house: Host) -> Executor:
    """The executor of the host's operations."""
    return Executor(house)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def schema(house: Host, garden: Garden) -> GraphQLSchema:
    """The schema of a space with the garden."""
    return (await operations_of(house.variant(garden.space.plugins), Limits.of(house.settings))).schema


@pytest.fixture(scope="session")
def garden_app(house: Host) -> Litestar:
    """The host's application; the host is open already."""
    return create_app(house)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(house: Host, garden_app: Litestar) -> AsyncIterator[People]:
    """Signs people in: ``client = await people(garden.space, "keeper")``."""
    made = People(house, garden_app)
    yield made
    await made.close()
