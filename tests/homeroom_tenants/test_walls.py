"""The directory's tables lie outside every space; the application reaches them through narrow functions alone."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom_tenants import GLOBAL_TABLES


@pytest_asyncio.fixture(loop_scope="session")
async def session(host: Host, database_settings: Settings) -> AsyncIterator[Any]:
    """Somebody who managed to speak SQL as the application's role."""
    connection = await asyncpg.connect(database_settings.database_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("table", sorted(GLOBAL_TABLES))
@pytest.mark.parametrize("verb", ["SELECT FROM {}", "DELETE FROM {}", "UPDATE {} SET ctid = ctid", "TRUNCATE {}"])
async def test_no_table_is_reached_directly(table: str, verb: str, session: Any) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)) as caught:
        await session.execute(verb.format(f"homeroom.{table}"))
    if verb.startswith(("SELECT", "DELETE", "TRUNCATE")):
        assert isinstance(caught.value, asyncpg.InsufficientPrivilegeError)


async def test_every_table_carries_its_reason(session: Any) -> None:
    rows = await session.fetch(
        "SELECT relname::text AS name, obj_description(c.oid) AS reason FROM pg_class c"
        " WHERE relnamespace = 'homeroom'::regnamespace AND relkind = 'r' AND relname = ANY($1)",
        list(GLOBAL_TABLES),
    )
    assert {name: f"global: {reason}" for name, reason in GLOBAL_TABLES.items()} == {
        row["name"]: row["reason"] for row in rows
    }


async def test_every_function_pins_its_search_path_and_nobody_else_may_call_it(session: Any) -> None:
    rows = await session.fetch(
        "SELECT proname::text AS name, prosecdef, proconfig, has_function_privilege('public', p.oid, 'EXECUTE') AS open"
        " FROM pg_proc p WHERE pronamespace = 'homeroom'::regnamespace AND proname <> 'space'"
    )
    assert len(rows) > 25
    assert {row["name"] for row in rows if not row["prosecdef"]} == set()
    assert {row["name"] for row in rows if "search_path=pg_catalog" not in (row["proconfig"] or ())} == set()
    assert {row["name"] for row in rows if row["open"]} == set()


async def test_inner_functions_are_not_for_the_application(session: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await session.fetchval("SELECT homeroom.standing_of($1, NULL)", new_id())


CHANGES = {
    "create_space": "SELECT homeroom.create_space('s-x', 'school', 'X', 'vn', 'UTC', 'vi', '{{}}', now())",
    "plugins": "SELECT homeroom.set_space_plugins('{{}}', '{{}}')",
    "origins": "SELECT homeroom.set_space_origins('{{https://evil.example}}')",
    "host": "SELECT homeroom.add_space_host('evil.example')",
    "rule": "SELECT homeroom.set_space_rule('student', '*', 'run', 'school', 'allow')",
    "member": "SELECT homeroom.add_member('{account}', NULL, '{{admin}}', NULL, NULL, '{id}', now())",
    "token": "SELECT homeroom.issue_token('{id}', sha256('x'), '{account}', 'x', now(), NULL)",
    "grant": "SELECT homeroom.grant_in_school('{id}', '{account}', '{space}', 'principal', NULL, NULL)",
    "policy": "SELECT homeroom.apply_district_policy()",
    "note": "SELECT homeroom.note_in_schools('{{{id}}}', '{{{space}}}', now(), NULL, 'x', 'x', 'x', '{{}}')",
    "district": "SELECT homeroom.set_space_district('{space}')",
}


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("context", ["none", "plain", "forged"])
async def test_no_space_is_changed_without_its_signed_context(
    change: str, context: str, session: Any, host: Host, school_a: Space
) -> None:
    account = await host.directory.create_account(login=f"test-{secrets.token_hex(6)}", name="Mai")
    before = await host.directory.store.spaces()  # type: ignore[attr-defined]
    members = await host.directory.store.members(school_a.id)  # type: ignore[attr-defined]
    value = {"none": "", "plain": str(school_a.id), "forged": f"{school_a.id}{'0' * 64}"}[context]
    await session.execute("SELECT set_config('homeroom.context', $1, false)", value)
    sql = CHANGES[change].format(account=account, id=new_id(), space=school_a.id)
    with pytest.raises(asyncpg.PostgresError, match=r"not for this caller|not signed for this session"):
        await session.fetchval(sql)
    assert before == await host.directory.store.spaces()  # type: ignore[attr-defined]
    assert members == await host.directory.store.members(school_a.id)  # type: ignore[attr-defined]


async def test_in_one_space_only_that_space_is_changed(host: Host, school_a: Space, school_b: Space) -> None:
    """Not even somebody who runs SQL inside one school's transaction makes members of another."""
    store = host.directory.store  # type: ignore[attr-defined]
    account = await host.directory.create_account(login=f"test-{secrets.token_hex(6)}", name="Mai")
    before = await store.members(school_b.id)
    async with host.database.transaction(school_a.id) as transaction:
        forged = f"{school_b.id}{'0' * 64}"
        await transaction.execute("SELECT set_config('homeroom.context', $1, true)", forged)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not for this caller"):
            async with transaction.savepoint():
                await transaction.execute(
                    "SELECT homeroom.add_member($1, NULL, '{admin}', NULL, NULL, $2, now())", account, new_id()
                )
    assert before == await store.members(school_b.id)
