"""A round is on the lists of those who teach in it, and on nobody else's, until it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.testing import Client
from homeroom.worker.runner import JobRunner
from homeroom_gradebook.commands.rounds import close_entry_round, open_entry_round, reopen_entry_round
from homeroom_gradebook.jobs import settle_rounds

INBOX = '{ notices(filter: {kind: {eq: "gradebook.round_opened"}}) { nodes { subject about doneAt dueOn } } }'


async def _about(client: Client, entry_round: Any) -> list[dict[str, Any]]:
    nodes = (await client.gql(INBOX))["notices"]["nodes"]
    return [each for each in nodes if each["about"] == f"EntryRound_{entry_round}"]


async def _term(room: Any) -> Any:
    return (await room.fetch("SELECT t.id FROM term t ORDER BY t.number LIMIT 1"))[0]["id"]


async def test_teachers_are_asked_until_it_closes(room: Any, foreign_room: Any) -> None:
    teacher, student = await room.as_("teacher", room.teacher), await room.as_("student", room.students[0])
    stranger = await foreign_room.as_("teacher", foreign_room.teacher)
    made = await room.run(
        open_entry_round,
        title="Cuối kì",
        term=await _term(room),
        school_class=room.school_class,
        closes_at=datetime.now(UTC) + timedelta(days=400),
    )
    (asked,) = await _about(teacher, made)
    assert ("Nhập điểm: Cuối kì", None) == (asked["subject"], asked["doneAt"])
    assert asked["dueOn"] is not None
    assert ([], []) == (await _about(student, made), await _about(stranger, made))
    await room.run(close_entry_round, entry_round=made)
    assert (await _about(teacher, made))[0]["doneAt"] is not None
    await room.run(reopen_entry_round, entry_round=made, reason="Chấm lại")
    (again,) = await _about(teacher, made)
    assert again["doneAt"] is None
    await room.run(close_entry_round, entry_round=made)


async def test_a_round_that_ends_by_itself_leaves_the_lists(room: Any) -> None:
    teacher = await room.as_("teacher", room.teacher)
    made = await room.run(
        open_entry_round,
        title="Giữa kì",
        term=await _term(room),
        school_class=room.school_class,
        closes_at=datetime.now(UTC) + timedelta(days=400),
    )
    await _settle(room)
    assert (await _about(teacher, made))[0]["doneAt"] is None
    async with room.host.database.transaction(room.space.id) as transaction:
        await transaction.execute(
            "UPDATE entry_round SET opens_at = $2, closes_at = $3 WHERE id = $1",
            made,
            room.host.clock() - timedelta(hours=2),
            room.host.clock() - timedelta(hours=1),
        )
    await _settle(room)
    assert (await _about(teacher, made))[0]["doneAt"] is not None


async def _settle(room: Any) -> None:
    async with room.host.database.transaction(room.space.id) as transaction:
        caller = room.host.system_caller(room.space, login="schedule", via="job")
        context = Context(room.host, caller, transaction, AuditTrail("schedule"), room.host.clock())
        job = await context.enqueue(settle_rounds)
    await JobRunner(room.host).run(room.space.id, job)
