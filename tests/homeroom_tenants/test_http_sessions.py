"""Signing in and out, over HTTP."""

from __future__ import annotations

import pytest

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People

WHO = "{ __typename }"


async def test_a_session_opens_the_school_and_closes_again(school_a: Space, as_role: People) -> None:
    client = await as_role.newcomer(school_a)
    assert 200 == (await client.http.get("/auth/session")).status_code
    answer = await client.http.post("/auth/logout", json={})
    assert {"ended": 1} == answer.json()
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert 401 == (await client.http.get("/auth/session")).status_code
