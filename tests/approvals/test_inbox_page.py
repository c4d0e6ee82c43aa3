"""The inbox of requests in the browser."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from acting import ASK

pytestmark = pytest.mark.asyncio(loop_scope="session")

CSRF = {"X-Homeroom-CSRF": "1"}
RUN = "/run/approvals.inbox/decide"


async def test_requests_are_decided_in_the_inbox_and_each_that_cannot_be_is_named(east: Any, west: Any) -> None:
    titles = [secrets.token_hex(6) for _ in range(2)]
    made = await east.teacher.gql(ASK, rows=[{"title": each, "amount": "300"} for each in titles])
    first, second = (each["approvals"]["nodes"][0] for each in made["askForPurchases"]["purchases"])
    page = (await east.principal.http.get("/pages/approvals", headers={"Accept-Language": "vi"})).text
    for request in (first, second):
        assert f'data-id="{request["id"]}" data-seen="{request["seen"]}"' in page
    assert all(each in page for each in titles)
    assert titles[0] not in (await west.principal.http.get("/pages/approvals")).text
    rows = [
        {"approval": first["id"], "outcome": "APPROVE", "seen": first["seen"]},
        {"approval": second["id"], "outcome": "APPROVE", "seen": "what was there before"},
    ]
    answer = await east.principal.http.post(RUN, json={"rows": rows}, headers=CSRF)
    (error,) = answer.json()["data"]["decideApprovals"]["errors"]
    assert 1 == error["row"]
    page = (await east.principal.http.get("/pages/approvals")).text
    assert (False, True) == (titles[0] in page, titles[1] in page)
