"""Accounts over HTTP: signing in and out, sessions, tokens, the way to another host name."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.testing import Client, Clock, People
from homeroom_tenants.attempts import ATTEMPTS

MakeSpace = Callable[..., Awaitable[Space]]
PASSWORD = "correct horse battery"


async def account(host: Host) -> str:
    """An account without any membership; gives its login."""
    login = f"test-{secrets.token_hex(6)}"
    await host.directory.create_account(login=login, name="Mai", password=PASSWORD)
    return login


def code(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["code"])


async def login(client: Client, name: str, password: str) -> httpx.Response:
    return await client.http.post("/auth/login", json={"login": name, "password": password})


async def test_a_session_opens_and_closes(school_a: Space, as_role: People) -> None:
    client = await as_role.newcomer(school_a)
    assert 200 == (await client.http.get("/auth/session")).status_code
    answer = await client.http.post("/auth/logout", json={})
    assert {"ended": 1} == answer.json()
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert '"cache", "storage"' == answer.headers["clear-site-data"]
    assert 401 == (await client.http.get("/auth/session")).status_code


async def test_a_hash_of_another_installation_takes_its_password(school_a: Space, host: Host, as_role: People) -> None:
    there = PasswordHasher(time_cost=1, memory_cost=8 * 1024).hash(PASSWORD)
    name = f"test-{secrets.token_hex(6)}"
    await host.directory.create_account(login=name, name="Mai", password_hash=there)
    assert 401 == (await login(as_role.visitor(school_a), name, "correct horse batterie")).status_code
    assert 200 == (await login(as_role.visitor(school_a), name, PASSWORD)).status_code


async def test_a_session_without_a_password_is_one_like_any_other(school_a: Space, host: Host, as_role: People) -> None:
    account = await host.directory.create_account(login=f"test-{secrets.token_hex(6)}", name="Mai")
    client = as_role.visitor(school_a).take_cookie(await host.directory.open_session(account, agent="A browser"))
    (found,) = (await client.http.get("/auth/sessions")).json()
    assert ("A browser", True) == (found["agent"], found["current"])
    await host.directory.disable_account(account)
    assert 401 == (await client.http.get("/auth/session")).status_code
    for nobody in (account, new_id()):
        with pytest.raises(Refusal):
            await host.directory.open_session(nobody)


REMOVE = 'mutation { removeMember(input: {login: "nobody-at-all", rehearse: %s}) { errors { code } } }'


async def test_commands_that_give_or_take_access_need_a_recent_password(
    school_a: Space, host: Host, as_role: People, clock: Clock
) -> None:
    admin = await as_role(school_a, "admin")
    program = await as_role.with_token(admin, school_a)
    owner = as_role.visitor(school_a)
    assert admin.login is not None
    assert 200 == (await login(owner, admin.login, admin.password)).status_code

    async def remove(client: Client, rehearse: str = "false") -> str:
        """The code of the answer; that of the payload says that the command itself refused."""
        answer = (await client.post(REMOVE % rehearse)).json()
        errors = answer.get("errors") or answer["data"]["removeMember"]["errors"]
        return str(errors[0].get("code") or errors[0]["extensions"]["code"])

    assert "NOT_FOUND" == await remove(owner)
    clock.set(host.clock() + timedelta(minutes=16))
    assert ["CONFIRMATION_REQUIRED"] * 2 == [await remove(owner), await remove(owner, "true")]
    assert "NOT_FOUND" == await remove(program), "a program has no password to give"
    assert (
        []
        == (await owner.gql('mutation { setLanguage(input: {language: "vi"}) { errors { code } } }'))["setLanguage"][
            "errors"
        ]
    ), "other commands need no proof"
    trials: list[tuple[dict[str, Any], int]] = [
        ({}, 403),
        ({"password": "a wrong one"}, 401),
        ({"password": admin.password}, 204),
    ]
    for given, wanted in trials:
        assert "CONFIRMATION_REQUIRED" == await remove(owner)
        assert wanted == (await owner.http.post("/auth/confirm", json=given)).status_code
    assert "NOT_FOUND" == await remove(owner)
    clock.set(host.clock() + timedelta(minutes=16))
    assert "CONFIRMATION_REQUIRED" == await remove(owner)


async def test_the_cookie_is_worth_nothing_after_signing_out(school_a: Space, as_role: People) -> None:
    client = await as_role.newcomer(school_a)
    kept = dict(client.http.cookies)
    await client.http.post("/auth/logout", json={})
    thief = as_role.visitor(school_a)
    thief.http.cookies.update(kept)
    assert 401 == (await thief.http.get("/auth/session")).status_code


async def test_the_answer_names_the_spaces_where_somebody_holds_a_role(
    school_a: Space, school_b: Space, host: Host, as_role: People
) -> None:
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    assert [] == (await client.http.get("/auth/session")).json()["spaces"]
    await host.directory.add_member(school_a.id, client.account, roles=["teacher", "admin"])
    found = (await client.http.get("/auth/session")).json()
    assert client.login == found["login"]
    assert [(school_a.slug, ["admin", "teacher"])] == [(each["slug"], each["roles"]) for each in found["spaces"]]
    assert [f"{school_a.slug}.localhost"] == [each["host"] for each in found["spaces"]]


async def test_a_login_is_found_in_any_case_and_a_wrong_one_tells_nothing(
    host: Host, school_a: Space, as_role: People
) -> None:
    name = await account(host)
    visitor = as_role.visitor(school_a)
    assert 200 == (await login(visitor, f" {name.upper()} ", PASSWORD)).status_code
    wrong, unknown = await login(visitor, name, "wrong wrong"), await login(visitor, name + "x", PASSWORD)
    assert (401, 401) == (wrong.status_code, unknown.status_code)
    assert wrong.json() == unknown.json()
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize("exists", [True, False])
async def test_guessing_stops_whether_or_not_there_is_an_account(
    exists: bool, host: Host, school_a: Space, as_role: People
) -> None:
    name = await account(host) if exists else f"nobody-{secrets.token_hex(6)}"
    visitor = as_role.visitor(school_a)
    codes = [code(await login(visitor, name, f"guess number {n}")) for n in range(ATTEMPTS + 1)]
    assert ["UNAUTHENTICATED"] * ATTEMPTS + ["TOO_MANY_ATTEMPTS"] == codes
    assert 429 == (await login(visitor, name, PASSWORD)).status_code


async def test_a_right_password_forgets_the_wrong_ones(host: Host, school_a: Space, as_role: People) -> None:
    name = await account(host)
    visitor = as_role.visitor(school_a)
    for _ in range(2):
        for n in range(ATTEMPTS - 1):
            assert 401 == (await login(visitor, name, f"guess number {n}")).status_code
        assert 200 == (await login(visitor, name, PASSWORD)).status_code


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"login": "a"}', b'{"login": 1, "password": 2}', b'{"login":"\xff","password":"x"}',
             b'{"login": "a", "password": "b", "role": "admin"}', b"[" * 60_000],
)  # fmt: skip
async def test_a_malformed_login_is_the_senders_fault(body: bytes, school_a: Space, as_role: People) -> None:
    answer = await as_role.visitor(school_a).http.post(
        "/auth/login", content=body, headers={"Content-Type": "application/json"}
    )
    assert 400 == answer.status_code


async def test_a_nul_in_a_login_is_just_wrong(school_a: Space, as_role: People) -> None:
    assert 401 == (await login(as_role.visitor(school_a), "a\0b", PASSWORD)).status_code


async def test_another_site_cannot_sign_somebody_in(host: Host, school_a: Space, as_role: People) -> None:
    visitor = as_role.visitor(school_a)
    visitor.http.headers["Origin"] = "https://evil.example"
    answer = await login(visitor, await account(host), PASSWORD)
    assert (403, "CROSS_SITE") == (answer.status_code, code(answer))


async def test_a_new_password_ends_the_other_sessions(host: Host, school_a: Space, as_role: People) -> None:
    name = await account(host)
    here = await as_role.visitor(school_a).sign_in(name, PASSWORD)
    there = await as_role.visitor(school_a).sign_in(name, PASSWORD)
    answer = await here.http.post("/auth/password", json={"old": "wrong wrong", "new": "another phrase"})
    assert 401 == answer.status_code
    answer = await here.http.post("/auth/password", json={"old": PASSWORD, "new": "short"})
    assert ("password", 422) == (answer.json()["errors"][0]["field"], answer.status_code)
    assert 200 == (await there.http.get("/auth/session")).status_code
    answer = await here.http.post("/auth/password", json={"old": PASSWORD, "new": "another phrase"})
    assert 204 == answer.status_code
    assert 200 == (await here.http.get("/auth/session")).status_code
    assert 401 == (await there.http.get("/auth/session")).status_code
    assert 401 == (await login(there, name, PASSWORD)).status_code
    assert 200 == (await login(there, name, "another phrase")).status_code


async def test_sessions_are_listed_and_ended_one_by_one(host: Host, school_a: Space, as_role: People) -> None:
    name = await account(host)
    here = await as_role.visitor(school_a).sign_in(name, PASSWORD)
    there = as_role.visitor(school_a)
    there.http.headers["User-Agent"] = "an old telephone"
    await there.sign_in(name, PASSWORD)
    listed = (await here.http.get("/auth/sessions")).json()
    assert 2 == len(listed)
    old = next(each for each in listed if each["agent"] == "an old telephone")
    assert 204 == (await here.http.delete(f"/auth/sessions/{old['id']}", headers={"X-Homeroom-CSRF": "1"})).status_code
    assert 401 == (await there.http.get("/auth/session")).status_code
    assert 1 == len((await here.http.get("/auth/sessions")).json())


async def test_nobody_ends_the_sessions_of_others(host: Host, school_a: Space, as_role: People) -> None:
    victim = await as_role.newcomer(school_a)
    session = (await victim.http.get("/auth/sessions")).json()[0]["id"]
    other = await as_role.newcomer(school_a)
    answer = await other.http.delete(f"/auth/sessions/{session}", headers={"X-Homeroom-CSRF": "1"})
    assert (422, "NOT_FOUND") == (answer.status_code, code(answer))
    assert 200 == (await victim.http.get("/auth/session")).status_code


async def test_a_token_speaks_in_its_school_until_it_is_revoked(
    school_a: Space, school_b: Space, as_role: People, host: Host
) -> None:
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    for school in (school_a, school_b):
        await host.directory.add_member(school.id, client.account, roles=["teacher"])
    answer = await client.http.post("/auth/tokens", json={"title": "timetable", "password": client.password})
    assert 201 == answer.status_code
    token = answer.json()["token"]
    program = as_role.visitor(school_a)
    program.http.headers["Authorization"] = f"Bearer {token}"
    del program.http.headers["Origin"]
    assert [] == await program.refused("{ __typename }")
    # A token's school is its own: no host name and no header take it elsewhere.
    assert ["FORBIDDEN"] == await _at(program, school_b).refused("{ __typename }")
    # It is for schoolwork, not for the account: it makes no tokens and no sessions.
    assert 401 == (await program.http.get("/auth/tokens")).status_code
    listed = (await client.http.get("/auth/tokens")).json()
    assert ["timetable"] == [each["title"] for each in listed]
    assert token not in str(listed)
    revoked = await client.http.delete(f"/auth/tokens/{listed[0]['id']}", headers={"X-Homeroom-CSRF": "1"})
    assert 204 == revoked.status_code
    assert ["UNAUTHENTICATED"] == await program.refused("{ __typename }")


def _at(client: Client, space: Space) -> Client:
    client.http.headers["X-Homeroom-Tenant"] = space.slug
    client.http.base_url = httpx.URL("https://127.0.0.1")
    return client


async def test_a_token_wants_a_membership(school_a: Space, as_role: People) -> None:
    stranger = await as_role.newcomer(school_a)
    answer = await stranger.http.post("/auth/tokens", json={"title": "mine"})
    assert 403 == answer.status_code


async def test_a_hand_over_opens_a_session_at_the_other_host_once(
    school_a: Space, school_b: Space, host: Host, as_role: People
) -> None:
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    refused = await client.http.post("/auth/handover", json={"space": school_b.slug})
    assert 422 == refused.status_code
    await host.directory.add_member(school_b.id, client.account, roles=["teacher"])
    way = (await client.http.post("/auth/handover", json={"space": school_b.slug})).json()
    assert 401 == (await as_role.visitor(school_a).http.post("/auth/enter", json=way)).status_code
    there = as_role.visitor(school_b)
    answer = await there.http.post("/auth/enter", json=way)
    assert 200 == answer.status_code
    assert [] == await there.refused("{ __typename }")
    assert 401 == (await as_role.visitor(school_b).http.post("/auth/enter", json=way)).status_code


async def test_who_is_asked_before_entering_sees_whose_account_it_is(
    school_a: Space, school_b: Space, host: Host, as_role: People
) -> None:
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    await host.directory.add_member(school_b.id, client.account, roles=["teacher"])
    way = (await client.http.post("/auth/handover", json={"space": school_b.slug})).json()
    there = as_role.visitor(school_b)
    assert 401 == (await as_role.visitor(school_a).http.post("/auth/enter/look", json=way)).status_code
    way = (await client.http.post("/auth/handover", json={"space": school_b.slug})).json()
    seen = (await there.http.post("/auth/enter/look", json=way)).json()
    assert client.login == seen["login"]
    assert 401 == (await there.http.get("/auth/session")).status_code
    assert 401 == (await there.http.post("/auth/enter", json=way)).status_code
    assert 200 == (await there.http.post("/auth/enter", json={"code": seen["code"]})).status_code


async def test_signing_out_ends_what_was_handed_over_and_no_other_sign_in(
    school_a: Space, school_b: Space, host: Host, as_role: People
) -> None:
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    await host.directory.add_member(school_b.id, client.account, roles=["teacher"])
    second = as_role.visitor(school_a)
    await second.sign_in(client.login, client.password)
    there = as_role.visitor(school_b)
    way = (await client.http.post("/auth/handover", json={"space": school_b.slug})).json()
    assert 200 == (await there.http.post("/auth/enter", json=way)).status_code
    late = (await client.http.post("/auth/handover", json={"space": school_b.slug})).json()
    assert 200 == (await client.http.post("/auth/logout", json={})).status_code
    assert 401 == (await there.http.get("/auth/session")).status_code
    assert 401 == (await as_role.visitor(school_b).http.post("/auth/enter", json=late)).status_code
    assert 200 == (await second.http.get("/auth/session")).status_code
