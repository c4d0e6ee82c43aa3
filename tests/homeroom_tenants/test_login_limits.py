"""Guesses are limited by login and by address, and nobody who guesses shuts others out."""

from __future__ import annotations

import asyncio
import itertools
import secrets

import msgspec
import pytest

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_tenants.attempts import ATTEMPTS, LOGIN_ATTEMPTS

PASSWORD = "correct horse battery"
CLIENTS = itertools.count(1)


def address() -> str:
    """An address that no test has used."""
    return f"2001:db8:{next(CLIENTS):x}::1"


async def account(host: Host) -> str:
    login = f"test-{secrets.token_hex(6)}"
    await host.directory.create_account(login=login, name="Mai", password=PASSWORD)
    return login


async def tries(client: Client, login: str, password: str = "wrong") -> int:
    answer = await client.http.post("/auth/login", json={"login": login, "password": password})
    return answer.status_code


async def test_a_stranger_elsewhere_does_not_close_a_login_to_a_new_browser(
    host: Host, school_a: Space, as_role: People
) -> None:
    login = await account(host)
    stranger = as_role.visitor(school_a, address=address())
    assert [401] * ATTEMPTS + [429] * 5 == [await tries(stranger, login) for _ in range(ATTEMPTS + 5)]
    owner = as_role.visitor(school_a, address=address())
    assert 200 == await tries(owner, login, PASSWORD)
    # The owner's success opens nothing for the stranger.
    assert 429 == await tries(stranger, login, PASSWORD)


async def test_many_addresses_do_not_guess_without_end(host: Host, school_a: Space, as_role: People) -> None:
    login = f"nobody-{secrets.token_hex(6)}"
    for _ in range(LOGIN_ATTEMPTS // ATTEMPTS):
        stranger = as_role.visitor(school_a, address=address())
        # What is refused here counts nowhere: one address alone cannot use up the limit of all.
        assert [401] * ATTEMPTS + [429] == [await tries(stranger, login) for _ in range(ATTEMPTS + 1)]
    assert 429 == await tries(as_role.visitor(school_a, address=address()), login)


@pytest.fixture
def few(host: Host, monkeypatch: pytest.MonkeyPatch) -> int:
    """A small limit for one address."""
    monkeypatch.setattr(host, "settings", msgspec.structs.replace(host.settings, login_failures=5))
    return 5


async def test_one_address_does_not_try_many_logins(few: int, host: Host, school_a: Space, as_role: People) -> None:
    login, here = await account(host), address()
    known = as_role.visitor(school_a, address=here)
    assert 200 == await tries(known, login, PASSWORD)
    stranger = as_role.visitor(school_a, address=here)
    names = [f"nobody-{secrets.token_hex(6)}" for _ in range(few + 1)]
    assert [401] * few + [429] == [await tries(stranger, each) for each in names]
    # Neighbours in the same IPv6 network count as the same client, and nobody else does.
    assert 429 == await tries(as_role.visitor(school_a, address=here.replace("::1", "::2")), login, PASSWORD)
    assert 200 == await tries(as_role.visitor(school_a, address=address()), login, PASSWORD)
    assert 200 == await tries(known, login, PASSWORD)


async def test_a_class_that_errs_and_then_signs_in_uses_up_nothing(
    few: int, host: Host, school_a: Space, as_role: People
) -> None:
    here = address()
    for _ in range(few):
        login, pupil = await account(host), as_role.visitor(school_a, address=here)
        assert [401, 401, 200] == [await tries(pupil, login, each) for each in ("wrong", "wrong", PASSWORD)]


@pytest.mark.parametrize("sign", ["\n", "\r", "\x00", "\u2028", "\t", "\x1b"])
async def test_a_sign_that_cannot_be_seen_makes_nobody_elses_limit(
    sign: str, host: Host, school_a: Space, as_role: People
) -> None:
    login = await account(host)
    owner = await as_role.visitor(school_a, address=address()).sign_in(login, PASSWORD)
    stranger = as_role.visitor(school_a, address=address())
    for _ in range(ATTEMPTS + 1):
        await tries(stranger, f"{login}{sign}password")
    answer = await owner.http.post("/auth/password", json={"old": PASSWORD, "new": "another phrase"})
    assert 204 == answer.status_code


async def test_a_flood_from_one_address_leaves_places_for_others(
    host: Host, school_a: Space, school_b: Space, as_role: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "settings", msgspec.structs.replace(host.settings, login_failures=1_000_000))
    login, stop = await account(host), asyncio.Event()
    floods = [as_role.visitor(school_a, address="198.51.100.9") for _ in range(80)]  # more than there are places

    async def flood(client: Client) -> None:
        while not stop.is_set():
            await tries(client, f"nobody-{secrets.token_hex(6)}")

    tasks = [asyncio.create_task(flood(each)) for each in floods]
    await asyncio.sleep(0.2)
    try:
        statuses = [await tries(as_role.visitor(school_b, address=address()), login, PASSWORD) for _ in range(3)]
    finally:
        stop.set()
        await asyncio.gather(*tasks)
    assert [200] * 3 == statuses


async def test_who_resets_the_password_gets_in_while_strangers_guess(
    host: Host, school_a: Space, as_role: People
) -> None:
    login, here = await account(host), address()
    stranger = as_role.visitor(school_a, address=here)
    for _ in range(ATTEMPTS):
        await tries(stranger, login)
    owner = as_role.visitor(school_a, address=here)
    assert 429 == await tries(owner, login, PASSWORD)
    found = await host.directory.credentials.login_begin(login, [], host.clock(), host.clock() - host.clock())  # type: ignore[attr-defined]
    code, _ = await host.directory.reset_link(found.account)  # type: ignore[attr-defined]
    answer = await owner.http.post("/auth/reset", json={"code": code, "new": "another phrase"})
    assert 204 == answer.status_code
    for _ in range(ATTEMPTS):
        await tries(stranger, login)
    # This browser is known from now on: the same address that guesses on does not lock it out.
    assert (429, 200) == (await tries(stranger, login, "another phrase"), await tries(owner, login, "another phrase"))
