"""A host with the talent bank and the clubs beside all installed plugins, and two schools that have the bank."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the talent bank and the clubs are plain packages

from clubs.plugin import ClubsPlugin
from talents.plugin import TalentsPlugin

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import People

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")
MakeSchool = Callable[..., Awaitable[Space]]


@_session
async def bank(database_settings: Settings) -> AsyncIterator[Host]:
    """The host."""
    registry = PluginRegistry.discover([TalentsPlugin(), ClubsPlugin()])
    await migrate_database(database_settings, registry)
    assert [] == registry.quarantined
    made = build_host(database_settings, registry)
    await made.open()
    yield made
    await made.close()


@_session
async def make_school(bank: Host) -> MakeSchool:
    """Makes a school: ``await make_school("hk", plugins=("school", "talents"))``."""

    async def make(region: str = "vn", *, plugins: tuple[str, ...] = ("school", "talents"), **options: Any) -> Space:
        slug = f"{region}-{secrets.token_hex(4)}"
        return await bank.directory.create_space(
            slug=slug, name=f"School {slug}", region=region, plugins=plugins, **options
        )

    return make


@_session
async def east(make_school: MakeSchool) -> Space:
    """A Vietnamese school with the talent bank."""
    return await make_school()


@_session
async def west(make_school: MakeSchool) -> Space:
    """A school of Hong Kong with the talent bank."""
    return await make_school("hk")


@_session
async def people(bank: Host) -> AsyncIterator[People]:
    """Signs people in."""
    made = People(bank, create_app(bank))
    yield made
    await made.close()
