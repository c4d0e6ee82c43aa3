"""What is signed, what matches, and where messages may go."""

from __future__ import annotations

from ipaddress import ip_address
from uuid import UUID

import pytest
from hearing.receiver import verify
from hypothesis import given
from hypothesis import strategies as st

from homeroom.webhooks.rules import DELAYS, allowed, matches, networks_of, secret_of, signature, signed_headers

SPACE, ENDPOINT = UUID(int=1), UUID(int=2)


def test_the_published_example() -> None:
    """From the test suites of the reference libraries of Standard Webhooks."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == made


@given(key=st.binary(min_size=32), body=st.binary(), timestamp=st.integers(0, 2**40), other=st.binary(min_size=1))
def test_anyone_who_has_a_secret_can_prove_a_message_and_no_other(
    key: bytes, body: bytes, timestamp: int, other: bytes
) -> None:
    secrets = [secret_of(key, SPACE, ENDPOINT, version) for version in (2, 1)]
    headers = dict(signed_headers(secrets, "msg_1", timestamp, body))
    assert [1, 1] == [verify(each, headers, body) for each in secrets]
    assert 0 == verify(secrets[0], headers, body + other)
    for stranger in (
        secret_of(key, ENDPOINT, ENDPOINT, 2),
        secret_of(key, SPACE, SPACE, 2),
        secret_of(key, SPACE, ENDPOINT, 3),
    ):
        assert 0 == verify(stranger, headers, body)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "school.campus.add", True),
        ("school.*", "school.campus.add", True),
        ("school.*", "schools.campus.add", False),
        ("school.campus.add", "school.campus.add", True),
        ("school.campus", "school.campus.add", False),
        ("school.campus_*", "school.campus_x", False),
        ("s%", "school", False),
        ("", "", False),
    ],
)
def test_patterns(pattern: str, name: str, expected: bool) -> None:
    assert expected == matches(pattern, name)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::", "2001::1", "fec0::1", "::",
    ],
)  # fmt: skip
def test_addresses_within_are_refused(address: str) -> None:
    assert not allowed(ip_address(address), (), encrypted=True)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_reached_by_https_alone(address: str) -> None:
    assert allowed(ip_address(address), (), encrypted=True)
    assert not allowed(ip_address(address), (), encrypted=False)


def test_networks_of_the_operators_own_are_reached() -> None:
    own = networks_of("10.1.0.0/16, fd00::/8")
    for address, expected in (("10.1.2.3", True), ("10.2.0.1", False), ("fd00::1", True), ("::ffff:10.1.2.3", True)):
        assert expected == allowed(ip_address(address), own, encrypted=False)


def test_it_is_tried_for_about_three_days() -> None:
    assert 3 <= sum(DELAYS) / 86_400 <= 3.5
    assert sorted(DELAYS) == list(DELAYS)
