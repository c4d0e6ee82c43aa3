"""The secret key is changed while servers answer: no answer is wrong, and none fails."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from commands import run, running

from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.server import free_port
from homeroom.settings import Settings
from homeroom.testing.people import People
from homeroom_school.commands.people import NameInput, create_student

pytestmark = pytest.mark.slow

STUDENTS = {"query": "{ students(first: 1) { totalCount } }"}
CHANGE = {"query": 'mutation { setLanguage(input: { language: "vi" }) { errors { code } } }'}
_PATIENCE = 900


@pytest.fixture
def keys(database_settings: Settings) -> Iterator[tuple[Settings, Settings]]:
    """Settings with the old key alone, and with the new one; afterwards the database has the old one again."""
    small = msgspec.structs.replace(database_settings, database_pool=2, workers=1, stop_timeout=5)
    new = msgspec.structs.replace(
        small, secret_key=secrets.token_urlsafe(32), previous_secret_key=database_settings.secret_key
    )
    yield small, new
    back = msgspec.structs.replace(small, previous_secret_key=new.secret_key)
    run(back, "key", "rotate", "--at-once")


@contextlib.asynccontextmanager
async def server(settings: Settings, place: Path) -> AsyncIterator[int]:
    """A server that is ready, at its port."""
    port = free_port("127.0.0.1")
    with running(msgspec.structs.replace(settings, port=port, run_dir=place / str(port)), "serve") as process:
        async with asyncio.timeout(_PATIENCE), httpx.AsyncClient() as client:
            while True:
                assert process.poll() is None
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200:
                        break
                await asyncio.sleep(0.1)
        yield port


async def test_a_key_is_changed_under_load(
    host: Host, keys: tuple[Settings, Settings], school_a: Space, as_role: People, tmp_path: Path
) -> None:
    old, new = keys
    caller = host.system_caller(school_a)
    await host.execute(caller, create_student, name=NameInput(given_name="An", family_name="Le"))
    client = await as_role(school_a, "admin")
    reader = await as_role(school_a, "registrar")
    assert client.account is not None
    assert reader.account is not None
    writing = await host.directory.issue_token(client.account, school_a.id, title="A test")
    reading = await host.directory.issue_token(reader.account, school_a.id, title="A test")
    number = (await reader.gql(STUDENTS["query"]))["students"]["totalCount"]
    assert number > 0
    targets: list[int] = []
    answers: dict[int, int] = {}
    wrong: list[str] = []
    busy = True

    async def load(token: str, body: dict[str, str], right: dict[str, object]) -> None:
        headers = {"Host": f"{school_a.slug}.localhost", "Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(headers=headers, timeout=900) as http:
            while busy:
                for port in [*targets]:
                    answer = await http.post(f"http://127.0.0.1:{port}/graphql", json=body)
                    answers[port] = answers.get(port, 0) + 1
                    if answer.status_code != 200 or answer.json() != right:
                        wrong.append(f"{port}: {answer.status_code} {answer.text[:200]}")
                await asyncio.sleep(0.05)

    async def more() -> None:
        """Wait until each server in use has answered some more."""
        seen = dict(answers)
        async with asyncio.timeout(_PATIENCE):
            while any(answers.get(port, 0) < seen.get(port, 0) + 10 for port in targets):
                assert [] == wrong
                for each in loads:
                    if each.done():
                        each.result()
                await asyncio.sleep(0.05)

    loads = [
        asyncio.create_task(load(reading, STUDENTS, {"data": {"students": {"totalCount": number}}})),
        asyncio.create_task(load(writing, CHANGE, {"data": {"setLanguage": {"errors": []}}})),
    ]
    try:
        async with server(old, tmp_path) as first:
            targets[:] = [first]
            await more()
            refused = await asyncio.to_thread(run, msgspec.structs.replace(new, previous_secret_key=None), "migrate")
            assert (1, True) == (refused.returncode, "HOMEROOM_PREVIOUS_SECRET_KEY" in refused.stderr)
            rotated = await asyncio.to_thread(run, new, "key", "rotate")
            assert 0 == rotated.returncode, rotated.stderr
            await more()
            async with server(new, tmp_path) as second:
                targets[:] = [first, second]
                await more()
                targets[:] = [second]  # as a proxy takes the first one out, before it is stopped
                await more()
                alone = msgspec.structs.replace(new, previous_secret_key=None)
                retired = await asyncio.to_thread(run, alone, "key", "retire")
                assert (0, "1 key(s) retired\n") == (retired.returncode, retired.stdout), retired.stderr
                await more()
                shown = await asyncio.to_thread(run, alone, "key", "show")
                assert shown.stdout.startswith("current\t")
                assert 1 == len(shown.stdout.splitlines())
                # The one that was forgotten says so, and never that there are no students.
                async with httpx.AsyncClient(
                    base_url=f"http://127.0.0.1:{first}",
                    headers={"Host": f"{school_a.slug}.localhost", "Authorization": f"Bearer {reading}"},
                    timeout=900,
                ) as forgotten:
                    for body in (STUDENTS, CHANGE):
                        answer = await forgotten.post("/graphql", json=body)
                        assert "UNAVAILABLE" in answer.text, answer.text
                        assert body is CHANGE or answer.status_code == 503
                    ready = await forgotten.get("/health/ready")
                    assert (503, False) == (ready.status_code, ready.json()["checks"]["key"])
    finally:
        busy = False
        await asyncio.gather(*loads, return_exceptions=True)
    assert [] == wrong
    assert sum(answers.values()) > 50


async def test_a_host_whose_key_is_not_accepted_does_not_open(database_settings: Settings, host: Host) -> None:
    other = msgspec.structs.replace(database_settings, secret_key="x" * 43, database_pool=1)
    made = build_host(other, PluginRegistry.discover())
    opening = asyncio.create_task(made.open_in_time())
    await asyncio.sleep(0.5)
    assert not opening.done()
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    assert not made.is_open
    await made.close()
