"""A lost password: a one-time code replaces it, and the old one no longer signs anybody in."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, cast
from uuid import UUID

import httpx
import pytest

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_tenants.attempts import ATTEMPTS
from homeroom_tenants.directory import TenantDirectory

OLD, NEW = "correct horse battery", "con chim xanh hót trên cành cây"

if TYPE_CHECKING:
    from collections.abc import Callable


def directory(host: Host) -> TenantDirectory:
    return cast("TenantDirectory", host.directory)


async def _account(host: Host) -> tuple[str, UUID]:
    login = f"test-{secrets.token_hex(6)}"
    return login, await host.directory.create_account(login=login, name="Mai", password=OLD)


async def _login(client: Client, login: str, password: str) -> int:
    return (await client.http.post("/auth/login", json={"login": login, "password": password})).status_code


async def _reset(client: Client, code: str, new: str = NEW) -> httpx.Response:
    return await client.http.post("/auth/reset", json={"code": code, "new": new})


async def test_a_code_opens_the_account_once(host: Host, school_a: Space, school_b: Space, as_role: People) -> None:
    login, account = await _account(host)
    other_login, _ = await _account(host)
    inside = as_role.visitor(school_b)
    assert 200 == await _login(inside, login, OLD)
    code, _ = await directory(host).reset_link(account)
    visitor = as_role.visitor(school_a)
    assert 204 == (await _reset(visitor, code)).status_code
    assert (401, 200) == (await _login(visitor, login, OLD), await _login(visitor, login, NEW))
    # Anyone who was signed in with the old one is not any more; nobody else's account changed.
    assert 401 == (await inside.http.get("/auth/session")).status_code
    assert 200 == await _login(as_role.visitor(school_a), other_login, OLD)
    again = await _reset(as_role.visitor(school_a), code, "another phrase")
    assert (401, "UNAUTHENTICATED") == (again.status_code, again.json()["errors"][0]["code"])
    assert 200 == await _login(as_role.visitor(school_a), login, NEW)


async def test_a_bad_new_password_leaves_the_code_good(host: Host, school_a: Space, as_role: People) -> None:
    login, account = await _account(host)
    code, _ = await directory(host).reset_link(account)
    visitor = as_role.visitor(school_a)
    for bad in ("short", "12345678", login):
        refused = await _reset(visitor, code, bad)
        assert (422, "password") == (refused.status_code, refused.json()["errors"][0]["field"])
    assert 204 == (await _reset(visitor, code)).status_code


async def test_a_newer_code_ends_the_older_one(host: Host, school_a: Space, as_role: People) -> None:
    _, account = await _account(host)
    first, _ = await directory(host).reset_link(account)
    second, _ = await directory(host).reset_link(account)
    visitor = as_role.visitor(school_a)
    assert (401, 204) == ((await _reset(visitor, first)).status_code, (await _reset(visitor, second)).status_code)


async def test_of_two_at_once_one_wins(host: Host, school_a: Space, as_role: People) -> None:
    login, account = await _account(host)
    code, _ = await directory(host).reset_link(account)
    phrases = ["the first phrase of two", "the other phrase of two"]
    answers = await asyncio.gather(*(_reset(as_role.visitor(school_a), code, each) for each in phrases))
    assert [204, 401] == sorted(each.status_code for each in answers)
    won = phrases[[each.status_code for each in answers].index(204)]
    assert 200 == await _login(as_role.visitor(school_a), login, won)


@pytest.mark.parametrize("spoil", [lambda code: code[:-1] + "x" * (code[-1] != "x"), lambda _: "hrr_", lambda _: ""])
async def test_what_is_no_code_opens_nothing(
    host: Host, school_a: Space, as_role: People, spoil: Callable[[str], str]
) -> None:
    login, account = await _account(host)
    code, _ = await directory(host).reset_link(account)
    assert 401 == (await _reset(as_role.visitor(school_a), spoil(code))).status_code
    assert 200 == await _login(as_role.visitor(school_a), login, OLD)


async def test_a_closed_account_stays_closed(host: Host, school_a: Space, as_role: People) -> None:
    login, account = await _account(host)
    code, _ = await directory(host).reset_link(account)
    await directory(host).disable_account(account)
    assert 401 == (await _reset(as_role.visitor(school_a), code)).status_code
    assert 401 == await _login(as_role.visitor(school_a), login, NEW)


async def test_the_owner_is_let_in_though_strangers_guessed(host: Host, school_a: Space, as_role: People) -> None:
    login, account = await _account(host)
    stranger = as_role.visitor(school_a)
    for _ in range(ATTEMPTS):
        assert 401 == await _login(stranger, login, "wrong wrong wrong")
    assert 429 == await _login(as_role.visitor(school_a), login, OLD)
    code, _ = await directory(host).reset_link(account)
    owner = as_role.visitor(school_a)
    assert 204 == (await _reset(owner, code)).status_code
    assert 200 == await _login(owner, login, NEW)


async def test_a_foreign_page_cannot_send_one(host: Host, school_a: Space, as_role: People) -> None:
    _, account = await _account(host)
    code, _ = await directory(host).reset_link(account)
    page = as_role.visitor(school_a)
    page.http.headers["Origin"] = "https://elsewhere.example"
    assert 403 == (await _reset(page, code)).status_code
