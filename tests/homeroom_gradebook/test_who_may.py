"""Who sees and who enters what: by duty, by class, by kinship, and never across schools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Room = Any
    MakeRoom = Callable[..., Awaitable[Any]]

ENTER = """
mutation Enter($gradebook: ID!, $student: ID!, $assessment: ID!, $version: Int) {
  enterMarks(input: {gradebook: $gradebook, rows: [
    {student: $student, assessment: $assessment, value: "6", expectedVersion: $version}]}) {
    marks { id } errors { code field row }
  }
}
"""
SEEN = """
{
  gradebooks(first: 100) { nodes { id } }
  marks(first: 100) { totalCount nodes { id student { id } } }
  subjectResults(first: 100) { totalCount nodes { student { id } } }
}
"""


@pytest.fixture(scope="module")
async def marked(school_a: Any, make_room: MakeRoom, rounds: None) -> Room:
    """A class in which every student has one mark in mathematics and one in literature."""
    from homeroom_gradebook.commands.marks import MarkRow, enter_marks

    room = await make_room(school_a, "seen", size=2)
    for subject in ("toan", "ngu-van"):
        column = room.column(subject, "regular")
        rows = [MarkRow(student, column, "8") for student in room.students]
        await room.run(enter_marks, gradebook=room.books[subject], rows=rows)
    return room


async def attempt(room: Room, client: Any, subject: str = "toan") -> dict[str, Any]:
    answer = await client.post(
        ENTER,
        {
            "gradebook": f"Gradebook_{room.books[subject]}",
            "student": f"Student_{room.students[0]}",
            "assessment": f"Assessment_{room.column(subject, 'regular')}",
            "version": 1,
        },
    )
    body: dict[str, Any] = answer.json()
    return body


def codes(body: dict[str, Any]) -> list[str]:
    data = (body.get("data") or {}).get("enterMarks") or {"errors": []}
    return [error["extensions"]["code"] for error in body.get("errors") or ()] + [e["code"] for e in data["errors"]]


@pytest.mark.parametrize(
    ("role", "person", "expected"),
    [
        ("teacher", "other_teacher", ["NOT_FOUND"]),
        ("teacher", "homeroom", ["NOT_FOUND"]),
        ("admin", None, ["FORBIDDEN"]),
        ("principal", None, ["FORBIDDEN"]),
        ("registrar", None, ["FORBIDDEN"]),
        ("student", "student", ["FORBIDDEN"]),
        ("guardian", "guardian", ["FORBIDDEN"]),
    ],
)
async def test_only_who_teaches_the_subject_enters_its_marks(
    marked: Room, role: str, person: str | None, expected: list[str]
) -> None:
    who = None if person is None else marked.students[0] if person == "student" else getattr(marked, person)
    before = await marked.fetch("SELECT id, number, version FROM mark ORDER BY id")
    body = await attempt(marked, await marked.as_(role, who))
    assert expected == codes(body)
    assert before == await marked.fetch("SELECT id, number, version FROM mark ORDER BY id")


async def test_a_book_of_another_school_is_as_absent_as_one_that_never_was(
    marked: Room, foreign_room: Room, make_room: MakeRoom
) -> None:
    from homeroom.database.ids import new_id

    teacher = await marked.as_("teacher", marked.teacher)
    foreign = await attempt(foreign_room, teacher)
    real = foreign_room.books["toan"]
    foreign_room.books["toan"] = new_id()
    try:
        absent = await attempt(foreign_room, teacher)
    finally:
        foreign_room.books["toan"] = real
    assert foreign == absent
    assert ["NOT_FOUND"] == codes(foreign)


async def test_teachers_see_their_books_and_homeroom_teachers_their_class(marked: Room) -> None:
    teacher = await (await marked.as_("teacher", marked.teacher)).gql(SEEN)
    own = {f"Gradebook_{marked.books[code]}" for code in ("toan", "giao-duc-the-chat")}
    assert own == {book["id"] for book in teacher["gradebooks"]["nodes"]}
    assert 2 == teacher["marks"]["totalCount"]
    homeroom = await (await marked.as_("teacher", marked.homeroom)).gql(SEEN)
    assert len(marked.books) == len(homeroom["gradebooks"]["nodes"])
    assert 4 == homeroom["marks"]["totalCount"]


@pytest.mark.parametrize(("role", "person"), [("student", 0), ("guardian", None)])
async def test_students_see_their_own_marks_and_guardians_their_childs(
    marked: Room, role: str, person: int | None
) -> None:
    who = marked.guardian if person is None else marked.students[person]
    seen = await (await marked.as_(role, who)).gql(SEEN)
    mine = {f"Student_{marked.students[0]}"}
    assert 2 == seen["marks"]["totalCount"]
    assert mine == {each["student"]["id"] for each in seen["marks"]["nodes"]}
    assert mine == {each["student"]["id"] for each in seen["subjectResults"]["nodes"]}
    assert 3 * len(marked.books) == seen["subjectResults"]["totalCount"]


async def test_the_same_account_sees_nothing_in_the_other_school(marked: Room, foreign_room: Room) -> None:
    client = await foreign_room.as_("teacher", foreign_room.other_teacher)
    seen = await client.gql(SEEN)
    own = {f"Gradebook_{foreign_room.books['ngu-van']}"}
    assert own == {book["id"] for book in seen["gradebooks"]["nodes"]}
    assert 0 == seen["marks"]["totalCount"]


async def test_a_school_without_the_gradebook_has_no_such_fields(school_hk: Any, as_role: Any) -> None:
    client = await as_role(school_hk, "registrar")
    assert await client.refused("{ gradebooks(first: 1) { totalCount } }")
    assert await client.refused("{ students(first: 1) { nodes { subjectResults(first: 1) { totalCount } } } }")


async def test_nothing_ranks_students(marked: Room) -> None:
    admin = await marked.as_("admin")
    types = (await admin.gql("{ __schema { types { name fields { name } } } }"))["__schema"]["types"]
    names = {field["name"].lower() for each in types for field in each["fields"] or ()}
    assert not {name for name in names if "rank" in name or "thuhang" in name}
