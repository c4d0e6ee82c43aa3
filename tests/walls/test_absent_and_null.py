"""Commands that change rows, tried by what they declare: what is left out stays, and null clears.

Rows are those that the database accepts; each command changes one column at a time. A command that refuses the row for
a reason of its own (``REFUSES``) is tried where its own tests are.
"""

from __future__ import annotations

import contextlib
import inspect
import types
import typing
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import pytest

from homeroom.callers import Space
from homeroom.commands import UNSET, Command, Ref, Unset
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.testing.filling import fill_table, shapes

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Parameters that are no columns of the row, and columns that may be cleared only together with others.
OTHER_RULES: Final = frozenset(
    {
        "school.class.change.grade_level",  # a homeroom class has one
        "school.employment.change.starts_on",  # one of the two days stays
        "school.employment.change.ends_on",
        "gradebook.round.reopen.closes_at",  # a round that is open is refused
        "school.status.change.return_by",  # a change without a request is another school's
        "school.status.change.reason",
    }
)


#: A value of each type, as SQL.
VALUES: Final = {
    "smallint": "7",
    "integer": "7",
    "numeric": "7",
    "character varying": "'seven'",
    "text": "'seven'",
    "date": "date '2025-11-07'",
    "timestamp with time zone": "timestamptz '2025-11-07T08:00Z'",
}


def changing(command: Command) -> bool:
    """Whether a command changes one row that is there already."""
    return any(default is UNSET for _, default in command.parameters.values()) and command.returns is not None


def column_of(parameter: str, columns: set[str]) -> str | None:
    return next((each for each in (parameter, f"{parameter}_id") if each in columns), None)


async def fill_what_is_null(transaction: Any, table: str) -> None:
    """Give the first row of a table a value in each column in which the database takes one."""
    columns = await transaction.fetch(
        "SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute"
        " WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND NOT attnotnull",
        table,
    )
    for column in columns:
        if column["type"] in VALUES:
            with contextlib.suppress(asyncpg.PostgresError):
                async with transaction.savepoint():
                    await transaction.execute(
                        f"UPDATE {table} SET {column['name']} = {VALUES[column['type']]}"
                        f" WHERE id = (SELECT id FROM {table} ORDER BY id LIMIT 1) AND {column['name']} IS NULL"
                    )


async def row_of(transaction: Any, host: Host, command: Command, variant: Any) -> dict[str, Any]:
    table = variant.resources[command.returns].table
    row = await transaction.fetchrow(f"SELECT * FROM {table} ORDER BY id LIMIT 1")
    assert row is not None, f"{table} has no row"
    return dict(row)


@pytest.mark.parametrize("region", ["vn", "hk", "cn"])
async def test_what_is_left_out_stays_and_null_clears(
    region: str, host: Host, make_space: Callable[..., Awaitable[Space]]
) -> None:
    space = await make_space(region)
    variant = host.variant(space.plugins)
    caller = host.system_caller(space)
    async with host.database.transaction(space.id) as transaction:
        tables = ["stored_file", *(each.table for each in variant.resources.values())]
        for shape in await shapes(transaction, host.registry, tables):
            if not await transaction.fetchval(f"SELECT EXISTS (SELECT FROM {shape.name})"):
                assert await fill_table(transaction, shape) is None, shape.name
        # The days of the rows lie within their year.
        await transaction.execute("UPDATE school_year SET starts_on = '2025-09-01'")
    cleared, required, refused = [], [], []
    filled: set[str] = set()
    for command in [each for each in variant.commands.values() if changing(each)]:
        table = variant.resources[str(command.returns)].table
        this = next(
            (
                name
                for name, (kind, default) in command.parameters.items()
                if default is inspect.Parameter.empty
                and any(
                    isinstance(each, Ref) and each.resource == command.returns for each in typing.get_args(kind)[1:]
                )
            ),
            None,
        )
        if this is None:
            continue
        async with host.database.transaction(space.id) as transaction:
            if table not in filled:
                filled.add(table)
                await fill_what_is_null(transaction, table)
            before = await row_of(transaction, host, command, variant)
        wanted = [name for name, (_, default) in command.parameters.items() if default is inspect.Parameter.empty]
        given = {name: "some" for name in wanted if name != this}
        for name, (kind, default) in command.parameters.items():
            if default is not UNSET or f"{command.name}.{name}" in OTHER_RULES:
                continue
            assert Unset in typing.get_args(kind)
            nullable = types.NoneType in typing.get_args(kind)
            column = column_of(name, before.keys())
            if not nullable:
                with pytest.raises(Refusal) as refusal:
                    await host.execute(caller, command, **{**given, this: before["id"], name: None})
                assert ["REQUIRED"] == [each.code for each in refusal.value.problems], f"{command.name}.{name}"
                required.append(f"{command.name}.{name}")
                continue
            if column is None:
                continue
            try:
                await host.execute(caller, command, **{**given, this: before["id"], name: None})
            except Refusal as refusal:
                refused.append(f"{command.name}.{name}: {refusal}")
                continue
            async with host.database.transaction(space.id) as transaction:
                after = dict(await transaction.fetchrow(f"SELECT * FROM {table} WHERE id = $1", before["id"]))
            assert after[column] in (None, "", "{}"), f"{command.name}.{name} is null and {column} stays"
            kept = {each for each, value in before.items() if value is not None} & {
                column_of(other, before.keys()) for other in command.parameters if other != name
            }
            # Names and times that follow from what was given are no columns of a parameter.
            changed = {each for each in kept if each is not None and after[each] != before[each]}
            assert set() == changed, f"{command.name} without {changed} changes them"
            cleared.append(f"{command.name}.{name}")
            before = after
    assert [] == refused
    assert len(cleared) > 12, cleared
    assert len(required) > 15, required
    assert "school.room.change.capacity" in cleared


async def test_no_changing_command_takes_none_for_what_was_left_out(host: Host) -> None:
    """A parameter of a changing verb that may be left out has the default UNSET, except what is no column."""
    found = []
    for command in host.hooks.collect("commands"):
        if command.name.rpartition(".")[2] not in ("change", "correct", "reopen", "move") or command.returns is None:
            continue
        if command.many:
            continue
        found += [
            f"{command.name}.{name}"
            for name, (_, default) in command.parameters.items()
            if default is None and name not in ("expected_version", "period", "starts_at", "ends_at")
        ]
    assert [] == found
