"""Invitations: nothing comes of one before it is accepted, by its holder, here, in time and once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from bulletin.acting import School, registry, work
from bulletin.links import code_in
from bulletin.post_office import PostOffice

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_tenants.passwords import Passwords

PHRASE = "con chim xanh hót trên cành cây"
INVITE = """mutation($address: String!, $roles: [String!]!, $days: Int) {
  inviteAccount(input: {address: $address, roles: $roles, days: $days}) {
    invitation { id address roles invitedBy mailedAt acceptedAt revokedAt } errors { code field }
  }
}"""
REVOKE = """mutation($ids: [ID!]!) {
  revokeInvitations(input: {invitations: $ids}) { invitations { revokedAt } errors { code field row } }
}"""
LIST = "{ invitations { nodes { id address mailedAt acceptedAt revokedAt } } }"


async def invited(
    here: School, office: Client, post_office: PostOffice, *roles: str, address: str | None = None
) -> tuple[str, str]:
    """Somebody's address and the code that went there."""
    to = address or f"{secrets.token_hex(4)}@mail.example"
    answer = (await office.gql(INVITE, address=to, roles=list(roles)))["inviteAccount"]
    assert [] == answer["errors"]
    await work(here.host, here.space)
    return to, code_in(post_office.mails_to(to)[-1], "invitation", here.space.slug)


async def accept(client: Client, code: str, **more: Any) -> httpx.Response:
    return await client.http.post("/auth/invitation/accept", json={"code": code, **more})


async def roles_of(client: Client, school: School) -> list[str]:
    """What somebody who is signed in is in a school."""
    spaces = (await client.http.get("/auth/session")).json()["spaces"]
    return [role for each in spaces if each["slug"] == school.space.slug for role in each["roles"]]


@pytest.fixture
def here(posting: Host, ours: School) -> School:
    """A school where mail is sent."""
    return School(posting, ours.space)


async def test_somebody_new_makes_an_account(here: School, visitors: People, post_office: PostOffice) -> None:
    office = await visitors(here.space, "admin")
    to, code = await invited(here, office, post_office, "porter")
    assert await here.host.database.call("homeroom.account_of($1)", to) is None
    newcomer = visitors.visitor(here.space)
    offered = (await newcomer.http.post("/auth/invitation", json={"code": code})).json()
    assert (here.space.name, to, ["porter"]) == (offered["school"], offered["address"], offered["roles"])
    assert offered["titles"]
    bad = await accept(newcomer, code, name="Mai", password="short")
    assert (422, "password") == (bad.status_code, bad.json()["errors"][0]["field"])
    assert 204 == (await accept(newcomer, code, name="Mai", password=PHRASE)).status_code
    await newcomer.sign_in(to, PHRASE)
    assert ["porter"] == await roles_of(newcomer, here)
    assert to == (await newcomer.http.get("/auth/address")).json()["email"]
    assert 401 == (await accept(newcomer, code, name="Mai", password=PHRASE)).status_code
    (listed,) = (await office.gql(LIST))["invitations"]["nodes"]
    assert (True, True) == (listed["mailedAt"] is not None, listed["acceptedAt"] is not None)


async def test_who_has_an_account_joins_with_it_and_loses_nothing(
    here: School, theirs: School, visitors: People, post_office: PostOffice
) -> None:
    office = await visitors(here.space, "admin")
    guest = await visitors(here.space, "clerk")
    _, code = await invited(here, office, post_office, "porter")
    assert 204 == (await accept(guest, code)).status_code
    assert ["clerk", "porter"] == await roles_of(guest, here)
    assert [] == await roles_of(guest, theirs)


async def test_the_office_learns_nothing_of_other_peoples_accounts(
    here: School, theirs: School, visitors: People, post_office: PostOffice
) -> None:
    office = await visitors(here.space, "admin")
    there = School(here.host, theirs.space)
    elsewhere = await visitors(there.space, "admin")
    known, code = await invited(there, elsewhere, post_office, "porter")
    owner = visitors.visitor(there.space)
    assert 204 == (await accept(owner, code, name="Mai", password=PHRASE)).status_code
    unknown = f"{secrets.token_hex(4)}@mail.example"
    answers = []
    for to in (known, unknown):
        made = (await office.gql(INVITE, address=to, roles=["porter"]))["inviteAccount"]
        answers.append({**made["invitation"], "id": "", "address": ""})
        assert [] == made["errors"]
    assert answers[0] == answers[1]
    await work(here.host, here.space)
    # The account has nothing to do with this school until its owner says so, and a new one cannot take its name.
    await owner.sign_in(known, PHRASE)
    assert [] == await roles_of(owner, here)
    fresh = code_in(post_office.mails_to(known)[-1], "invitation", here.space.slug)
    stranger = visitors.visitor(here.space)
    assert 401 == (await accept(stranger, fresh, name="Mallory", password=PHRASE)).status_code
    at_ours = await visitors.visitor(here.space).sign_in(known, PHRASE)
    assert 204 == (await accept(at_ours, fresh)).status_code
    assert ["porter"] == await roles_of(at_ours, here)


async def test_a_code_is_good_at_its_own_school_alone(
    here: School, theirs: School, visitors: People, post_office: PostOffice
) -> None:
    _, code = await invited(here, await visitors(here.space, "admin"), post_office, "porter")
    elsewhere = visitors.visitor(theirs.space)
    assert 401 == (await elsewhere.http.post("/auth/invitation", json={"code": code})).status_code
    assert 401 == (await accept(elsewhere, code, name="Mai", password=PHRASE)).status_code
    assert 204 == (await accept(visitors.visitor(here.space), code, name="Mai", password=PHRASE)).status_code


async def test_one_that_is_too_old_withdrawn_or_replaced_is_worth_nothing(
    here: School, visitors: People, post_office: PostOffice
) -> None:
    office, visitor = await visitors(here.space, "admin"), visitors.visitor(here.space)
    to, old = await invited(here, office, post_office, "porter")
    _, newer = await invited(here, office, post_office, "porter", address=to)
    assert 401 == (await accept(visitor, old, name="Mai", password=PHRASE)).status_code
    (open_one,) = [each["id"] for each in (await office.gql(LIST))["invitations"]["nodes"] if each["revokedAt"] is None]
    assert [] == (await office.gql(REVOKE, ids=[open_one]))["revokeInvitations"]["errors"]
    assert 401 == (await accept(visitor, newer, name="Mai", password=PHRASE)).status_code
    _, late = await invited(here, office, post_office, "porter")
    async with here.host.database.transaction(here.space.id) as transaction:
        await transaction.execute("UPDATE invitation SET expires_at = $1", here.host.clock() - timedelta(seconds=1))
    assert 401 == (await accept(visitor, late, name="Mai", password=PHRASE)).status_code
    assert 401 == (await accept(visitor, "hri_nonsense", name="Mai", password=PHRASE)).status_code


async def test_an_accepted_one_is_not_withdrawn(here: School, visitors: People, post_office: PostOffice) -> None:
    office = await visitors(here.space, "admin")
    _, code = await invited(here, office, post_office, "porter")
    assert 204 == (await accept(visitors.visitor(here.space), code, name="Mai", password=PHRASE)).status_code
    (made,) = (await office.gql(LIST))["invitations"]["nodes"]
    refused = (await office.gql(REVOKE, ids=[made["id"]]))["revokeInvitations"]
    assert [{"code": "INVALID", "field": "invitations", "row": 0}] == refused["errors"]


async def test_nobody_gives_more_power_than_they_have(
    here: School, theirs: School, visitors: People, post_office: PostOffice
) -> None:
    clerk, porter = await visitors(here.space, "clerk"), await visitors(here.space, "porter")
    for roles, field in ((["admin"], "roles"), (["porter", "admin"], "roles"), (["king"], "roles"), ([], "roles")):
        refused = (await clerk.gql(INVITE, address="a@mail.example", roles=roles))["inviteAccount"]
        assert [field] == [each["field"] for each in refused["errors"]]
    for address in ("nobody", "a@mail.example\r\nBcc: b@mail.example"):
        refused = (await clerk.gql(INVITE, address=address, roles=["porter"]))["inviteAccount"]
        assert [{"code": "BAD_FORMAT", "field": "address"}] == refused["errors"]
    days = (await clerk.gql(INVITE, address="a@mail.example", roles=["porter"], days=61))["inviteAccount"]
    assert [{"code": "OUT_OF_RANGE", "field": "days"}] == days["errors"]
    assert [] == (await clerk.gql(INVITE, address="a@mail.example", roles=["porter"]))["inviteAccount"]["errors"]
    assert ["FORBIDDEN"] == await porter.refused(INVITE, address="a@mail.example", roles=["porter"])
    assert ["FORBIDDEN"] == await porter.refused(LIST)
    other = await visitors(theirs.space, "admin")
    assert [] == (await other.gql(LIST))["invitations"]["nodes"]


async def test_anyone_who_chooses_a_password_keeps_no_connection_waiting(
    here: School,
    visitors: People,
    post_office: PostOffice,
    full_cost: Mapping[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While many passwords are hashed, an installation with a single connection answers others all the same."""
    monkeypatch.setattr(Passwords, "cost", full_cost)
    _, code = await invited(here, await visitors(here.space, "admin"), post_office, "porter")
    settings = msgspec.structs.replace(here.host.settings, database_pool=1, password_hashers=1)
    narrow = build_host(settings, registry())
    await narrow.open()
    crowd = People(narrow, create_app(narrow))
    try:
        passwords = narrow.directory.passwords  # type: ignore[attr-defined]
        queue = [asyncio.create_task(passwords.hash(f"{PHRASE} {number}")) for number in range(25)]
        joining = asyncio.create_task(accept(crowd.visitor(here.space), code, name="Mai", password=PHRASE))
        answered = 0
        while not joining.done():
            await narrow.database.read("SELECT 1")
            answered += 1
            await asyncio.sleep(0)
        assert 204 == (await joining).status_code
        assert 20 < answered
        await asyncio.gather(*queue)
    finally:
        await crowd.close()
        await narrow.close()


async def test_the_code_is_written_nowhere(here: School, visitors: People, post_office: PostOffice) -> None:
    _, code = await invited(here, await visitors(here.space, "admin"), post_office, "porter")
    for table in ("invitation", "job", "audit_line", "audit_entry", "notice_delivery"):
        rows = await here.rows(f"SELECT t::text AS text FROM {table} t")
        assert [] == [row for row in rows if code in row["text"]]
