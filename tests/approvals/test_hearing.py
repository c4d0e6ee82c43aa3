"""Who is notified of a request: at once by subscription, and in the mail of the day."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from acting import ask, codes, row, run_job

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.notices.delivering import digest
from homeroom.testing.serving import served, socket

sys.path.insert(0, str(Path(__file__).parent.parent / "notices"))  # its mail server is a plain module

from bulletin.acting import work
from bulletin.post_office import PostOffice

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTEN = "subscription { approvalChanged { id state } }"


async def test_a_request_is_received_by_those_who_ask_and_decide(east: Any, west: Any, office: Any) -> None:
    stranger = await east.more("teacher")
    async with (
        served(create_app(office)) as port,
        socket(east.teacher, port) as asking,
        socket(east.principal, port) as deciding,
        socket(stranger, port) as passing_by,
        socket(west.principal, port) as elsewhere,
    ):
        for client in (asking, deciding, passing_by, elsewhere):
            await client.subscribe("all", LISTEN)
            await client.ready()

        async def received(client: Any) -> tuple[str, str]:
            message = await client.hear()
            assert "next" == message["type"], message
            changed = message["payload"]["data"]["approvalChanged"]
            return changed["id"], changed["state"]

        (purchase,) = await ask(east.teacher, 10)
        (request,) = purchase["approvals"]["nodes"]
        for client in (asking, deciding):
            assert (request["id"], "PENDING") == await received(client)
        assert [] == await codes(east.principal, row(request))
        for client in (asking, deciding):
            assert request["id"] == (await received(client))[0]
        # Others hear of their own requests alone.
        (own,) = await ask(stranger, 10)
        (foreign,) = await ask(west.teacher, 10)
        for client, made in ((passing_by, own), (elsewhere, foreign)):
            assert made["approvals"]["nodes"][0]["id"] == (await received(client))[0]


async def test_requests_that_wait_are_in_the_mail_of_the_day(east: Any, office: Any) -> None:
    head = await east.more("principal")
    await office.database.call("homeroom.set_address($1, $2)", head.account, "head@mail.example")
    post_office = PostOffice()
    post_office.open()
    settings = msgspec.structs.replace(
        office.settings, mail_url=post_office.url, mail_from="office@schools.example", base_domain="schools.example"
    )
    posting = build_host(settings, office.registry)
    await posting.open()
    try:
        (purchase,) = await ask(east.teacher, 10)
        await work(posting, east.space)
        assert [] == [to for to, _ in post_office.took if to == "head@mail.example"]
        await run_job(posting, east.space, digest)
        await work(posting, east.space)
        ((_, mail),) = [each for each in post_office.took if each[0] == "head@mail.example"]
        assert "Chi tiêu" in mail.get_content()
        # What is decided meanwhile is in no mail.
        (later,) = await ask(east.teacher, 10)
        for made in (purchase, later):
            assert [] == await codes(head, row(made["approvals"]["nodes"][0]))
        await run_job(posting, east.space, digest)
        await work(posting, east.space)
        assert 1 == len([to for to, _ in post_office.took if to == "head@mail.example"])
    finally:
        await posting.close()
        post_office.close()
