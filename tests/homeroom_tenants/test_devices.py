"""Strangers who guess do not lock out who has signed in here before."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import People
from homeroom_tenants.attempts import ATTEMPTS
from homeroom_tenants.devices import DEVICE_COOKIE, Devices

DEVICES = Devices("a secret that is long enough for this")
PASSWORD = "correct horse battery"


def header(value: str) -> str:
    return f"theme=dark; {DEVICE_COOKIE}={value}"


def test_a_known_device_is_counted_apart() -> None:
    value = DEVICES.new("mai")
    device = DEVICES.of("mai", header(value))
    assert device is not None
    assert device == DEVICES.of("mai", header(value))
    assert device != DEVICES.of("mai", header(DEVICES.new("mai")))


@pytest.mark.parametrize("cookies", [None, "", "a=b", header(""), header("x" * 96), header(DEVICES.new("lan"))])
def test_everybody_else_is_counted_together(cookies: str | None) -> None:
    assert DEVICES.of("mai", cookies) is None


def test_another_installation_knows_no_device_of_ours() -> None:
    assert Devices("another secret that is long enough").of("mai", header(DEVICES.new("mai"))) is None


@given(st.integers(0, 95), st.sampled_from("0123456789abcdef"))
def test_no_sign_of_it_can_be_changed(place: int, sign: str) -> None:
    value = DEVICES.new("mai")
    forged = value[:place] + sign + value[place + 1 :]
    assert (forged == value) == (DEVICES.of("mai", header(forged)) is not None)


async def test_signing_in_sets_the_session_first_and_the_device_beside_it(
    host: Host, school_a: Space, as_role: People
) -> None:
    login = f"test-{secrets.token_hex(6)}"
    await host.directory.create_account(login=login, name="Mai", password=PASSWORD)
    answer = await as_role.visitor(school_a).http.post("/auth/login", json={"login": login, "password": PASSWORD})
    session, device = answer.headers.get_list("set-cookie")
    assert session.startswith("__Host-homeroom=hrs_")
    assert device.startswith(f"{DEVICE_COOKIE}=")
    assert {"path=/", "secure", "httponly", "samesite=lax"} <= set(device.lower().split("; "))


async def test_the_owner_signs_in_while_strangers_guess(host: Host, school_a: Space, as_role: People) -> None:
    login = f"test-{secrets.token_hex(6)}"
    await host.directory.create_account(login=login, name="Mai", password=PASSWORD)
    owner = await as_role.visitor(school_a).sign_in(login, PASSWORD)
    await owner.http.post("/auth/logout", json={})
    stranger = as_role.visitor(school_a)
    right = {"login": login, "password": PASSWORD}
    for n in range(ATTEMPTS):
        answer = await stranger.http.post("/auth/login", json={"login": login, "password": f"guess number {n}"})
        assert 401 == answer.status_code
    assert 429 == (await stranger.http.post("/auth/login", json=right)).status_code
    assert 200 == (await owner.http.post("/auth/login", json=right)).status_code
    # The owner's success opens nothing for the strangers.
    assert 429 == (await stranger.http.post("/auth/login", json=right)).status_code
