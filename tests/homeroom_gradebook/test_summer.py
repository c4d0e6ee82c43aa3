"""The summer after a year that did not suffice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_gradebook.commands.homeroom import TraitRow, YearRow, conclude_results, enter_traits, record_year
from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_gradebook.commands.summer import AgainRow, TrainedRow, judge_training, reassess_subjects

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Room = Any
    MakeRoom = Callable[..., Awaitable[Any]]

AGAIN = """
mutation Again($class: ID!, $rows: [AgainRowInput!]!) {
  reassessSubjects(input: {schoolClass: $class, rows: $rows}) {
    studentResults { level promotion finalLevel finalPromotion finalPromotionLabel } errors { code field row }
  }
}
"""


async def year(room: Room, weak: dict[str, str], conduct: str) -> None:
    """A concluded year of the room's one student: 6 everywhere but in the weak subjects."""
    for subject, book in room.books.items():
        (of_book,) = await room.fetch("SELECT measure FROM gradebook WHERE id = $1", book)
        value = weak.get(subject, "6") if of_book["measure"] == "scored" else weak.get(subject, "Đ")
        columns = [column for term in (1, 2) for column, _ in room.columns[subject, term]]
        rows = [MarkRow(room.students[0], column, value) for column in columns]
        await room.run(enter_marks, gradebook=book, rows=rows)
    for term in room.terms.values():
        rows = [TraitRow(room.students[0], "conduct", conduct)]
        await room.run(enter_traits, school_class=room.school_class, term=term, rows=rows)
    await room.run(record_year, school_class=room.school_class, rows=[YearRow(room.students[0], absences=4)])
    await room.run(conclude_results, school_class=room.school_class)


async def result(room: Room) -> dict[str, Any]:
    (found,) = await room.fetch(
        "SELECT level, promotion, final_level, final_promotion FROM student_result WHERE student_id = $1",
        room.students[0],
    )
    return found


async def test_a_subject_assessed_again_replaces_the_years_and_decides(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "assessed-again", size=1)
    await year(room, {"toan": "3", "ngoai-ngu-1": "4", "nghe-thuat": "CĐ"}, "good")
    before = {"level": "fail", "promotion": "retest", "final_level": None, "final_promotion": None}
    assert before == await result(room)
    client = await room.as_("principal")
    row = {
        "student": f"Student_{room.students[0]}",
        "gradebook": f"Gradebook_{room.books['toan']}",
        "score": "5.0",
    }
    answer = await client.gql(AGAIN, **{"class": f"SchoolClass_{room.school_class}", "rows": [row]})
    assert {
        "studentResults": [
            {
                "level": "fail",
                "promotion": "retest",
                "finalLevel": "pass",
                "finalPromotion": "promoted",
                "finalPromotionLabel": "Được lên lớp",
            }
        ],
        "errors": [],
    } == answer["reassessSubjects"]
    (line,) = await room.fetch(
        "SELECT score, again_score FROM subject_result WHERE gradebook_id = $1 AND span = 'year'", room.books["toan"]
    )
    assert (Decimal("3.00"), Decimal("5.00")) == (line["score"], line["again_score"])


async def test_what_does_not_suffice_again_stays_behind(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "behind", size=1)
    await year(room, {"toan": "3", "ngoai-ngu-1": "3"}, "good")
    rows = [AgainRow(room.students[0], room.books["toan"], Decimal(6))]
    await room.run(reassess_subjects, school_class=room.school_class, rows=rows)
    assert ("fail", "retained") == ((await result(room))["final_level"], (await result(room))["final_promotion"])


async def test_conduct_judged_again_after_training_decides(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "trained", size=1)
    await year(room, {}, "fail")
    assert "summer_training" == (await result(room))["promotion"]
    rows = [TrainedRow(room.students[0], "conduct", "Đạt")]
    await room.run(judge_training, school_class=room.school_class, rows=rows)
    assert {
        "level": "pass",
        "promotion": "summer_training",
        "final_level": "pass",
        "final_promotion": "promoted",
    } == await result(room)


async def test_a_mark_corrected_afterwards_makes_the_summer_void(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "void", size=1)
    await year(room, {"toan": "3"}, "good")
    rows = [AgainRow(room.students[0], room.books["toan"], Decimal(5))]
    await room.run(reassess_subjects, school_class=room.school_class, rows=rows)
    assert "promoted" == (await result(room))["final_promotion"]
    columns = [column for term in (1, 2) for column, _ in room.columns["toan", term]]
    right = [MarkRow(room.students[0], column, "6", 1) for column in columns]
    await room.run(enter_marks, gradebook=room.books["toan"], rows=right)
    after = {"level": "pass", "promotion": "promoted", "final_level": None, "final_promotion": None}
    assert after == await result(room)


async def test_bad_rows_are_named_and_nothing_is_written(
    make_room: MakeRoom, school_a: Any, rounds: None, foreign_room: Room
) -> None:
    room = await make_room(school_a, "bad-summer", size=1)
    student, books = room.students[0], room.books
    early = [AgainRow(student, books["toan"], Decimal(5))]
    with pytest.raises(Refusal) as refusal:
        await room.run(reassess_subjects, school_class=room.school_class, rows=early)
    assert ["INVALID"] == [problem.code for problem in refusal.value.problems]
    await year(room, {"toan": "3", "ngoai-ngu-1": "3", "nghe-thuat": "CĐ"}, "good")
    rows = [
        AgainRow(student, books["toan"], Decimal("5.25")),
        AgainRow(student, books["ngu-van"], Decimal(9)),
        AgainRow(student, foreign_room.books["toan"], Decimal(9)),
        AgainRow(student, books["nghe-thuat"], code="fine"),
        AgainRow(student, books["ngoai-ngu-1"]),
        AgainRow(student, books["ngoai-ngu-1"], code="Đ"),
    ]
    with pytest.raises(Refusal) as refusal:
        await room.run(reassess_subjects, school_class=room.school_class, rows=rows)
    assert [
        ("INVALID", "rows.score", 0),
        ("INVALID", "rows.gradebook", 1),
        ("NOT_FOUND", "rows.gradebook", 2),
        ("INVALID", "rows.code", 3),
        ("REQUIRED", "rows", 4),
        ("INVALID", "rows.code", 5),
        ("LISTED_TWICE", "rows", None),
    ] == [(problem.code, spelt(problem.field), problem.row) for problem in refusal.value.problems]
    trained = [TrainedRow(student, "conduct", "Đạt")]
    with pytest.raises(Refusal) as refusal:
        await room.run(judge_training, school_class=room.school_class, rows=trained)
    assert ["The year asks for no training in the summer."] == [problem.message for problem in refusal.value.problems]
    again = await room.fetch(
        "SELECT id FROM subject_result WHERE student_id = $1 AND (again_score IS NOT NULL OR again_code IS NOT NULL)",
        student,
    )
    assert [] == again
