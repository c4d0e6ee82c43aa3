"""Corrections of marks: a teacher proposes, the leadership consents, the board executes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_school.commands.people import NameInput, create_staff

if TYPE_CHECKING:
    from homeroom.testing import Client

    Room = Any

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def corrected(school_a: Any, make_room: Any, rounds: None) -> Any:
    """A class of its own: its books have no other marks."""
    return await make_room(school_a, "7K")


PROPOSE = """
mutation($mark: ID!, $value: String) { proposeCorrectMark(input: {mark: $mark, value: $value, note: "Misread."}) {
  approvals { id title seen arguments } errors { code field message } } }"""
DECIDE = """
mutation($rows: [ApprovalDecisionRowInput!]!) { decideApprovals(input: {rows: $rows}) {
  approvals { state } errors { code field row } } }"""
MARK = """
query($id: ID!) { mark(id: $id) { number version corrections { nodes { state arguments note
  steps { nodes { name state decidedBy } } } } subjectResult { score } } }"""
INBOX = "{ approvals(filter: {waitsForMe: {eq: true}}) { nodes { id seen } } }"


async def staff(room: Room, role: str) -> Client:
    """Somebody with a role who is a person of the school."""
    person = await room.run(create_staff, name=NameInput(given_name=role, family_name="Board"))
    return await room.as_(role, person)


async def decide(who: Client, request: Any, outcome: str = "APPROVE", note: str = "") -> Any:
    rows = [{"approval": request["id"], "seen": request["seen"], "outcome": outcome, "note": note}]
    return (await who.gql(DECIDE, rows=rows))["decideApprovals"]


async def test_a_mark_is_corrected_by_three_persons(corrected: Room, foreign_room: Room) -> None:
    room = corrected
    teacher = await room.as_("teacher", room.teacher)
    principal, board = await staff(room, "principal"), await staff(room, "registrar")
    column = room.column("toan", "regular")
    (mark,) = await room.run(enter_marks, gradebook=room.books["toan"], rows=[MarkRow(room.students[3], column, "4.0")])
    name = f"Mark_{mark}"

    async def propose(who: Client, value: str) -> Any:
        return (await who.gql(PROPOSE, mark=name, value=value))["proposeCorrectMark"]

    assert [("INVALID", "value")] == [(e["code"], e["field"]) for e in (await propose(teacher, "11"))["errors"]]
    absent = f'mutation {{ proposeCorrectMark(input: {{mark: "{name}"}}) {{ errors {{ code field }} }} }}'
    assert [{"code": "REQUIRED", "field": "value"}] == (await teacher.gql(absent))["proposeCorrectMark"]["errors"]
    other = await room.as_("teacher", room.other_teacher)
    assert ["NOT_FOUND"] == [each["code"] for each in (await propose(other, "5"))["errors"]]
    stranger = await foreign_room.as_("teacher", foreign_room.teacher)
    assert ["NOT_FOUND"] == [each["code"] for each in (await propose(stranger, "5"))["errors"]]

    (request,) = (await propose(teacher, "6.5"))["approvals"]
    assert {"value": "6.5"} == request["arguments"]
    assert "Pupil3" in request["title"]
    assert "4.00" == (await teacher.gql(MARK, id=name))["mark"]["number"]
    assert request["id"] not in [each["id"] for each in (await board.gql(INBOX))["approvals"]["nodes"]]
    assert [] == (await decide(principal, request))["errors"]
    assert ["NOT_FOUND"] == [each["code"] for each in (await decide(principal, request))["errors"]]
    assert [] == (await decide(board, request))["errors"]
    shown = (await teacher.gql(MARK, id=name))["mark"]
    assert ("6.50", 2) == (shown["number"], shown["version"])
    (correction,) = shown["corrections"]["nodes"]
    assert ("APPROVED", "Misread.") == (correction["state"], correction["note"])
    assert [principal.login, board.login] == [each["decidedBy"] for each in correction["steps"]["nodes"]]
    # The old mark stays readable.
    (line,) = await room.fetch(
        "SELECT old_values ->> 'number' AS number, e.login FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id"
        " WHERE l.row_id = $1 AND l.noun = 'mark' AND l.old_values IS NOT NULL",
        mark,
    )
    assert {"number": "4.0", "login": board.login} == line


async def test_a_correction_of_a_mark_that_has_changed_is_not_decided(corrected: Room) -> None:
    room = corrected
    teacher, principal = await room.as_("teacher", room.teacher), await staff(room, "principal")
    column = room.column("toan", "regular", 2)
    (mark,) = await room.run(enter_marks, gradebook=room.books["toan"], rows=[MarkRow(room.students[4], column, "5")])
    (request,) = (await teacher.gql(PROPOSE, mark=f"Mark_{mark}", value="9"))["proposeCorrectMark"]["approvals"]
    await room.run(enter_marks, gradebook=room.books["toan"], rows=[MarkRow(room.students[4], column, "6", 1)])
    assert [("CONFLICT", "rows.seen")] == [
        (each["code"], each["field"]) for each in (await decide(principal, request))["errors"]
    ]


async def test_a_mark_is_taken_back_by_approval(corrected: Room) -> None:
    room = corrected
    teacher = await room.as_("teacher", room.teacher)
    principal, board = await staff(room, "principal"), await staff(room, "registrar")
    column = room.column("toan", "regular", 3)
    (mark,) = await room.run(enter_marks, gradebook=room.books["toan"], rows=[MarkRow(room.students[1], column, "5")])
    (request,) = (await teacher.gql(PROPOSE, mark=f"Mark_{mark}", value=None))["proposeCorrectMark"]["approvals"]
    for who in (principal, board):
        assert [] == (await decide(who, request))["errors"]
    assert None is (await teacher.gql(MARK, id=f"Mark_{mark}"))["mark"]["number"]
