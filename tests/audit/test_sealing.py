"""Sealing: nothing is missed, nothing sealed twice, and nobody is accused who did nothing."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sealed_office import Office

from homeroom.audit.erasing import erase_audit
from homeroom.audit.sealing import Sealer
from homeroom.callers import Space
from homeroom.errors import Refusal
from homeroom_school.commands.structure import create_subject


async def test_each_entry_is_sealed_once(office: Office) -> None:
    await office.work(2)
    done = await office.seal()
    assert (1, 4, 4, False) == (done.spaces, done.entries, done.lines, done.busy)
    assert 0 == (await office.seal()).entries
    (counts,) = await office.fetch("SELECT (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM audit_seal)")
    assert counts[0] == counts[1]
    report = await office.verify()
    assert ([], counts[0], 0) == (report.faults, report.entries, report.waiting)


async def test_what_is_committed_late_is_sealed_late(office: Office) -> None:
    """A long transaction begins before others that are sealed before it ends."""
    written, go_on = asyncio.Event(), asyncio.Event()
    caller = office.host.system_caller(office.space)

    async def dawdle() -> None:
        async with office.host.database.transaction(office.space.id):
            await office.host.execute(caller, create_subject, code="LATE", title="Late")
            written.set()
            await go_on.wait()

    task = asyncio.create_task(dawdle())
    await written.wait()
    await office.work(2)
    assert 4 == (await office.seal()).entries
    assert [] == (await office.verify()).faults
    go_on.set()
    await task
    report = await office.verify()
    assert ([], 1) == (report.faults, report.waiting)
    assert 1 == (await office.seal()).entries
    report = await office.verify()
    assert ([], 0) == (report.faults, report.waiting)


async def test_sealing_and_verifying_go_on_while_people_work(office: Office) -> None:
    busy = True
    caller = office.host.system_caller(office.space)

    async def person(name: str) -> None:
        for number in range(20):
            await office.host.execute(caller, create_subject, code=f"{name}{number}", title="Weaving")

    async def sealer() -> int:
        sealed = 0
        while busy:
            sealed += (await office.seal()).entries
            await asyncio.sleep(0)
        return sealed

    async def verifier() -> int:
        rounds = 0
        while busy:
            assert [] == (await office.verify()).faults
            rounds += 1
        return rounds

    async def people() -> None:
        nonlocal busy
        try:
            await asyncio.gather(*(person(name) for name in "ABCD"))
        finally:
            busy = False

    first, second, rounds, _ = await asyncio.gather(sealer(), sealer(), verifier(), people())
    assert rounds > 0
    last = (await office.seal()).entries
    assert 80 == first + second + last
    report = await office.verify()
    assert ([], 0) == (report.faults, report.waiting)


async def test_one_sealer_is_at_work_at_a_time(office: Office) -> None:
    done = await asyncio.gather(*(Sealer(office.host, office.files).run([office.space]) for _ in range(4)))
    assert any(not each.busy for each in done)
    await office.work()
    done = await asyncio.gather(*(Sealer(office.host, office.files).run([office.space]) for _ in range(4)))
    assert 2 == sum(each.entries for each in done)
    assert [] == (await office.verify()).faults


async def test_values_are_taken_away_and_the_chain_holds(office: Office) -> None:
    (kept,) = await office.work()
    (gone,) = await office.work()
    await office.seal()
    caller = office.host.system_caller(office.space)
    # Two lines, and the entry that keeps a reason, which may speak of the row.
    assert 3 == await office.host.execute(caller, erase_audit, row=gone, reason="The family asked for it")
    reasons = (
        "SELECT e.reason FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id WHERE l.row_id = $1 ORDER BY e.at"
    )
    assert [None, None] == [row["reason"] for row in await office.fetch(reasons, gone)]
    assert [None, "a better word"] == [row["reason"] for row in await office.fetch(reasons, kept)]
    lines = await office.fetch("SELECT * FROM audit_line WHERE row_id = $1", gone)
    assert [(None, None)] * 2 == [(line["old_values"], line["new_values"]) for line in lines]
    (seal,) = await office.fetch("SELECT line_salts FROM audit_seal WHERE id = $1", lines[0]["entry_id"])
    assert bytes(16) == seal["line_salts"]
    for line in await office.fetch("SELECT * FROM audit_line WHERE row_id = $1", kept):
        assert line["new_values"] is not None
    report = await office.verify()
    assert ([], 3) == (report.faults, report.erased)
    await office.seal()
    (stone,) = await office.fetch(
        "SELECT e.login, e.reason, e.at FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id"
        " WHERE l.noun = 'audit_erasure'"
    )
    assert ("system", "The family asked for it") == (stone["login"], stone["reason"])
    assert ([], 3) == ((await office.verify()).faults, (await office.verify()).erased)


async def test_what_is_older_than_the_period_of_retention_is_removed_as_a_whole(office: Office) -> None:
    caller, before = office.host.system_caller(office.space), office.host.clock()
    await office.work()
    await office.seal()
    assert await office.host.execute(caller, erase_audit, before=before, reason="Ten years have passed") > 4
    # Tombstones stay: a second time there is nothing left to take.
    await office.seal()
    assert 0 == await office.host.execute(caller, erase_audit, before=before, reason="Ten years have passed")
    (left,) = await office.fetch("SELECT count(*) FROM audit_entry WHERE at < $1 AND login <> ''", before)
    assert 0 == left[0]
    await office.seal()
    report = await office.verify()
    assert [] == report.faults
    assert report.erased > 4


async def test_erasing_wants_to_know_what_and_why(office: Office) -> None:
    caller = office.host.system_caller(office.space)
    for arguments in ({"reason": "because"}, {"reason": " ", "row": UUID(int=1)}):
        with pytest.raises(Refusal):
            await office.host.execute(caller, erase_audit, **arguments)


async def test_a_round_visits_the_spaces_with_new_entries_alone(
    office: Office, school_b: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[str] = []
    seal = Sealer._space

    async def seen(self: Sealer, space: Space, *args: Any) -> Any:
        visited.append(space.slug)
        return await seal(self, space, *args)

    monkeypatch.setattr(Sealer, "_space", seen)
    sealer = Sealer(office.host, office.files)
    await sealer.run()
    assert {office.space.slug, school_b.slug} <= {*visited}  # nobody knows what was before
    visited.clear()
    await sealer.run()
    visited.clear()
    assert 0 == (await sealer.run()).entries
    assert [] == visited
    await office.work()
    assert 2 == (await sealer.run()).entries
    assert [office.space.slug] == visited
    assert 0 == (await office.verify()).waiting
