"""The mail of a day: what is unread since the last one, once, and nothing if that is nothing."""

from __future__ import annotations

from uuid import UUID

from bulletin.acting import School, work
from bulletin.plugin import gossip
from bulletin.post_office import PostOffice

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.host import Host
from homeroom.notices.delivering import digest


async def _morning(here: School) -> None:
    async with here.host.database.transaction(here.space.id) as transaction:
        caller = here.host.system_caller(here.space, login="schedule", via="job")
        context = Context(here.host, caller, transaction, AuditTrail("schedule"), here.host.clock())
        await context.enqueue(digest)
    await work(here.host, here.space)


async def _wants_a_digest(here: School, account: UUID, kind: str = "bulletin.gossip") -> None:
    async with here.host.database.transaction(here.space.id) as transaction:
        await transaction.execute(
            "INSERT INTO notice_preference (id, account_id, kind, mode) VALUES (gen_random_uuid(), $1, $2, 'digest')",
            account,
            kind,
        )


async def test_a_day_is_one_mail(posting: Host, ours: School, theirs: School, post_office: PostOffice) -> None:
    here, there = School(posting, ours.space), School(posting, theirs.space)
    account = await here.member("porter", address="an@mail.example")
    await _wants_a_digest(here, account)
    await here.member("porter", address="inbox@mail.example")
    foreign = await there.member("porter", address="foreign@mail.example")
    await _wants_a_digest(there, foreign)
    for _ in range(3):
        await here.do(gossip, roles=["porter"])
    await work(posting, here.space)
    assert [] == post_office.took
    await _morning(here)
    ((to, mail),) = post_office.took
    assert "an@mail.example" == to
    assert f"{here.space.name}: thông báo chưa đọc: 3" == mail["Subject"]
    assert 3 == mail.get_content().count("- Có người nói gì đó")
    # Nothing new: nothing more, today or when the day's job comes twice.
    await _morning(here)
    assert 1 == len(post_office.took)
    await _morning(there)
    assert 1 == len(post_office.took)


async def test_what_was_read_is_not_reported(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = School(posting, ours.space)
    account = await here.member("porter", address="an@mail.example")
    await _wants_a_digest(here, account)
    await here.do(gossip, roles=["porter"])
    async with posting.database.transaction(here.space.id) as transaction:
        await transaction.execute("UPDATE notice SET read_at = now()")
    await _morning(here)
    assert [] == post_office.took
    assert [] == await here.rows("SELECT id FROM notice_delivery")
