"""A host with the album, two schools, and a folder of the test's own for contents."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the album is a plain package

from album.plugin import AlbumPlugin

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.files.plugin import plugin as files_plugin
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import People
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin


@pytest.fixture(scope="session")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where contents lie."""
    return tmp_path_factory.mktemp("contents")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gallery(database_settings: Settings, contents: Path) -> AsyncIterator[Host]:
    """A host with the album and no other domain."""
    plugins = [jobs_plugin, files_plugin, tenants_plugin, policies_plugin, graphql_plugin, AlbumPlugin()]
    registry = PluginRegistry.discover(plugins, installed=False)
    assert [] == registry.quarantined
    await migrate_database(database_settings, registry)
    made = build_host(msgspec.structs.replace(database_settings, files_dir=contents), registry)
    await made.open()
    yield made
    await made.close()


async def _walls(gallery: Host) -> Space:
    slug = f"walls-{secrets.token_hex(4)}"
    return await gallery.directory.create_space(slug=slug, name=f"Gallery {slug}", region="walls")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def east(gallery: Host) -> Space:
    """A school with an album."""
    return await _walls(gallery)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def west(gallery: Host) -> Space:
    """Another."""
    return await _walls(gallery)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(gallery: Host) -> AsyncIterator[People]:
    """Signs people in."""
    made = People(gallery, create_app(gallery))
    yield made
    await made.close()
