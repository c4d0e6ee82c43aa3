"""A host with purchases beside all installed plugins, and two schools that have them."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the plugins of the tests are plain packages

from desks.plugin import DesksPlugin
from purchases.plugin import PurchasesPlugin

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import Client, People
from homeroom.testing.clock import Clock
from homeroom_school.commands.people import NameInput, create_staff

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")


@_session
async def office(database_settings: Settings) -> AsyncIterator[Host]:
    """The host."""
    registry = PluginRegistry.discover([PurchasesPlugin(), DesksPlugin()])
    await migrate_database(database_settings, registry)
    assert [] == registry.quarantined
    made = build_host(database_settings, registry)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def office_clock(office: Host) -> Iterator[Clock]:
    """The clock of the host, to be set by a test; it runs on afterwards."""
    before, made = office.clock, Clock()
    office.clock = made
    yield made
    office.clock = before


@_session
async def people(office: Host) -> AsyncIterator[People]:
    """Signs people in."""
    made = People(office, create_app(office))
    yield made
    await made.close()


@dataclass
class Staff:
    """The people of a school who ask and decide, each a person of the school."""

    space: Space
    teacher: Client
    principal: Client
    admin: Client
    registrar: Client
    #: Makes another member of staff with some roles.
    more: Callable[..., Awaitable[Client]]
    #: Login to the person of the school.
    persons: dict[str, UUID]


async def make_staff(host: Host, people: People, region: str, *plugins: str) -> Staff:
    """A school with its staff."""
    slug = f"{region}-{secrets.token_hex(4)}"
    space = await host.directory.create_space(
        slug=slug, name=f"School {slug}", region=region, plugins=("school", "purchases", "desks", *plugins)
    )

    persons: dict[str, UUID] = {}

    async def more(*roles: str) -> Client:
        name = NameInput(family_name=secrets.token_hex(3), given_name="Test")
        person = await host.execute(host.system_caller(space), create_staff, name=name)
        client = await people.as_role(space, *roles, person=person)
        persons[client.login] = person
        return client

    made: list[Any] = [await more(role) for role in ("teacher", "principal", "admin", "registrar")]
    return Staff(space, *made, more=more, persons=persons)


@_session
async def east(office: Host, people: People) -> Staff:
    """The staff of a Vietnamese school."""
    return await make_staff(office, people, "vn")


@_session
async def west(office: Host, people: People) -> Staff:
    """The staff of a school of Hong Kong."""
    return await make_staff(office, people, "hk")


@_session
async def campus(office: Host, people: People) -> Staff:
    """The staff of a school of mainland China that has a calendar."""
    return await make_staff(office, people, "cn", "calendar")
