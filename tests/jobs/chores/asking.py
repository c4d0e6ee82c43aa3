"""Asking for jobs and looking at what became of them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from chores.plugin import RAN, ask
from homeroom.callers import Caller, Space
from homeroom.database.ids import new_id
from homeroom.host import Host

PASSWORD = "a long enough password"
ENDED = ("succeeded", "failed", "forbidden", "discarded")


async def member(host: Host, space: Space, role: str, person: UUID | None = None) -> Caller:
    """Somebody new with a role."""
    account = await host.directory.create_account(login=f"{new_id().hex}@example.org", name="A cook", password=PASSWORD)
    await host.directory.add_member(space.id, account, roles=[role], person=person)
    return await host.directory.caller(space.id, account)


async def asked_by_us(host: Host, space: Space, job: str, **arguments: Any) -> UUID:
    """A job that the installation itself asks for."""
    asked: UUID = await host.execute(host.system_caller(space), ask, job=job, arguments=arguments)
    return asked


def ran_in(*spaces: Space) -> list[tuple[str, str, str]]:
    """What ran in some spaces: a worker also makes up for what the calendar of others brought."""
    slugs = {each.slug for each in spaces}
    return [each for each in RAN if each[0] in slugs]


async def row_of(host: Host, space: Space, job_id: UUID) -> dict[str, Any]:
    """The record of a job."""
    async with host.database.transaction(space.id) as transaction:
        found = await transaction.fetchrow("SELECT * FROM job WHERE id = $1", job_id)
        return dict(found) if found else {}


async def ended(host: Host, space: Space, job_id: UUID) -> dict[str, Any]:
    """The record of a job when it has ended."""
    row: dict[str, Any] = {}
    for _ in range(600):
        row = await row_of(host, space, job_id)
        if row["state"] in ENDED:
            return row
        await asyncio.sleep(0.05)
    raise AssertionError(f"it has not ended: {row}")
