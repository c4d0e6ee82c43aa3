"""A host with the bulletin, and two schools that each test makes for itself."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the bulletin is a plain package

from bulletin.plugin import BulletinPlugin

from homeroom.app import create_app
from homeroom.audit.plugin import plugin as audit_plugin
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.commands import Command
from homeroom.database.ids import new_id
from homeroom.database.providers import throwaway
from homeroom.host import Host
from homeroom.notices.plugin import plugin as notices_plugin
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import Client, People
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin


def registry() -> PluginRegistry:
    """The parts of the host that it takes, and the bulletin."""
    parts = [notices_plugin, jobs_plugin, tenants_plugin, policies_plugin, graphql_plugin, audit_plugin]
    return PluginRegistry.discover([*parts, BulletinPlugin()], installed=False)


@pytest.fixture(scope="session")
def board_settings() -> Iterator[Settings]:
    """An installation on an empty database."""
    with throwaway() as access:
        yield access.apply(Settings(job_threads=2, stop_timeout=5.0, graphql_new_documents=1_000_000))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def board(board_settings: Settings) -> AsyncIterator[Host]:
    """A host with the bulletin and no other domain."""
    plugins = registry()
    assert [] == plugins.quarantined
    await migrate_database(board_settings, plugins)
    made = build_host(board_settings, plugins)
    await made.open()
    yield made
    await made.close()


@dataclass
class School:
    """A school, and ways to act in it."""

    host: Host
    space: Space

    async def member(self, *roles: str, person: UUID | None = None) -> UUID:
        """Somebody new."""
        account = await self.host.directory.create_account(login=f"{new_id().hex}", name="Somebody")
        await self.host.directory.add_member(self.space.id, account, roles=roles, person=person)
        return account

    async def do(self, command: Command, **arguments: Any) -> Any:
        """Run a command as the installation itself."""
        return await self.host.execute(self.host.system_caller(self.space), command, **arguments)

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        """What stands in the database."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return [dict(row) for row in await transaction.fetch(sql, *arguments)]


async def make_school(host: Host, region: str = "board") -> School:
    """A school of its own."""
    slug = f"{region}-{new_id().hex[-12:]}"
    return School(host, await host.directory.create_space(slug=slug, name=f"School {slug}", region=region))


@pytest.fixture
async def ours(board: Host) -> School:
    """A school of Vietnam."""
    return await make_school(board)


@pytest.fixture
async def theirs(board: Host) -> School:
    """Another one, of Hong Kong."""
    return await make_school(board, "board-hk")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(board: Host) -> AsyncIterator[People]:
    """Signs people in."""
    made = People(board, create_app(board))
    yield made
    await made.close()


INBOX = """query { notices { nodes {
  id kind subject body language about todo dueOn readAt doneAt
} } }"""


async def inbox_of(client: Client) -> list[dict[str, Any]]:
    """What somebody finds in the own inbox."""
    nodes: list[dict[str, Any]] = (await client.gql(INBOX))["notices"]["nodes"]
    return nodes
