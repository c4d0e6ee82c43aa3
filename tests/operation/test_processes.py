"""Several server processes on one database: they stop without losing a request, and believe nothing that is past."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from nodes import TOKEN, VIEWER, Server, serving

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.permissions import Rule
from homeroom.settings import Settings
from homeroom.testing.people import People
from homeroom_tenants.standing import DatedRole
from homeroom_tenants.tokens import digest

pytestmark = pytest.mark.slow

STUDENTS = {"query": "{ students(first: 1) { totalCount } }"}
#: Seconds within which a change in one process holds in all; on a quiet machine it is less than one.
PROMISED = 15.0
#: Each ending twice: with connections that listen, and with such that were killed.
ROUNDS = 10


@pytest.fixture
async def token(host: Host, school_a: Space, as_role: People) -> str:
    """Of an administrator of the school."""
    client = await as_role(school_a, "admin")
    assert client.account is not None
    return await host.directory.issue_token(client.account, school_a.id, title="A test")


async def half_sent(
    server: Server, space: Space, token: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A request that has begun and whose end is still to come."""
    body = msgspec.json.encode(VIEWER)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {space.slug}.localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[:5])
    await writer.drain()
    return reader, writer, body[5:]


#: Seconds that those who ask have to notice that a server is not ready any more; on a busy machine they need some.
DELAY = 5


async def queries(server: Server, space: Space) -> float:
    """How many queries the processes of a server have counted together."""
    async with server.client(space, TOKEN) as scraper:
        text = (await scraper.get("/metrics")).text
    found = re.search(r'homeroom_request_seconds_count\{kind="query",route="/graphql",.*\} (\S+)', text)
    return 0.0 if found is None else float(found[1])


@pytest.mark.parametrize("kind", ["granian", "uvicorn"])
async def test_every_process_is_counted_and_no_request_is_lost_when_it_stops(
    host: Host, database_settings: Settings, school_a: Space, token: str, kind: Any
) -> None:
    """As a proxy would see it: it sends no more once the server is not ready, and what it sent is answered."""
    begun = answered = 20
    ready = True
    with serving(database_settings, server=kind, workers=2, stop_timeout=120, stop_delay=DELAY) as server:

        async def load() -> None:
            nonlocal begun, answered
            while ready:
                async with server.client(school_a, token) as client:
                    begun += 1
                    answer = await client.post("/graphql", json=VIEWER)
                    assert 200 == answer.status_code
                    assert ["admin"] == answer.json()["data"]["viewer"]["roles"]
                    answered += 1
                await asyncio.sleep(0.05)  # eight of these are enough without using up the machine

        for _ in range(answered):
            async with server.client(school_a, token) as client:  # a connection each: either process may take it
                assert 200 == (await client.post("/graphql", json=VIEWER)).status_code
        async with asyncio.timeout(900):
            while await queries(server, school_a) != answered:
                await asyncio.sleep(0.1)
        listening = await server.listening(school_a, token)
        async with server.client(school_a) as watching:
            assert 200 == (await watching.get("/health/ready")).status_code
            async with asyncio.TaskGroup() as group:
                for _ in range(8):
                    group.create_task(load())
                await asyncio.sleep(1)
                halves = [await half_sent(server, school_a, token) for _ in range(8)]
                server.process.send_signal(signal.SIGTERM)
                while ready:
                    ready = (await watching.get("/health/ready")).status_code == 200
            assert server.process.poll() is None
        await asyncio.sleep(DELAY + 2)  # by now the processes were informed, and wait for what they have begun
        for reader, writer, rest in halves:
            writer.write(rest)
            begun += 1
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            answered += 1
            writer.close()
        async with asyncio.timeout(900):
            assert 1012 == (await listening.closed())[0]
        code, said = await asyncio.to_thread(server.stopped)
    assert (0, True) == (code, "stopped" in said)
    assert begun == answered >= 36, said
    lines = [msgspec.json.decode(line) for line in said.splitlines()]  # every one, also the server's own
    of_graphql = [
        each
        for each in lines
        if each.get("route") == "/graphql" and each.get("event") == "request" and each["method"] == "POST"
    ]
    assert answered == len(of_graphql)
    assert {(school_a.slug, "query")} == {(each["school"], each["kind"]) for each in of_graphql}
    assert len(of_graphql) == len({each["request_id"] for each in of_graphql})
    assert {"127.0.0.1"} == {each["client"] for each in of_graphql}
    # By the id of a stolen session or token, its requests are distinguished from those of its owner.
    (credential,) = {each["credential"] for each in of_graphql}
    standing = await host.directory.credentials.token_standing(digest(token))  # type: ignore[attr-defined]
    assert str(standing.session.id) == credential
    assert token not in said


@dataclass
class Ending:
    """Something that ends, and how a server says so."""

    end: Callable[[Any, Space, UUID], Awaitable[Any]]
    over: Callable[[httpx.Response], bool]


async def _close_account(directory: Any, _school: Space, account: UUID) -> None:
    await directory.disable_account(account)


async def _end_membership(directory: Any, school: Space, account: UUID) -> None:
    await directory.store.remove_member(school.id, account, None)


async def _lose_role(directory: Any, school: Space, account: UUID) -> None:
    await directory.store.add_member(school.id, account, None, ["student"], DatedRole("", None, None), _now())


async def _deny(directory: Any, school: Space, _account: UUID) -> None:
    await directory.store.set_rule(school.id, DENIED)


async def _switch_off(directory: Any, school: Space, _account: UUID) -> None:
    await directory.set_plugins(school.id, sorted(school.plugins - {"gradebook", "vn"}))


def _now() -> datetime:
    return datetime.now(UTC)


DENIED = Rule("teacher", "Student", "read", "school", "deny")
ENDINGS = (
    Ending(_close_account, lambda answer: answer.status_code == 401),
    Ending(_end_membership, lambda answer: answer.status_code == 403),
    Ending(_lose_role, lambda answer: "teacher" not in answer.json()["data"]["viewer"]["roles"]),
    Ending(_deny, lambda answer: "errors" in answer.json()),
    Ending(_switch_off, lambda answer: "gradebook" not in answer.json()["data"]["viewer"]["space"]["plugins"]),
)


async def test_one_process_believes_nothing_that_another_ended(
    host: Host, database_settings: Settings, school_a: Space, make_space: Any, as_role: People
) -> None:
    """Changed by this process; asked of two servers, whose connections that listen are killed now and then."""
    directory: Any = host.directory
    school = await make_space("vn")
    with (
        serving(database_settings, server="granian", workers=1) as one,
        serving(database_settings, server="uvicorn", workers=1) as other,
    ):
        for number in range(ROUNDS):
            person = await as_role.newcomer(school)
            account = person.account
            assert account is not None
            await directory.add_member(school.id, account, roles=["teacher"])
            token = await directory.issue_token(account, school.id, title="A test")
            ending = ENDINGS[number % len(ENDINGS)]
            query = STUDENTS if ending.end is _deny else VIEWER
            async with one.client(school, token) as at_one, other.client(school, token) as at_other:
                for client in (at_one, at_other) * 3:
                    answer = await client.post("/graphql", json=query)
                    assert (200, False) == (answer.status_code, ending.over(answer)), answer.text
                if number >= ROUNDS // 2:
                    await asyncio.to_thread(deafen, database_settings)
                await ending.end(directory, school, account)
                changed = time.monotonic()
                for client in (at_one, at_other):
                    while not ending.over(await client.post("/graphql", json=query)):
                        assert time.monotonic() < changed + PROMISED, f"round {number}: still believed"
                        await asyncio.sleep(0.05)
            await directory.store.remove_rule(school.id, DENIED)
            await directory.set_plugins(school.id, sorted(school.plugins))


def deafen(settings: Settings) -> None:
    """Kill every connection that listens to changes of the directory, once all servers listen."""
    assert settings.database_url is not None
    listening = "FROM pg_stat_activity WHERE application_name = 'homeroom_directory' AND datname = current_database()"
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        while connection.execute(f"SELECT count(*) {listening}").fetchall() < [(3,)]:  # this process listens too
            time.sleep(0.05)
        connection.execute(f"SELECT pg_terminate_backend(pid) {listening}")
