"""Figures of marks: by class, subject and kind, each reader's own rows alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom_gradebook.commands.marks import MarkRow, enter_marks

if TYPE_CHECKING:
    Room = Any
    MakeRoom = Any

BY_SUBJECT = """
query BySubject($class: ID!) {
  marksAggregate(
    filter: {gradebook: {schoolClass: {id: {eq: $class}}}}
    groupBy: [{field: SCHOOL_CLASS}, {field: SUBJECT}, {field: KIND}]
    orderBy: [{key: SUBJECT}, {measure: AVERAGE, of: NUMBER, direction: DESC}]
  ) { totalCount groups { key { schoolClass { name } subject { code } kind } count average { number } } }
}
"""
WHOLE = "{ marksAggregate { groups { count } } marks { totalCount } }"


async def _marks(room: Room, subject: str, *values: str) -> None:
    column = room.column(subject, "regular")
    rows = [MarkRow(each, column, value) for each, value in zip(room.students, values, strict=False)]
    await room.run(enter_marks, gradebook=room.books[subject], rows=rows)


async def test_everybody_has_figures_of_the_own_marks(
    make_room: MakeRoom, school_a: Any, school_b: Any, rounds: None
) -> None:
    room, foreign = await make_room(school_a, "figures"), await make_room(school_b, "figures")
    for each in (room, foreign):
        await _marks(each, "toan", "8", "5", "6.5")
        await _marks(each, "ngu-van", "7", "10")

    async def seen(role: str, person: Any) -> dict[str, tuple[int, str]]:
        client = await room.as_(role, person)
        whole = await client.gql(WHOLE)
        assert whole["marks"]["totalCount"] == whole["marksAggregate"]["groups"][0]["count"]
        data = await client.gql(BY_SUBJECT, **{"class": f"SchoolClass_{room.school_class}"})
        groups = data["marksAggregate"]["groups"]
        assert len(groups) == data["marksAggregate"]["totalCount"]
        assert all({"name": "figures"} == each["key"]["schoolClass"] for each in groups)
        assert all("regular" == each["key"]["kind"] for each in groups)
        return {e["key"]["subject"]["code"]: (e["count"], e["average"]["number"]) for e in groups}

    mathematics, literature = {"toan": (3, "6.5")}, {"ngu-van": (2, "8.5")}
    assert mathematics == await seen("teacher", room.teacher)
    assert literature == await seen("teacher", room.other_teacher)
    assert mathematics | literature == await seen("teacher", room.homeroom)
    assert {"toan": (1, "8"), "ngu-van": (1, "7")} == await seen("guardian", room.guardian)
    assert {"toan": (1, "5"), "ngu-van": (1, "10")} == await seen("student", room.students[1])
    assert {} == await seen("teacher", foreign.teacher)
