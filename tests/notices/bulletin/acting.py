"""A registry with the bulletin, schools to act in, and the jobs of one run to the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bulletin.plugin import BulletinPlugin
from homeroom.audit.plugin import plugin as audit_plugin
from homeroom.callers import Space
from homeroom.commands import Command
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.notices.plugin import plugin as notices_plugin
from homeroom.plugins import PluginRegistry
from homeroom.testing import Client
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom.worker.runner import JobRunner
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin


def registry() -> PluginRegistry:
    """The parts of the host that it takes, and the bulletin."""
    parts = [notices_plugin, jobs_plugin, tenants_plugin, policies_plugin, graphql_plugin, audit_plugin]
    return PluginRegistry.discover([*parts, BulletinPlugin()], installed=False)


@dataclass
class School:
    """A school, and ways to act in it."""

    host: Host
    space: Space

    async def member(self, *roles: str, address: str | None = None, person: UUID | None = None) -> UUID:
        """Somebody new, with a proved address or none."""
        account = await self.host.directory.create_account(login=f"{new_id().hex}", name="Somebody")
        if address is not None:
            await self.host.database.call("homeroom.set_address($1, $2)", account, address)
        await self.host.directory.add_member(self.space.id, account, roles=roles, person=person)
        return account

    async def do(self, command: Command, **arguments: Any) -> Any:
        """Run a command as the installation itself."""
        return await self.host.execute(self.host.system_caller(self.space), command, **arguments)

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        """What is in the database."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return [dict(row) for row in await transaction.fetch(sql, *arguments)]


async def make_school(host: Host, region: str = "board") -> School:
    """A school of its own."""
    slug = f"{region}-{new_id().hex[-12:]}"
    return School(host, await host.directory.create_space(slug=slug, name=f"School {slug}", region=region))


INBOX = """query { notices { nodes {
  id kind subject body language about todo dueOn readAt doneAt
} } }"""


async def inbox_of(client: Client) -> list[dict[str, Any]]:
    """What somebody finds in the own inbox."""
    nodes: list[dict[str, Any]] = (await client.gql(INBOX))["notices"]["nodes"]
    return nodes


async def work(host: Host, space: Space, *, retry: bool = False) -> list[str]:
    """Run the jobs that wait in a space until none is left, and once more those that wait to be retried."""
    ran: list[str] = []
    runner = JobRunner(host)
    states = ["queued", "retrying"] if retry else ["queued"]
    while True:
        async with host.database.transaction(space.id) as transaction:
            waiting = await transaction.fetch("SELECT id, name FROM job WHERE state = ANY($1) ORDER BY id", states)
        if not waiting:
            return ran
        for each in waiting:
            await runner.run(space.id, each["id"])
            ran.append(each["name"])
        states = ["queued"]
