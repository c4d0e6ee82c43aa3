"""Mails with a one-time code, while no server is set or it takes none: what was asked for waits, a code never does."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from bulletin.acting import School, work
from bulletin.links import code_in
from bulletin.post_office import PostOffice

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_tenants.invitations import resume_invitations

PHRASE = "con chim xanh hót trên cành cây"
INVITE = """mutation($address: String!, $days: Int) {
  inviteAccount(input: {address: $address, roles: ["porter"], days: $days}) {
    invitation { id } errors { code field }
  }
}"""
REVOKE = "mutation($ids: [ID!]!) { revokeInvitations(input: {invitations: $ids}) { errors { code } } }"
LIST = "{ invitations { nodes { id mailState mailError mailedAt } } }"
NO_SERVER = "no mail server is set"


async def invite(office: Client, days: int = 14) -> str:
    """Invite somebody new; gives the address."""
    to = f"{secrets.token_hex(4)}@mail.example"
    assert [] == (await office.gql(INVITE, address=to, days=days))["inviteAccount"]["errors"]
    return to


async def only(office: Client) -> dict[str, Any]:
    """The one invitation that there is."""
    (found,) = (await office.gql(LIST))["invitations"]["nodes"]
    return dict(found)


async def resume(host: Host, school: School) -> int:
    """What the calendar brings every hour; gives how many went on their way."""
    async with host.database.transaction(school.space.id) as transaction:
        caller = host.system_caller(school.space, login="schedule", via="job")
        context = Context(host, caller, transaction, AuditTrail("schedule"), host.clock())
        resumed: int = await context.run_job(resume_invitations, {})
    await work(host, school.space)
    return resumed


async def member(school: School) -> tuple[str, str]:
    """Somebody with an address; gives login and address."""
    login, address = f"test-{secrets.token_hex(6)}", f"{secrets.token_hex(4)}@mail.example"
    account = await school.host.directory.create_account(login=login, name="Mai", password="correct horse battery")
    await school.host.database.call("homeroom.set_address($1, $2)", account, address)
    await school.host.directory.add_member(school.space.id, account, roles=["porter"])
    return login, address


async def test_an_invitation_waits_for_a_server_and_no_code_lies_about(
    board: Host, posting: Host, ours: School, theirs: School, people: People, visitors: People, post_office: PostOffice
) -> None:
    office = await people(ours.space, "admin")
    to = await invite(office)
    await work(board, ours.space)
    found = await only(office)
    assert ("HELD", NO_SERVER, None) == tuple(found[each] for each in ("mailState", "mailError", "mailedAt"))
    assert [{"digest": None}] == await ours.rows("SELECT digest FROM invitation")
    assert 0 == await resume(board, ours)
    assert "HELD" == (await only(office))["mailState"]
    assert (0, 1) == (await resume(posting, theirs), await resume(posting, ours))
    code = code_in(post_office.mails_to(to)[0], "invitation", ours.space.slug)
    found = await only(office)
    assert ("SENT", None, True) == (found["mailState"], found["mailError"], found["mailedAt"] is not None)
    accepted = await visitors.visitor(ours.space).http.post(
        "/auth/invitation/accept", json={"code": code, "name": "Mai", "password": PHRASE}
    )
    assert 204 == accepted.status_code
    assert (0, 1) == (await resume(posting, ours), len(post_office.took))


async def test_one_that_ended_or_was_withdrawn_meanwhile_does_not_go(
    board: Host, posting: Host, ours: School, people: People, post_office: PostOffice
) -> None:
    office = await people(ours.space, "admin")
    await invite(office, days=1)
    await invite(office)
    await work(board, ours.space)
    late, withdrawn = (await office.gql(LIST))["invitations"]["nodes"][::-1]
    async with board.database.transaction(ours.space.id) as transaction:
        gone = board.clock() - timedelta(seconds=1)
        late_id = late["id"].partition("_")[2]
        await transaction.execute("UPDATE invitation SET expires_at = $1 WHERE id = $2::uuid", gone, late_id)
    assert [] == (await office.gql(REVOKE, ids=[withdrawn["id"]]))["revokeInvitations"]["errors"]
    assert (0, []) == (await resume(posting, ours), post_office.took)


async def test_the_office_sees_why_a_mail_cannot_go(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    office = await visitors(ours.space, "admin")
    to = f"{secrets.token_hex(4)}@mail.example"
    post_office.answers[to] = "550 5.1.1 nobody of that name"
    await office.gql(INVITE, address=to)
    await work(posting, ours.space)
    found = await only(office)
    assert ("FAILED", "the mail server said 550: 5.1.1 nobody of that name") == (
        found["mailState"], found["mailError"],
    )  # fmt: skip
    assert (0, []) == (await resume(posting, ours), post_office.took)
    assert [{"digest": None}] == await ours.rows("SELECT digest FROM invitation")


async def test_a_server_that_is_unavailable_for_longer_than_a_job_waits_loses_no_invitation(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    office = await visitors(ours.space, "admin")
    to = f"{secrets.token_hex(4)}@mail.example"
    post_office.answers[to] = "451 later"
    await office.gql(INVITE, address=to)
    await work(posting, ours.space)
    found = await only(office)
    assert ("QUEUED", "the mail server said 451: later") == (found["mailState"], found["mailError"])
    assert 0 == await resume(posting, ours)  # its own job is at it still
    async with posting.database.transaction(ours.space.id) as transaction:
        await transaction.execute("UPDATE job SET attempts = 19 WHERE name = 'tenants.mail.invitation'")
    await work(posting, ours.space, retry=True)
    assert [{"state": "failed"}] == await ours.rows("SELECT state FROM job WHERE name = 'tenants.mail.invitation'")
    post_office.answers.clear()
    assert 1 == await resume(posting, ours)
    assert ("SENT", 1) == ((await only(office))["mailState"], len(post_office.mails_to(to)))


async def test_a_lost_password_waits_for_a_server_no_matter_who_asks(
    board: Host, posting: Host, ours: School, people: People, visitors: People, post_office: PostOffice
) -> None:
    login, address = await member(ours)
    visitor = people.visitor(ours.space)
    for each in (login, "nobody-" + secrets.token_hex(4)):
        assert 204 == (await visitor.http.post("/auth/forgotten", json={"login": each})).status_code
    await work(board, ours.space)
    # Nothing tells which of the two there is.
    waiting = {"state": "retrying", "error": "Chưa có máy chủ thư nào được cài đặt.", "result": None}
    assert [waiting] * 2 == await ours.rows("SELECT state, error, result FROM job")
    await work(posting, ours.space, retry=True)
    ((to, mail),) = post_office.took
    assert address == to
    code = code_in(mail, "reset", ours.space.slug)
    answer = await visitors.visitor(ours.space).http.post("/auth/reset", json={"code": code, "new": PHRASE})
    assert 204 == answer.status_code


async def test_what_was_asked_for_too_long_ago_does_not_go_any_more(
    board: Host, posting: Host, ours: School, people: People, post_office: PostOffice
) -> None:
    login, _ = await member(ours)
    await people.visitor(ours.space).http.post("/auth/forgotten", json={"login": login})
    client = await people(ours.space, "porter")
    assert (
        204
        == (
            await client.http.post("/auth/address", json={"address": "an@mail.example", "password": client.password})
        ).status_code
    )
    await work(board, ours.space)
    clock = posting.clock
    posting.clock = lambda: clock() + timedelta(hours=2)
    await work(posting, ours.space, retry=True)
    # The proof of an address is good for a day.
    assert ["an@mail.example"] == [to for to, _ in post_office.took]
    assert [{"state": "succeeded", "error": None}] * 2 == await ours.rows("SELECT state, error FROM job")


async def test_what_a_server_says_about_an_address_is_not_kept_with_the_job(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    login, address = await member(ours)
    post_office.answers[address] = f"451 <{address}> is busy"
    await visitors.visitor(ours.space).http.post("/auth/forgotten", json={"login": login})
    await work(posting, ours.space)
    (job,) = await ours.rows("SELECT state, error FROM job")
    assert {"state": "retrying", "error": "Máy chủ thư hiện không nhận thư."} == job
