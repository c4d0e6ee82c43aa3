"""Operators see who is signed in, and end it: of one account, of a school, of all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from click.testing import CliRunner

from homeroom.cli import main
from homeroom.testing import People
from homeroom_tenants.sign_ins import Selection, end_sign_ins, open_sign_ins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.settings import Settings
    from homeroom.testing import Client

ASKED = {"query": "{ viewer { login } }"}


@pytest.fixture
async def owner(host: Host, database_settings: Settings) -> AsyncIterator[Any]:
    """The owner of the database."""
    connection = await asyncpg.connect(database_settings.owner_database_url)
    await connection.execute("SET homeroom.maintenance = 'on'")
    yield connection
    await connection.close()


async def _becomes(wanted: int, client: Client, token: str | None = None) -> bool:
    """Whether a request is answered by a status as soon as this process has been notified of what was done."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}", "Cookie": ""}
    for _ in range(200):
        if wanted == (await client.http.post("/graphql", json=ASKED, headers=headers)).status_code:
            return True
        await asyncio.sleep(0.05)
    return False


async def _member(host: Host, people: People, space: Space, role: str) -> Client:
    """Somebody new: whom other tests know stays signed in."""
    client = await people.newcomer(space)
    assert client.account is not None
    await host.directory.add_member(space.id, client.account, roles=[role])
    assert await _becomes(200, client)
    return client


async def test_sign_ins_of_an_account_and_of_a_school_are_listed_and_ended(
    host: Host, owner: Any, make_space: Any, school_b: Space, as_role: People
) -> None:
    school_a = await make_space("hk")
    ours, other, theirs = [
        await _member(host, as_role, space, role)
        for space, role in ((school_a, "admin"), (school_a, "registrar"), (school_b, "admin"))
    ]
    assert ours.account is not None
    in_b_too = theirs  # another browser at that school's host name; the token speaks for itself
    await host.directory.add_member(school_b.id, ours.account, roles=["teacher"])
    tokens = {
        space.slug: await host.directory.issue_token(ours.account, space.id, title=f"For {space.slug}")
        for space in (school_a, school_b)
    }
    listed = await open_sign_ins(owner, Selection(login=ours.login))
    assert ["session", "token", "token"] == [each.kind for each in listed]
    assert {(slug, f"For {slug}") for slug in tokens} == {(each.school, each.agent) for each in listed if each.school}
    in_b = await open_sign_ins(owner, Selection(school=school_b.slug))
    assert {("session", ""), ("token", school_b.slug)} == {
        (each.kind, each.school) for each in in_b if each.login == ours.login
    }
    assert theirs.login in {each.login for each in in_b}
    assert other.login not in {each.login for each in in_b}

    (stolen,) = [each for each in listed if each.school == school_a.slug]
    assert [stolen.id] == [each.id for each in await end_sign_ins(owner, Selection(ids=[stolen.id]))]
    assert await _becomes(401, ours, tokens[school_a.slug])
    assert await _becomes(200, ours)
    assert await _becomes(200, in_b_too, tokens[school_b.slug])
    await end_sign_ins(owner, Selection(login=ours.login))
    assert await _becomes(401, ours)
    assert await _becomes(401, in_b_too, tokens[school_b.slug])
    assert await _becomes(200, other)
    assert await _becomes(200, theirs)
    await end_sign_ins(owner, Selection(school=school_a.slug))
    assert await _becomes(401, other)
    assert await _becomes(200, theirs)
    transaction = owner.transaction()
    await transaction.start()
    everybody = {each.login for each in await end_sign_ins(owner, Selection())}
    await transaction.rollback()
    assert theirs.login in everybody
    assert other.login not in everybody


async def test_the_audit_of_the_schools_says_who_was_signed_out_and_why(
    host: Host,
    database_settings: Settings,
    school_a: Space,
    school_b: Space,
    as_role: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in database_settings.environment().items():
        monkeypatch.setenv(name, value)

    async def run(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, main, words)

    client = await _member(host, as_role, school_a, "registrar")
    assert client.account is not None
    await host.directory.issue_token(client.account, school_a.id, title="Nightly export")
    shown = await run("account", "sessions", client.login)
    assert ["session", "token"] == sorted(line.split("\t")[1] for line in shown.output.splitlines())
    done = await run("account", "sign-out", client.login, "--reason", "it was stolen")
    assert (0, True) == (done.exit_code, "2 ended" in done.output), done.output
    for space, lines in ((school_a, 2), (school_b, 0)):
        async with host.database.transaction(space.id) as transaction:
            found = await transaction.fetchval(
                "SELECT count(*) FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id"
                " WHERE e.command = 'tenants.sign_in.end' AND e.reason = 'it was stolen'"
            )
        assert lines == found
    assert await _becomes(401, client)
    for words, said in (
        (("nobody-here",), "There is no account"),
        (("--school", "no-such-school"), "There is no school"),
        (("--id", "01a22aa8-783d-7ad4-8e98-805b4254a19c"), "There is no such entry"),
        ((), "Name an account"),
        ((client.login, "--everybody"), "Name an account"),
    ):
        refused = await run("account", "sign-out", *words, "--reason", "x")
        assert (True, True) == (refused.exit_code != 0, said in refused.output), refused.output


async def test_a_membership_ends_on_the_command_line(
    host: Host, database_settings: Settings, school_a: Space, as_role: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in database_settings.environment().items():
        monkeypatch.setenv(name, value)
    client = await _member(host, as_role, school_a, "registrar")
    words = ("account", "leave", client.login, school_a.slug, "--reason", "the thief gave it")
    done = await asyncio.to_thread(CliRunner().invoke, main, words)
    assert 0 == done.exit_code, done.output
    assert await _becomes(403, client)
