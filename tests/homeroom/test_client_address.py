"""The client's address: named by trusted proxies alone, and read from the right."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.client_address import TrustedProxies, network_of, warn_of_unnamed_proxy
from homeroom.processes import ProcessGroup
from homeroom.server import command, free_port, wait_until_ready
from homeroom.settings import Settings, SettingsError

CLIENT, MADE_UP = "203.0.113.7", "198.51.100.1"
PROXIES = TrustedProxies("10.0.0.0/8, 2001:db8:1::/48, unix")


def scope(peer: str | None, *values: str, header: str = "x-forwarded-for") -> dict[str, Any]:
    headers = [(b"host", b"a.example"), *((header.encode(), each.encode()) for each in values)]
    return {"type": "http", "headers": headers, "client": (peer, 4000) if peer is not None else None}


@pytest.mark.parametrize(
    ("peer", "values", "expected"),
    [
        ("10.0.0.1", [CLIENT], CLIENT),
        # The client wrote the left part itself.
        ("10.0.0.1", [f"{MADE_UP}, {CLIENT}"], CLIENT),
        ("10.0.0.1", [MADE_UP, f"10.9.9.9, {CLIENT}"], CLIENT),
        # Two proxies in a row.
        ("10.0.0.1", [f"{MADE_UP},{CLIENT}, 10.0.0.2"], CLIENT),
        # A client inside the trusted network is named all the same.
        ("10.0.0.1", ["10.3.3.3"], "10.3.3.3"),
        # What is no address ends the reading; nothing to the left of it counts.
        ("10.0.0.1", [f"{CLIENT}, unknown"], "10.0.0.1"),
        ("10.0.0.1", [f"{CLIENT}, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [f"{CLIENT},"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [f"{CLIENT}:51000"], CLIENT),
        ("10.0.0.1", ["[2001:db8:2::7]:443"], "2001:db8:2::7"),
        ("10.0.0.1", ["2001:DB8:2:0::7"], "2001:db8:2::7"),
        ("10.0.0.1", [f"::ffff:{CLIENT}"], CLIENT),
        ("::ffff:10.0.0.1", [CLIENT], CLIENT),
        ("2001:db8:1::1", [CLIENT], CLIENT),
        # Over a Unix socket there is no peer's address; granian gives an empty text.
        (None, [CLIENT], CLIENT),
        ("", [f"{MADE_UP}, {CLIENT}"], CLIENT),
        # Anybody else may write what they like.
        (CLIENT, [MADE_UP], CLIENT),
        (CLIENT, ["10.0.0.1"], CLIENT),
    ],
)
def test_the_list_is_read_from_the_right(peer: str | None, values: list[str], expected: str) -> None:
    assert expected == PROXIES.client(scope(peer, *values))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"for={CLIENT};proto=https;by=10.0.0.1", CLIENT),
        (f'for={MADE_UP}, For="{CLIENT}:4711"', CLIENT),
        ('proto=https; for="[2001:db8:2::7]:4711"', "2001:db8:2::7"),
        (f'for={MADE_UP}, for="_hidden"', "10.0.0.1"),
        (f"for={MADE_UP}, by=10.0.0.1", "10.0.0.1"),
        (f'host="for={MADE_UP}"', "10.0.0.1"),
    ],
)
def test_forwarded_is_read_as_its_standard_says(value: str, expected: str) -> None:
    proxies = TrustedProxies("10.0.0.1", "forwarded")
    assert expected == proxies.client(scope("10.0.0.1", value, header="forwarded"))


def test_the_header_that_the_proxy_does_not_set_is_ignored() -> None:
    forged = scope("10.0.0.1", f"for={MADE_UP}", header="forwarded")
    assert "10.0.0.1" == PROXIES.client(forged)


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    nobody = TrustedProxies("")
    assert CLIENT == nobody.client(scope(CLIENT, MADE_UP))
    assert "" == nobody.client(scope(None, MADE_UP))
    assert "127.0.0.1" == TrustedProxies("unix").client(scope("127.0.0.1", MADE_UP))


_TEXT = st.one_of(
    st.ip_addresses().map(str), st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=20)
)


@given(st.lists(_TEXT, max_size=5), st.booleans())
def test_nothing_that_a_client_writes_changes_what_the_proxy_saw(written: list[str], apart: bool) -> None:
    values = [*written, CLIENT] if apart else [", ".join([*written, CLIENT])]
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in values]
    assert CLIENT == PROXIES.client({"headers": headers, "client": ("10.0.0.1", 1)})


def test_a_proxy_that_nobody_named_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(trusted_proxies="10.0.0.0/8")
    for peer in ("10.0.0.1", "8.8.8.8", "192.168.7.9", "192.168.7.9"):
        warn_of_unnamed_proxy(scope(peer, CLIENT), settings)
    warn_of_unnamed_proxy(scope("192.168.7.10"), settings)
    (warning,) = caplog.records
    assert "192.168.7.9" in warning.getMessage()


def test_a_customer_counts_as_one_network() -> None:
    assert CLIENT == network_of(CLIENT)
    assert network_of("2001:db8:2:3::1") == network_of("2001:db8:2:3:ffff::9") != network_of("2001:db8:2:4::1")
    assert "" == network_of("")


@pytest.mark.parametrize("value", ["10.0.0.0/33", "proxy.example", "10.0.0.1/8"])
def test_a_proxy_that_is_no_network_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"HOMEROOM_TRUSTED_PROXIES": value})
    assert "HOMEROOM_TRUSTED_PROXIES" == caught.value.variable


APPLICATION = """
import json
from homeroom.client_address import client_address
from homeroom.settings import Settings
def make():
    settings = Settings.load()
    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(client_address(scope, settings)).encode()})
    return application
"""


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
@pytest.mark.parametrize(("trusted", "expected"), [("", "127.0.0.1"), ("127.0.0.0/8", CLIENT)])
def test_both_servers_leave_the_header_to_the_setting(server: Any, trusted: str, expected: str, tmp_path: Path) -> None:
    name = f"telling_{secrets.token_hex(4)}"
    (tmp_path / f"{name}.py").write_text(APPLICATION)
    settings = Settings(port=free_port("127.0.0.1"), workers=1, server=server, trusted_proxies=trusted)
    with ProcessGroup(stop_timeout=5) as group:
        environment = os.environ | settings.environment() | {"PYTHONPATH": str(tmp_path)}
        group.start("server", command(f"{name}:make"), environment)
        wait_until_ready("127.0.0.1", settings.port, seconds=900, check=group.check)
        group.at_work = True
        answer = httpx.get(f"http://127.0.0.1:{settings.port}/", headers={"X-Forwarded-For": f"{MADE_UP}, {CLIENT}"})
        assert expected == json.loads(answer.content)
