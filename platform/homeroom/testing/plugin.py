"""Fixtures for pytest; see :mod:`homeroom.testing`.

The database is the one of ``HOMEROOM_TEST_OWNER_DATABASE_URL`` and ``HOMEROOM_TEST_DATABASE_URL``, or a
server of this test run's own that is gone afterwards. With pytest-xdist every process has its own: a
database beside the one that was named, for which its owner needs CREATEDB, or a server. Spaces are made
once a session: a test reads what others wrote in them, and never counts on being alone there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from homeroom.boot import build_host, migrate_database
from homeroom.collector import collect_rarely
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom.testing.clock import Clock
from homeroom.testing.databases import database_beside
from homeroom.testing.people import People
from homeroom.testing.stage import Side, Stage

if TYPE_CHECKING:
    from litestar import Litestar

    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = [
    "app",
    "as_role",
    "clock",
    "database_settings",
    "gql",
    "host",
    "make_space",
    "make_stage",
    "school_a",
    "school_b",
    "school_hk",
]

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")


#: Tests ask in seconds what people ask in months.
_MANY = 1_000_000


def pytest_configure() -> None:
    """Have the collector run rarely, as in every process that loads a host."""
    collect_rarely()


@pytest.fixture(scope="session")
def database_settings(pytestconfig: pytest.Config) -> Iterator[Settings]:
    """Settings with a database for this test run."""
    owner = os.environ.get("HOMEROOM_TEST_OWNER_DATABASE_URL")
    application = os.environ.get("HOMEROOM_TEST_DATABASE_URL")
    if owner and application:
        key = os.environ.get("HOMEROOM_TEST_SECRET_KEY", "a key for tests that is long enough")
        named = Settings(
            database_url=application,
            owner_database_url=owner,
            secret_key=key,
            graphql_new_documents=_MANY,
            warm_seconds=0,
        )
        # What pytest-xdist tells its processes.
        worker: dict[str, Any] = getattr(pytestconfig, "workerinput", {})
        if not worker:
            yield named
            return
        with database_beside(named, f"homeroom_test_{worker['workerid']}_{secrets.token_hex(4)}") as settings:
            yield settings
        return
    from homeroom.database.providers import throwaway

    with throwaway() as access:
        yield access.apply(Settings(graphql_new_documents=_MANY, warm_seconds=0))


@_session
async def host(database_settings: Settings) -> AsyncIterator[Host]:
    """The host with every installed plugin, its tables made, open."""
    registry = PluginRegistry.discover()
    await migrate_database(database_settings, registry)
    assert [] == registry.quarantined
    made = build_host(database_settings, registry)
    await made.open()
    yield made
    await made.close()


@pytest.fixture(scope="session")
def app(host: Host) -> Litestar:
    """The host's application; the host is open already."""
    from homeroom.app import create_app

    return create_app(host)


@_session
async def as_role(host: Host, app: Litestar) -> AsyncIterator[People]:
    """Signs people in: ``client = await as_role(school_a, "teacher", person=staff_id)``."""
    people = People(host, app)
    yield people
    await people.close()


@_session
async def make_space(host: Host) -> Callable[..., Awaitable[Space]]:
    """Makes a space of a region: ``await make_space("vn")``, with the other arguments of ``create_space``."""

    async def make(region: str, **options: Any) -> Space:
        slug = f"{region}-{secrets.token_hex(4)}"
        return await host.directory.create_space(slug=slug, name=f"School {slug}", region=region, **options)

    return make


@_session
async def school_a(make_space: Callable[..., Awaitable[Space]]) -> Space:
    """A Vietnamese school."""
    return await make_space("vn")


@_session
async def school_b(make_space: Callable[..., Awaitable[Space]]) -> Space:
    """Another Vietnamese school, for everything that must not be seen from the first."""
    return await make_space("vn")


@_session
async def school_hk(make_space: Callable[..., Awaitable[Space]]) -> Space:
    """A Hong Kong primary school, with other plugins."""
    return await make_space("hk")


@_session
async def make_stage(
    host: Host, as_role: People, make_space: Callable[..., Awaitable[Space]]
) -> Callable[..., Awaitable[Stage]]:
    """Makes two schools with a plugin and one without it: ``await make_stage("library")``.

    Its further arguments: ``region`` (else ``vn``), whose preset the schools have; ``together``, plugins that are on
    with it.
    """

    async def make(plugin: str, *, region: str = "vn", together: Sequence[str] = ()) -> Stage:
        preset = next(each for each in host.hooks.collect("presets") if each.region == region)
        whole = host.registry.with_requirements([*preset.plugins, *together, plugin])
        dependent = {name for name in whole if plugin in host.registry.with_requirements([name])}
        on, off = [each for each in host.registry.plugins if each in whole], whole - dependent

        async def side(plugins: Iterable[str]) -> Side:
            chosen = [name for name in plugins if name not in host.registry.host_parts()]
            return Side(host, await make_space(region, plugins=chosen), as_role)

        return Stage(await side(on), await side(on), await side(off))

    return make


@pytest.fixture
def clock(host: Host) -> Iterator[Clock]:
    """The host's clock, to be set by this test; it runs on afterwards."""
    before, made = host.clock, Clock()
    host.clock = made
    yield made
    host.clock = before


@pytest.fixture
def gql() -> Callable[..., Awaitable[dict[str, Any]]]:
    """Asks as somebody: ``await gql(client, document, variable=...)`` gives the data or raises."""

    async def ask(client: Client, document: str, **variables: Any) -> dict[str, Any]:
        return await client.gql(document, **variables)

    return ask
