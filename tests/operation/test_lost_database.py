"""The database becomes unavailable in the middle of something: nothing is half done, and work continues."""

from __future__ import annotations

import asyncio
import contextlib
import time
import urllib.parse
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import msgspec
import psycopg
import pytest
from cut_line import Line

from homeroom.app import create_app
from homeroom.background import Rounds
from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.database.connection import AWAY
from homeroom.database.engine import Database
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom.testing.people import People
from homeroom_graphql.subscriptions.notices import CHANNEL, Notice, Notices
from homeroom_graphql.subscriptions.telling import notices_of
from homeroom_tenants.listener import Listener

STUDENTS = "{ students(first: 1) { totalCount } }"
BUILD = 'mutation { createCampus(input: { code: "LOST", name: "Of a test" }) { errors { code } } }'


@pytest.fixture
async def database(host: Host, line: Line) -> AsyncIterator[Database]:
    """The database of the tests, at the other end of the line."""
    database = Database(line.url, host.database.signer, pool_size=1)
    await database.open()
    yield database
    await database.close()


def terminate(settings: Settings, pid: int) -> None:
    """Have PostgreSQL end one of its processes, and wait until it has."""
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextlib.contextmanager
def waiting(settings: Settings) -> Iterator[Callable[[], None]]:
    """Have whatever writes a campus wait as long as the block runs; gives what returns once something waits."""
    assert settings.owner_database_url is not None

    def somebody_waits() -> None:
        waits = "SELECT count(*) FROM pg_locks WHERE relation = 'campus'::regclass AND NOT granted"
        while connection.execute(waits).fetchall() == [(0,)]:
            time.sleep(0.01)

    with psycopg.connect(settings.owner_database_url) as connection:
        connection.execute("LOCK TABLE campus IN EXCLUSIVE MODE")
        yield somebody_waits


@pytest.mark.parametrize("of_its_own", [False, True])
async def test_a_connection_whose_end_is_not_seen_yet_is_lost_all_the_same(
    database_settings: Settings, line: Line, database: Database, school_a: Space, *, of_its_own: bool
) -> None:
    line.without_an_end = True
    for _ in range(3):
        with pytest.raises((ValueError, *AWAY)) as raised:  # noqa: PT012 - the block is what is tested
            async with database.transaction(school_a.id) as transaction:
                pid = await transaction.fetchval("SELECT pg_backend_pid()")
                await asyncio.to_thread(terminate, database_settings, pid)
                await asyncio.sleep(0.05)
                if of_its_own:
                    raise ValueError("of its own")
        assert of_its_own == isinstance(raised.value, ValueError)  # and not that nothing can be rolled back
    pid = await database.read("SELECT pg_backend_pid()")
    await asyncio.to_thread(terminate, database_settings, pid)
    await asyncio.sleep(0.05)
    with pytest.raises(AWAY):
        await database.read("SELECT 1")
    assert 1 == await database.read("SELECT 1")
    assert 1 == database.pool.open == database.pool.idle
    line.without_an_end = False


@pytest.mark.parametrize("changed", [{"user": "nobody_of_this_server"}, {"dbname": "no_database_of_this_server"}])
async def test_a_database_that_lets_nobody_in_any_more_is_unavailable(
    database_settings: Settings, host: Host, changed: dict[str, str]
) -> None:
    """As after a change of the application's password, until the processes are restarted with the new one."""
    known = psycopg.conninfo.conninfo_to_dict(database_settings.database_url or "")
    known |= changed
    url = f"postgresql:///?{urllib.parse.urlencode({name: each for name, each in known.items() if each is not None})}"
    refused = Database(url, host.database.signer, pool_size=1)
    try:
        with pytest.raises(AWAY):  # noqa: PT012 - whichever of both connects
            await refused.open()
            await refused.read("SELECT 1")
    finally:
        await refused.close()


async def test_a_mistake_of_ours_is_not_taken_for_a_loss(database: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError):
        await database.read("SELECT $1::int")
    assert 1 == await database.read("SELECT 1")


async def test_what_is_done_round_the_clock_waits_for_it_without_ado(
    host: Host, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    there = build_host(msgspec.structs.replace(host.settings, database_url=line.url), host.registry)
    await there.open()
    names = {each.name for each in there.hooks.collect("background", host=there)}
    await line.cut()
    caplog.clear()
    rounds = Rounds(there)
    rounds.start()
    try:
        async with asyncio.timeout(900):
            while not all(f"work {name} waits for the database" in caplog.text for name in names):
                await asyncio.sleep(0.05)
    finally:
        await rounds.stop()
        await there.close()
    assert {"heartbeat", "audit sealer", "webhooks", "transfers between schools"} <= names
    assert [] == [each for each in caplog.records if each.name == "homeroom.background" and each.exc_info]


async def test_every_door_says_that_the_database_is_unavailable_and_opens_again(
    host: Host, line: Line, as_role: People, school_a: Space
) -> None:
    signed_in = await as_role(school_a, "registrar")
    assert signed_in.account is not None
    token = await host.directory.issue_token(signed_in.account, school_a.id, title="A test")
    there = build_host(msgspec.structs.replace(host.settings, database_url=line.url), host.registry)
    await there.open()
    try:
        app = create_app(there)
        client = Client(app, school_a, host.settings, token=token)
        with waiting(host.settings) as somebody_waits:
            mutation = asyncio.create_task(client.post(BUILD))
            await asyncio.to_thread(somebody_waits)
            await line.cut()
            answer = (await mutation).json()
        assert ({"createCampus": None}, "UNAVAILABLE") == (answer["data"], answer["errors"][0]["extensions"]["code"])
        await line.lay()
        assert 200 == (await client.post(STUDENTS)).status_code
        await line.cut()
        query = await client.post(STUDENTS)
        assert (503, ["UNAVAILABLE"]) == (query.status_code, [e["extensions"]["code"] for e in query.json()["errors"]])
        assert ["UNAVAILABLE"] == await client.refused(BUILD)
        login = await client.http.post("/auth/login", json={"login": signed_in.login, "password": "whatever it is"})
        assert (503, ["UNAVAILABLE"]) == (login.status_code, [each["code"] for each in login.json()["errors"]])
        await line.lay()
        assert 200 == (await client.post(STUDENTS)).status_code
        assert {"createCampus": {"errors": []}} == await client.gql(BUILD)  # nothing of it was written before
    finally:
        await there.close()


async def test_subscribers_are_informed_later_of_what_has_changed_meanwhile(
    host: Host, line: Line, school_a: Space
) -> None:
    """The process that has changed something lost the database right after the commit; those who listen did not."""
    there = build_host(msgspec.structs.replace(host.settings, database_url=line.url), host.registry)
    await there.open()
    received: asyncio.Queue[Notice | None] = asyncio.Queue()
    listener = Listener(
        str(host.settings.database_url),
        channel=CHANNEL,
        changed=lambda payload: received.put_nowait(Notices.read(payload)),
        deaf=lambda: None,
    )
    await listener.start()
    try:
        await line.cut()
        notices_of(there).send(school_a.id, "jobChanged", {}, [school_a.id])
        await asyncio.sleep(0.2)
        assert received.empty()
        await line.lay()
        async with asyncio.timeout(900):
            assert Notice(school_a.id, "jobChanged", {}, [school_a.id]) == await received.get()
    finally:
        await listener.stop()
        await there.close()
