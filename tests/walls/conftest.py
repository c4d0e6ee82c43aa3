"""Two schools full of people and marks; everything that one of them has written bears a mark that is easily found."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing.canaries import seed_canaries
from homeroom.testing.filling import fill_table, shapes
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate
from homeroom_policies.commands import RuleAction, RuleEffect, apply_district_policy, set_rule
from homeroom_tenants.commands import grant_in_school

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")
#: It is in every text of the school that nobody may hear of.
MARK = "Quince"


@dataclasses.dataclass(frozen=True)
class Planted:
    """A school and what is in it.

    Args:
        space: The school.
        filled: Its people who have logins.
        ids: Name of a resource to the ids of its rows.
        roles: Role to the person who has it.
        district: The district that it belongs to.
    """

    space: Space
    filled: Filled
    ids: Mapping[str, list[UUID]]
    roles: Mapping[str, UUID]
    district: Space

    @functools.cached_property
    def known(self) -> frozenset[str]:
        """Every id that the school has, as text."""
        return frozenset(str(each) for rows in self.ids.values() for each in rows)


@_session
async def ours(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Planted:
    """The school that people look from: its own, because other tests fill the common ones."""
    return await _plant(host, await make_space("vn"), await make_space("vn", kind="district"), "Medlar")


@_session
async def theirs(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Planted:
    """The school that nobody of the other one may hear of."""
    planted = await _plant(host, await make_space("vn"), await make_space("vn", kind="district"), MARK)
    await seed_canaries(host, planted.space, MARK)
    return dataclasses.replace(planted, ids=await ids_of(host, planted.space, planted.district))


async def _plant(host: Host, space: Space, district: Space, head: str) -> Planted:
    plan = SchoolPlan(space.slug, space.name, "vn", 6, 7, "{grade}A", class_size=3, staff=6)
    filled = await populate(host, space, plan, with_marks=True)
    await _fill_what_is_empty(host, space, filled)
    await _govern(host, space, district, head)
    roles = {
        "principal": filled.staff[0],
        "registrar": filled.staff[1],
        "admin": filled.staff[2],
        "teacher": filled.homeroom_teacher,
        "student": filled.student,
        "guardian": filled.guardian,
    }
    return Planted(space, filled, await ids_of(host, space, district), roles, district)


async def _govern(host: Host, space: Space, district: Space, name: str) -> None:
    """The school belongs to a district, whose head has a granted role there, and which has applied a rule."""
    directory: Any = host.directory
    await directory.join_district(space.id, district.id)
    login = f"{name.lower()}-{district.slug}"
    head = await directory.create_account(login=login, name=f"{name} of {district.slug}")
    for each in (space, district):
        await directory.add_member(each.id, head, roles=["admin"])
    caller = host.system_caller(district)
    rule = {"role": "student", "object": "Invitation", "action": RuleAction.READ, "scope": "school"}
    await host.execute(caller, set_rule, **rule, effect=RuleEffect.DENY)
    await host.execute(caller, apply_district_policy)
    await host.execute(caller, grant_in_school, login=login, school=space.slug, role="registrar")


async def _fill_what_is_empty(host: Host, space: Space, filled: Filled) -> None:
    """One row in every table that the demonstration leaves empty, so that there is something to betray."""
    resources = host.variant(space.plugins).resources.values()
    # No resource shows the row of a file; fields of others do.
    shown = [*(resource.table for resource in resources), "stored_file"]
    async with host.database.transaction(space.id) as transaction:
        for table in await shapes(transaction, host.registry, shown):
            if not await transaction.fetchval(f"SELECT EXISTS (SELECT FROM {table.name})"):
                assert await fill_table(transaction, table, rows={"student": filled.student}) is None


async def ids_of(host: Host, space: Space, district: Space) -> dict[str, list[UUID]]:
    """The ids of all rows of a space, by resource, and of what its district alone has."""
    made: dict[str, list[UUID]] = {}
    for each in (space, district):
        async with host.database.transaction(each.id) as transaction:
            for resource in host.variant(space.plugins).resources.values():
                if not made.get(resource.name):
                    rows = await transaction.fetch(f"SELECT id FROM {resource.table}")
                    made[resource.name] = [row["id"] for row in rows]
    return made


@pytest.fixture
def contents(host: Host) -> Callable[[Space], Awaitable[dict[str, str]]]:
    """Gives a digest of every table of a space, to see that nothing has changed."""

    async def digests(space: Space) -> dict[str, str]:
        async with host.database.transaction(space.id) as transaction:
            tables = await transaction.fetch(
                "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1"
            )
            return {
                table["name"]: await transaction.fetchval(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM {table['name']} t"
                )
                for table in tables
            }

    return digests
