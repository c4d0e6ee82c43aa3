"""Opaque secrets and the cookie that carries one."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom_tenants.lifetimes import (
    ABSOLUTE,
    COOKIE,
    IDLE,
    TOUCH,
    SessionTimes,
    clear_cookie,
    cookie_value,
    set_cookie,
)
from homeroom_tenants.tokens import TokenKind, digest, kind_of, new_token

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["session", "token", "handover"])
def test_a_token_is_256_bits_of_chance_and_says_what_it_is(kind: TokenKind) -> None:
    tokens = {new_token(kind) for _ in range(100)}
    assert 100 == len(tokens)
    assert {kind} == {kind_of(token) for token in tokens}
    assert {4 + 43} == {len(token) for token in tokens}  # 43 signs of Base64 hold 256 bits


def test_what_is_kept_is_not_the_secret() -> None:
    token = new_token("session")
    assert hashlib.sha256(token.encode()).digest() == digest(token)


@given(st.text(max_size=80))
def test_other_texts_are_no_tokens(text: str) -> None:
    assert kind_of(text) is None or len(text) == 47


def test_the_cookie_cannot_leave_its_host() -> None:
    name, *attributes = set_cookie("secret").split("; ")
    assert f"{COOKIE}=secret" == name
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} == set(attributes)
    assert "Max-Age=0" in clear_cookie()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("__Host-homeroom=abc", "abc"),
        ("theme=dark; __Host-homeroom=abc; x=y", "abc"),
        ("theme=dark", None),
        ("__Host-homeroom=", None),
        ("__host-homeroom=abc", None),
        ("X__Host-homeroom=abc", None),
        ("__Host-homeroom=abc; __Host-homeroom=def", None),
        ("", None),
    ],
)
def test_the_cookie_is_found_and_a_planted_second_one_spoils_it(header: str, expected: str | None) -> None:
    assert expected == cookie_value(header)


def test_a_session_ends_when_idle() -> None:
    times = SessionTimes(NOON, NOON)
    assert times.alive(NOON + IDLE - timedelta(seconds=1))
    assert not times.alive(NOON + IDLE)


def test_a_session_ends_however_busy_it_is() -> None:
    times = SessionTimes(NOON, NOON + ABSOLUTE - timedelta(minutes=1))
    assert times.alive(NOON + ABSOLUTE - timedelta(seconds=1))
    assert not times.alive(NOON + ABSOLUTE)
    assert timedelta(hours=12) == ABSOLUTE
    assert timedelta(hours=3) == IDLE


def test_use_is_written_down_now_and_then() -> None:
    times = SessionTimes(NOON, NOON)
    assert not times.wants_touch(NOON + TOUCH - timedelta(seconds=1))
    assert times.wants_touch(NOON + TOUCH)
