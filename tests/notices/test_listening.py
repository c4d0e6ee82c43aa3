"""Who listens is notified of the own notices as they come, and of nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from bulletin.acting import School
from bulletin.plugin import post_bulletin

from homeroom.app import create_app
from homeroom.host import Host
from homeroom.testing import People
from homeroom.testing.serving import served, socket
from homeroom_graphql.subscriptions.operation import Shown

LISTEN = "subscription { noticesArrived { subject todo } }"


async def test_each_is_notified_of_what_is_theirs(
    board: Host, ours: School, theirs: School, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = 0
    show = Shown.show

    async def counting(shown: Shown, *given: Any) -> bytes | None:
        nonlocal looked_up
        looked_up += 1
        return await show(shown, *given)

    monkeypatch.setattr(Shown, "show", counting)
    porter, clerk = await people(ours.space, "porter"), await people(ours.space, "clerk")
    stranger = await people(theirs.space, "porter")
    async with (
        served(create_app(board)) as port,
        socket(porter, port) as desk,
        socket(clerk, port) as counter,
        socket(stranger, port) as elsewhere,
    ):
        for client in (desk, counter, elsewhere):
            await client.subscribe("all", LISTEN)
            await client.ready()
        await ours.do(post_bulletin, title="For the porter", roles=["porter"])
        await theirs.do(post_bulletin, title="For the stranger", roles=["porter"])
        await ours.do(post_bulletin, title="For both", roles=["porter", "clerk"])
        expected = {
            desk: ["For the porter", "For both"],
            counter: ["For both"],
            elsewhere: ["For the stranger"],
        }
        for client, titles in expected.items():
            for title in titles:
                message = await client.hear()
                assert "next" == message["type"], message
                assert {"subject": title, "todo": False} == message["payload"]["data"]["noticesArrived"]
    # A notice costs nothing for those whom it does not concern: a statement for each that was shown.
    assert 4 == looked_up
