"""Entry rounds: marks are accepted while one is open that covers them, and refused otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_gradebook.commands.rounds import close_entry_round, open_entry_round, reopen_entry_round

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from homeroom.callers import Space

    Room = Any
    MakeRoom = Callable[..., Awaitable[Any]]

OPEN = """
mutation Open($input: OpenEntryRoundInput!) {
  openEntryRound(input: $input) { entryRound { id status title } errors { code field } }
}
"""
CLOSE = """
mutation Close($round: ID!) {
  closeEntryRound(input: {entryRound: $round}) { entryRound { status version } errors { code field } }
}
"""
REOPEN = """
mutation Reopen($round: ID!, $reason: String!) {
  reopenEntryRound(input: {entryRound: $round, reason: $reason}) {
    entryRound { status reason version } errors { code field }
  }
}
"""


@pytest.fixture
async def quiet(make_space: Callable[..., Awaitable[Space]], make_room: MakeRoom) -> Room:
    """A class in a school where no round was opened yet."""
    return await make_room(await make_space("vn"), "6A", grade=6, size=1)


async def refused(room: Room, subject: str = "toan", kind: str = "regular", term: int = 1) -> list[str]:
    """The codes with which a fresh mark is refused; none if it is taken."""
    column = room.column(subject, kind, term=term)
    found = await room.fetch("SELECT version FROM mark WHERE assessment_id = $1", column)
    row = MarkRow(room.students[0], column, "7" if not found else None, found[0]["version"] if found else None)
    try:
        await room.run(enter_marks, gradebook=room.books[subject], rows=[row])
    except Refusal as refusal:
        return [problem.code for problem in refusal.problems]
    return []


async def test_without_a_round_entry_is_refused(quiet: Room) -> None:
    assert ["ROUND_CLOSED"] == await refused(quiet)


async def test_a_round_is_opened_closed_and_opened_again_for_a_reason(quiet: Room) -> None:
    admin = await quiet.as_("admin")
    term = f"Term_{quiet.terms[1]}"
    opened = (await admin.gql(OPEN, input={"title": "End of term", "term": term}))["openEntryRound"]
    assert ("OPEN", []) == (opened["entryRound"]["status"], opened["errors"])
    number = opened["entryRound"]["id"]
    assert [] == await refused(quiet)
    assert ["ROUND_CLOSED"] == await refused(quiet, term=2)
    closed = (await admin.gql(CLOSE, round=number))["closeEntryRound"]
    assert {"status": "CLOSED", "version": 2} == closed["entryRound"]
    assert ["ROUND_CLOSED"] == await refused(quiet)
    blank = (await admin.gql(REOPEN, round=number, reason="  "))["reopenEntryRound"]
    assert [{"code": "REQUIRED", "field": "reason"}] == blank["errors"]
    again = (await admin.gql(REOPEN, round=number, reason="A class was ill"))["reopenEntryRound"]
    assert {"status": "OPEN", "reason": "A class was ill", "version": 3} == again["entryRound"]
    assert [] == await refused(quiet)
    twice = (await admin.gql(REOPEN, round=number, reason="Once more"))["reopenEntryRound"]
    assert [{"code": "INVALID", "field": "entryRound"}] == twice["errors"]
    audited = await quiet.fetch("SELECT reason FROM audit_entry WHERE command = 'gradebook.round.reopen'")
    assert [{"reason": "A class was ill"}] == audited


async def test_the_installation_may_reopen_a_round_too_and_say_why_in_the_audit(quiet: Room) -> None:
    number = await quiet.run(open_entry_round, title="Round", term=quiet.terms[1])
    await quiet.run(close_entry_round, entry_round=number)
    await quiet.run(reopen_entry_round, entry_round=number, reason="A class was ill", audit_reason="Letter of 3 May")
    assert [{"reason": "A class was ill"}] == await quiet.fetch("SELECT reason FROM entry_round")
    audited = await quiet.fetch("SELECT reason FROM audit_entry WHERE command = 'gradebook.round.reopen'")
    assert [{"reason": "Letter of 3 May"}] == audited


async def test_a_round_may_cover_one_kind_or_one_class(quiet: Room, make_room: MakeRoom) -> None:
    other = await make_room(quiet.space, "6B", grade=6, size=1)
    await quiet.run(
        open_entry_round, title="Mid-term", term=quiet.terms[1], kind="midterm", school_class=quiet.school_class
    )
    assert [] == await refused(quiet, kind="midterm")
    assert ["ROUND_CLOSED"] == await refused(quiet, kind="final")
    assert ["ROUND_CLOSED"] == await refused(other, kind="midterm")


async def test_a_round_begins_and_ends_by_the_clock(quiet: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    now = quiet.host.clock()
    await quiet.run(
        open_entry_round,
        title="Three days",
        term=quiet.terms[1],
        opens_at=now + timedelta(days=1),
        closes_at=now + timedelta(days=4),
    )
    found = {}
    for day in (0, 2, 5):
        monkeypatch.setattr(quiet.host, "clock", lambda day=day: now + timedelta(days=day))
        found[day] = await refused(quiet)
    assert {0: ["ROUND_CLOSED"], 2: [], 5: ["ROUND_CLOSED"]} == found


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": " "}, ("REQUIRED", "title")),
        ({"title": "x" * 121}, ("TOO_LONG", "title")),
        ({"closes_at": -1}, ("INVALID", "closesAt")),
        ({"opens_at": 3, "closes_at": 2}, ("INVALID", "closesAt")),
    ],
)
async def test_a_round_that_makes_no_sense_is_refused(quiet: Room, change: dict[str, Any], problem: Any) -> None:
    now = quiet.host.clock()
    given = {"title": "Round", "term": quiet.terms[1], **change}
    for moment in ("opens_at", "closes_at"):
        if moment in given:
            given[moment] = now + timedelta(days=given[moment])
    with pytest.raises(Refusal) as refusal:
        await quiet.run(open_entry_round, **given)
    assert [problem] == [(each.code, spelt(each.field)) for each in refusal.value.problems]
    assert [] == await quiet.fetch("SELECT id FROM entry_round")


async def test_two_who_close_a_round_at_once_do_not_overrun_each_other(quiet: Room) -> None:
    number = await quiet.run(open_entry_round, title="Round", term=quiet.terms[1])
    await quiet.run(close_entry_round, entry_round=number, expected_version=1)
    with pytest.raises(Refusal) as refusal:
        await quiet.run(close_entry_round, entry_round=number, expected_version=1)
    assert ["CONFLICT"] == [problem.code for problem in refusal.value.problems]


ENTER = """mutation($book: ID!, $rows: [MarkRowInput!]!) {
  enterMarks(input: {gradebook: $book, rows: $rows}) { errors { code field row } } }"""


async def test_a_correction_after_closing_takes_two_persons(quiet: Room) -> None:
    """The principal teaches too. Who opens a round again changes no mark in it, by whichever account."""
    both = await quiet.people.as_role(quiet.space, "principal", "teacher", person=quiet.teacher)
    alias = await quiet.as_("teacher", quiet.teacher)
    other = await quiet.as_("principal")
    (first, second), book = [quiet.column("toan", "regular", n) for n in (1, 2)], f"Gradebook_{quiet.books['toan']}"

    async def enter(client: Any, column: Any, value: str) -> list[str]:
        found = await quiet.fetch("SELECT version FROM mark WHERE assessment_id = $1", column)
        row = {"student": f"Student_{quiet.students[0]}", "assessment": f"Assessment_{column}", "value": value}
        row |= {"expectedVersion": found[0]["version"]} if found else {}
        done = await client.gql(ENTER, book=book, rows=[row])
        return [each["code"] for each in done["enterMarks"]["errors"]]

    opened = await both.gql(OPEN, input={"title": "First", "term": f"Term_{quiet.terms[1]}"})
    entry_round = opened["openEntryRound"]["entryRound"]["id"]
    assert [] == await enter(both, first, "7")
    assert [] == await enter(both, first, "8")  # while the first round is open nothing is a correction
    assert not (await both.gql(CLOSE, round=entry_round))["closeEntryRound"]["errors"]
    assert not (await both.gql(REOPEN, round=entry_round, reason="a slip"))["reopenEntryRound"]["errors"]
    for client in (both, alias):
        assert ["OTHER_PERSON_NEEDED"] == await enter(client, first, "9")
    assert [] == await enter(both, second, "6")  # a mark that was missing is no correction
    assert not (await both.gql(CLOSE, round=entry_round))["closeEntryRound"]["errors"]
    # A further round for the same marks is no way round.
    more = (await both.gql(OPEN, input={"title": "Second", "term": f"Term_{quiet.terms[1]}"}))["openEntryRound"]
    assert ["OTHER_PERSON_NEEDED"] == await enter(both, first, "9")
    assert not (await both.gql(CLOSE, round=more["entryRound"]["id"]))["closeEntryRound"]["errors"]
    assert not (await other.gql(REOPEN, round=entry_round, reason="a slip"))["reopenEntryRound"]["errors"]
    assert [] == await enter(both, first, "9")
