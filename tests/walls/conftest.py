"""Two schools full of people and marks; everything that one of them has written bears a mark that is easily found."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")
#: Stands in every text of the school that nobody may hear of.
MARK = "Quince"

SOME_VALUE = {
    "text": "'some'",
    "character varying": "'some'",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
    "numeric": "1",
    "boolean": "true",
    "date": "date '2025-10-01'",
    "timestamp with time zone": "timestamptz '2025-10-01T08:00Z'",
    "uuid": "gen_random_uuid()",
    "jsonb": "jsonb '{}'",
}
#: Columns whose value the rules of their table leave no choice about.
_TIMES = {"starts_at": "'08:00'", "ends_at": "'08:40'"}
PECULIAR = {
    "student_result": {"span": "'year'"},
    "trait_mark": {"span": "'year'", "source": "'judged'"},
    "bell_period": _TIMES,
    "lesson": _TIMES,
    "lesson_staff": _TIMES,
}


@dataclasses.dataclass(frozen=True)
class Planted:
    """A school and what is in it.

    Args:
        space: The school.
        filled: Its people who have logins.
        ids: Name of a resource to the ids of its rows.
        roles: Role to the person who has it.
    """

    space: Space
    filled: Filled
    ids: Mapping[str, list[UUID]]
    roles: Mapping[str, UUID]

    @property
    def known(self) -> frozenset[str]:
        """Every id that the school has, as text."""
        return frozenset(str(each) for rows in self.ids.values() for each in rows)


@_session
async def ours(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Planted:
    """The school that people look from: its own, because other tests fill the common ones."""
    return await _plant(host, await make_space("vn"))


@_session
async def theirs(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Planted:
    """The school that nobody of the other one may hear of."""
    planted = await _plant(host, await make_space("vn"))
    await _write_mark(host, planted)
    return planted


async def _plant(host: Host, space: Space) -> Planted:
    plan = SchoolPlan(space.slug, space.name, "vn", 6, 7, "{grade}A", class_size=3, staff=6)
    filled = await populate(host, space, plan, with_marks=True)
    await _fill_what_is_empty(host, space, filled)
    roles = {
        "principal": filled.staff[0],
        "registrar": filled.staff[1],
        "admin": filled.staff[2],
        "teacher": filled.homeroom_teacher,
        "student": filled.student,
        "guardian": filled.guardian,
    }
    return Planted(space, filled, await ids_of(host, space), roles)


async def _fill_what_is_empty(host: Host, space: Space, filled: Filled) -> None:
    """One row in every table that the demonstration leaves empty, so that there is something to betray."""
    variant = host.variant(space.plugins)
    async with host.database.transaction(space.id) as transaction:
        for resource in variant.resources.values():
            if await transaction.fetchval(f"SELECT EXISTS (SELECT FROM {resource.table})"):
                continue
            targets = {relation.here: relation.target for relation in resource.relations.values() if not relation.many}
            values: dict[str, str] = {"id": f"'{new_id()}'", **PECULIAR.get(resource.table, {})}
            if "student_id" in resource.columns:
                values["student_id"] = f"'{filled.student}'"
            for column in await transaction.fetch(
                "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
                " WHERE table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL",
                resource.table,
            ):
                field = resource.fields.get(column["name"])
                if column["name"] in values:
                    continue
                if column["name"] in targets:
                    values[column["name"]] = f"(SELECT id FROM {targets[column['name']]} LIMIT 1)"
                elif field is not None and field.values:
                    values[column["name"]] = f"'{field.values[0]}'"
                else:
                    values[column["name"]] = SOME_VALUE[column["type"]]
            await transaction.execute(
                f"INSERT INTO {resource.table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
            )


async def ids_of(host: Host, space: Space) -> dict[str, list[UUID]]:
    """The ids of all rows of a space, by resource."""
    async with host.database.transaction(space.id) as transaction:
        return {
            resource.name: [row["id"] for row in await transaction.fetch(f"SELECT id FROM {resource.table}")]
            for resource in host.variant(space.plugins).resources.values()
        }


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


async def _write_mark(host: Host, planted: Planted) -> None:
    async with host.database.transaction(planted.space.id) as transaction:
        for resource in host.variant(planted.space.plugins).resources.values():
            for field in resource.fields.values():
                column = field.sql.removeprefix("{row}.")
                if field.type != "String" or field.values or column not in resource.columns:
                    continue
                longest = await transaction.fetchval(
                    "SELECT coalesce(character_maximum_length, 1000) FROM information_schema.columns"
                    " WHERE table_name = $1 AND column_name = $2 AND has_table_privilege($1, 'UPDATE')",
                    resource.table,
                    column,
                )
                if longest is None:  # rows that nobody changes
                    continue
                # A column that takes only certain texts stays as it is.
                with contextlib.suppress(asyncpg.CheckViolationError):
                    async with transaction.savepoint():
                        await transaction.execute(
                            f"UPDATE {resource.table} SET {column} = left('{MARK} ' || {column}, {longest})"
                        )
