"""What a process remembers is as good as what the database says: changes of others are received at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from homeroom.callers import Space
from homeroom.errors import Forbidden, Unauthenticated
from homeroom.host import Host
from homeroom.permissions import Access, Rule
from homeroom.settings import Settings
from homeroom.testing import Client, People

if TYPE_CHECKING:
    from .conftest import OtherProcess

#: Seconds for what a loaded machine may take long.
_PATIENCE = 900


async def teacher(host: Host, as_role: People, space: Space) -> Client:
    client = await as_role.newcomer(space)
    assert client.account is not None
    await host.directory.add_member(space.id, client.account, roles=["teacher"])
    return client


async def refused(other: OtherProcess, client: Client, error: type[Exception]) -> None:
    """Wait until the other process refuses; what it remembers does not end by itself."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                await other.sees(client)
            except error:
                return
            await asyncio.sleep(0.01)


async def access_of(other: OtherProcess, client: Client, wanted: Callable[[Access], bool]) -> Access:
    """What the other process lets somebody do, as soon as it is as wanted."""
    async with asyncio.timeout(_PATIENCE):
        while not wanted(access := (await other.sees(client)).access):
            await asyncio.sleep(0.01)
    return access


async def test_a_known_session_costs_no_statement(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    await asyncio.sleep(0.1)  # let the notices of what was just written arrive
    first = await other_process.sees(client)
    await other_process.sees(client)
    asked = other_process.database.asked
    for _ in range(50):
        assert first is await other_process.sees(client)
    assert asked == other_process.database.asked


async def test_signing_out_is_received_by_other_processes(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    await other_process.sees(client)
    cookies = dict(client.http.cookies)
    await client.http.post("/auth/logout", json={})
    client.http.cookies.clear()
    client.http.cookies.update(cookies)
    await refused(other_process, client, Unauthenticated)


async def test_the_end_of_a_membership_is_received(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    await other_process.sees(client)
    admin = await as_role.as_role(school_a, "admin")
    done = await admin.gql(
        "mutation($l: String!) { removeMember(input: {login: $l}) { errors { code } } }", l=client.login
    )
    assert not done["removeMember"]["errors"]
    await refused(other_process, client, Forbidden)
    # This process knew at once.
    assert ["FORBIDDEN"] == await client.refused("{ __typename }")


async def test_a_closed_account_is_received(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    await other_process.sees(client)
    await host.directory.disable_account(client.account)  # type: ignore[attr-defined]
    await refused(other_process, client, Unauthenticated)


async def test_a_new_rule_is_received(
    school_b: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_b)
    before = await other_process.sees(client)
    assert "Student" in before.access.resources
    deny = Rule("teacher", "Student", "read", "school", "deny")
    await host.directory.store.set_rule(school_b.id, deny)  # type: ignore[attr-defined]
    after = await access_of(other_process, client, lambda access: "Student" not in access.resources)
    assert before.access.key != after.key
    await host.directory.store.remove_rule(school_b.id, deny)  # type: ignore[attr-defined]
    await access_of(other_process, client, lambda access: access.key == before.access.key)


async def test_nothing_is_remembered_while_changes_are_not_received(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess, database_settings: Settings
) -> None:
    client = await teacher(host, as_role, school_a)
    await other_process.sees(client)
    listener = other_process.directory._listener
    assert listener.hearing
    connection = await asyncpg.connect(database_settings.database_url)
    try:
        for _ in range(40):
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'homeroom_directory' AND usename = current_user"
            )
            await asyncio.sleep(0.02)
            if not listener.hearing:
                break
        assert not listener.hearing
        asked = other_process.database.asked
        await other_process.sees(client)
        await other_process.sees(client)
        assert asked + 6 == other_process.database.asked  # spaces, the closed ones and the session, each time again
        for _ in range(300):
            if listener.hearing:
                break
            await asyncio.sleep(0.01)
        assert listener.hearing
    finally:
        await connection.close()


async def test_a_session_ends_by_the_clock(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    await other_process.sees(client)
    other_process.later = timedelta(hours=2, minutes=59)
    await other_process.sees(client)  # and that was a use, which is written down
    other_process.later = timedelta(hours=5, minutes=58)
    await other_process.sees(client)
    other_process.later = timedelta(hours=9)
    with pytest.raises(Unauthenticated):
        await other_process.sees(client)


async def test_a_busy_session_ends_after_twelve_hours(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    for hours in (2, 4, 6, 8, 10, 11.99):
        other_process.later = timedelta(hours=hours)
        await other_process.sees(client)
    other_process.later = timedelta(hours=12, minutes=1)
    with pytest.raises(Unauthenticated):
        await other_process.sees(client)


async def test_a_use_in_one_process_keeps_the_session_alive_in_another(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await teacher(host, as_role, school_a)
    await other_process.sees(client)
    session = (await client.http.get("/auth/sessions")).json()[0]["id"]
    seen = datetime.now(UTC) + timedelta(hours=2)
    await host.directory.credentials.touch_session(session, seen)  # type: ignore[attr-defined]
    other_process.later = timedelta(hours=4)
    await other_process.sees(client)


async def test_a_dated_role_begins_and_ends_by_itself(
    school_a: Space, host: Host, as_role: People, other_process: OtherProcess
) -> None:
    client = await as_role.newcomer(school_a)
    now = datetime.now(UTC)
    await host.directory.add_member(  # type: ignore[call-arg]
        school_a.id,
        client.account,  # type: ignore[arg-type]
        roles=["teacher"],
        valid_from=now + timedelta(minutes=10),
        valid_until=now + timedelta(minutes=20),
    )
    with pytest.raises(Forbidden):
        await other_process.sees(client)
    other_process.later = timedelta(minutes=11)
    caller = await other_process.sees(client)
    assert frozenset({"teacher"}) == caller.roles
    assert now + timedelta(minutes=20) == caller.access.valid_until
    other_process.later = timedelta(minutes=21)
    with pytest.raises(Forbidden):
        await other_process.sees(client)


async def test_a_job_runs_as_what_somebody_is_now(school_a: Space, host: Host, as_role: People) -> None:
    client = await teacher(host, as_role, school_a)
    assert client.account is not None
    caller = await host.directory.caller(school_a.id, client.account)
    assert ("job", frozenset({"teacher"})) == (caller.via, caller.roles)
    await host.directory.store.remove_member(school_a.id, client.account, None)  # type: ignore[attr-defined]
    with pytest.raises(Forbidden):
        await host.directory.caller(school_a.id, client.account)


async def test_a_change_of_a_space_reads_that_space_alone_and_is_what_reading_all_gives(
    school_a: Space, host: Host, other_process: OtherProcess, make_space: Any
) -> None:
    """Whatever is known of a space, each way of changing it is tried."""
    directory: Any = host.directory
    other: Any = other_process.host.directory
    school, district = await make_space("vn"), await make_space("vn", kind="district")
    rule = Rule("teacher", "Student", "read", "school", "deny")
    at = datetime.now(UTC)

    async def all_known() -> None:
        for _ in range(500):
            if other.hearing and other._cache.spaces is not None:
                return
            await other.known()
            await asyncio.sleep(0.01)
        pytest.fail("nothing is remembered")

    changes = (
        lambda: directory.store.set_origins(school.id, ["https://page.example"]),
        lambda: directory.store.set_locale(school.id, "en"),
        lambda: directory.add_host(school.id, f"{school.slug}.example"),
        lambda: directory.store.set_rule(school.id, rule),
        lambda: directory.set_plugins(school.id, sorted(school.plugins - {"gradebook", "vn"})),
        lambda: directory.join_district(school.id, district.id),
        lambda: directory.store.set_state(school.id, "suspended", "A test", at),
        lambda: directory.store.set_state(school.id, "open", None, at),
        lambda: make_space("vn"),
        lambda: directory.join_district(school.id, None),
    )
    for change in changes:
        await all_known()
        before, asked = other.generation, len(other_process.database.called)
        await change()
        async with asyncio.timeout(900):
            while other.generation == before:
                await asyncio.sleep(0.01)
        await all_known()
        known = await other.known()
        assert not any("homeroom.spaces()" in each for each in other_process.database.called[asked:])
        assert any("homeroom.spaces_named(" in each for each in other_process.database.called[asked:])
        other._cache.forget()
        whole = await other.known()
        assert [*whole.by_slug] == [*known.by_slug]
        assert whole.by_host.keys() == known.by_host.keys()
        for ident, each in whole.by_id.items():
            there = known.by_id[ident]
            assert (each.space, each.origins, each.rules, each.district, each.closed_because) == (
                there.space, there.origins, there.rules, there.district, there.closed_because,
            )  # fmt: skip
            assert known.by_slug[each.space.slug] is there
