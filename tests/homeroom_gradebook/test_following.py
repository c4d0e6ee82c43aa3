"""A student who moves to another class of the year takes marks, judgements and results along, and loses none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom.worker.runner import JobRunner
from homeroom_gradebook.commands.following import TakenOverRow, take_over_results
from homeroom_gradebook.commands.homeroom import TraitRow, YearRow, conclude_results, enter_traits, record_year
from homeroom_gradebook.commands.marks import MarkRow, enter_marks, exempt_students
from homeroom_gradebook.jobs import follow_students
from homeroom_school.commands.enrolment import EnrolmentRow, move_students
from homeroom_school.commands.enrolment_corrections import correct_enrolment, remove_enrolments
from homeroom_school.commands.people import merge_students

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Room = Any
    MakeRoom = Callable[..., Awaitable[Any]]

ENTER = """
mutation Enter($book: ID!, $rows: [MarkRowInput!]!) {
  enterMarks(input: {gradebook: $book, rows: $rows}) { marks { number } errors { code message field row } }
}
"""
CARRY = """
mutation Carry($from: ID!, $to: ID!, $students: [ID!]!) {
  carryMarks(input: {fromClass: $from, toClass: $to, students: $students}) {
    subjectResults { score } errors { code message field row }
  }
}
"""


async def fill(room: Room, student: Any, value: str, *, term: int = 1, without: int = 0) -> None:
    """Give a student one mark everywhere in a term, in mathematics without the last few."""
    for subject, book in room.books.items():
        (measure,) = await room.fetch("SELECT measure FROM gradebook WHERE id = $1", book)
        mark = value if measure["measure"] == "scored" else "Đ"
        columns = room.columns[subject, term]
        if subject == "toan" and without:
            columns = columns[:-without]
        await room.run(enter_marks, gradebook=book, rows=[MarkRow(student, each, mark) for each, _ in columns])


async def move(room: Room, to: Room, student: Any, **more: Any) -> None:
    await room.run(move_students, to_class=to.school_class, rows=[EnrolmentRow(student)], **more)


async def lines(room: Room, student: Any, subject: str = "toan") -> list[tuple[Any, ...]]:
    """Class, span and score of each line of a student in a subject, and how many marks are in it."""
    found = await room.fetch(
        "SELECT c.name, r.span, r.score::text AS score,"
        " (SELECT count(*) FROM mark m WHERE m.subject_result_id = r.id) AS marks"
        " FROM subject_result r JOIN gradebook g ON g.id = r.gradebook_id JOIN subject s ON s.id = g.subject_id"
        " JOIN school_class c ON c.id = g.school_class_id LEFT JOIN term t ON t.id = r.term_id"
        " WHERE r.student_id = $1 AND s.code = $2 ORDER BY c.name, t.number NULLS LAST",
        student,
        subject,
    )
    return [tuple(row.values()) for row in found]


@pytest.fixture
async def two(make_room: MakeRoom, school_a: Any, rounds: None, request: pytest.FixtureRequest) -> tuple[Room, Room]:
    """Two classes of the same grade, with all columns filled for the first student of the first one but one."""
    name = request.node.name.removeprefix("test_")[:40]
    old = await make_room(school_a, f"{name} A", size=2)
    new = await make_room(school_a, f"{name} B", size=1)
    await fill(old, old.students[0], "8", without=1)
    return old, new


async def test_marks_follow_into_the_book_of_the_new_class(two: tuple[Room, Room]) -> None:
    old, new = two
    student = old.students[0]
    before = len(old.columns["toan", 1]) - 1
    (kept,) = await old.fetch("SELECT id FROM mark WHERE assessment_id = $1", old.columns["toan", 1][0][0])
    await move(old, new, student)
    name = (await new.fetch("SELECT name FROM school_class WHERE id = $1", new.school_class))[0]["name"]
    assert [(name, "term", None, before), (name, "term", None, 0), (name, "year", None, 0)] == await lines(new, student)
    # The row of a mark is the same, so that its history in the audit continues.
    (moved,) = await new.fetch("SELECT id FROM mark WHERE assessment_id = $1", new.columns["toan", 1][0][0])
    assert kept == moved

    teacher = await new.as_("teacher", new.teacher)
    last = new.columns["toan", 1][-1][0]
    row = {"student": f"Student_{student}", "assessment": f"Assessment_{last}", "value": "8"}
    entered = await teacher.gql(ENTER, book=f"Gradebook_{new.books['toan']}", rows=[row])
    assert [] == entered["enterMarks"]["errors"]
    assert (name, "term", "8.00", before + 1) == (await lines(new, student))[0]
    assert 1 == len(await new.fetch("SELECT id FROM gradebook WHERE id = $1 AND version > 1", new.books["toan"]))


async def test_the_old_teacher_enters_late_and_it_counts_in_the_new_class(two: tuple[Room, Room]) -> None:
    old, new = two
    student = old.students[0]
    await move(old, new, student)
    teacher = await old.as_("teacher", old.teacher)
    last, first = old.columns["toan", 1][-1][0], old.columns["toan", 1][0][0]

    async def enter(assessment: Any, value: str, **seen: int) -> Any:
        row = {"student": f"Student_{student}", "assessment": f"Assessment_{assessment}", "value": value, **seen}
        return (await teacher.gql(ENTER, book=f"Gradebook_{old.books['toan']}", rows=[row]))["enterMarks"]

    assert [] == (await enter(last, "8"))["errors"]
    assert "8.00" == (await lines(new, student))[0][2]
    (moved,) = (await enter(first, "9", expectedVersion=1))["errors"]
    assert ("MARK_MOVED", 0) == (moved["code"], moved["row"])
    # The place is taken by the mark that moved: the new class's teacher corrects it.
    (refused,) = (await enter(first, "9"))["errors"]
    assert "MARK_EXISTS" == refused["code"]
    assert "8.00" == (await lines(new, student))[0][2]


async def test_who_left_before_the_term_is_named_with_the_day(two: tuple[Room, Room]) -> None:
    old, new = two
    student = old.students[0]
    (day,) = await old.fetch("SELECT least(starts_on, current_date) AS first FROM term WHERE id = $1", old.terms[2])
    await move(old, new, student, on=day["first"])
    late = MarkRow(student, old.columns["toan", 2][0][0], "8")
    with pytest.raises(Refusal) as refused:
        await old.run(enter_marks, gradebook=old.books["toan"], rows=[late])
    (reported,) = refused.value.problems
    assert ("NOT_IN_CLASS", {"day": day["first"] - timedelta(days=1)}) == (reported.code, reported.values)


async def test_what_no_command_moved_follows_at_night(two: tuple[Room, Room]) -> None:
    old, new = two
    student = old.students[0]
    await old.fetch(
        "UPDATE class_enrolment SET ends_on = current_date - 2 WHERE student_id = $1 AND school_class_id = $2",
        student,
        old.school_class,
    )
    await old.fetch(
        "INSERT INTO class_enrolment (id, student_id, school_class_id, starts_on)"
        " VALUES (gen_random_uuid(), $1, $2, current_date - 1)",
        student,
        new.school_class,
    )
    caller = old.host.system_caller(old.space, via="job")
    async with old.host.database.transaction(old.space.id) as transaction:
        context = Context(old.host, caller, transaction, AuditTrail("test"), old.host.clock())
        assert follow_students.when is not None
        assert await follow_students.when(context)
        job = await context.enqueue(follow_students)
    await JobRunner(old.host).run(old.space.id, job)
    (name,) = await new.fetch("SELECT name FROM school_class WHERE id = $1", new.school_class)
    assert {name["name"]} == {line[0] for line in await lines(new, student)}


async def test_judgements_exemptions_and_concluded_results_come_along(two: tuple[Room, Room]) -> None:
    old, new = two
    student = old.students[0]
    await old.run(enter_marks, gradebook=old.books["toan"], rows=[MarkRow(student, old.columns["toan", 1][-1][0], "8")])
    await old.run(exempt_students, gradebook=old.books["giao-duc-the-chat"], students=[student])
    for term in (1, 2):
        rows = [TraitRow(student, "conduct", "good")]
        await old.run(enter_traits, school_class=old.school_class, term=old.terms[term], rows=rows)
    await old.run(record_year, school_class=old.school_class, rows=[YearRow(student, absences=3)])
    await old.run(conclude_results, school_class=old.school_class, term=old.terms[1])
    await move(old, new, student)
    await fill(new, student, "8", term=2)
    await new.run(conclude_results, school_class=new.school_class)
    found = await new.fetch(
        "SELECT school_class_id, span, level, absences FROM student_result WHERE student_id = $1 ORDER BY span", student
    )
    assert [
        {"school_class_id": new.school_class, "span": "term", "level": "good", "absences": None},
        {"school_class_id": new.school_class, "span": "year", "level": "good", "absences": 3},
    ] == found
    exempt = await new.fetch(
        "SELECT DISTINCT r.exempt FROM subject_result r WHERE r.student_id = $1 AND r.gradebook_id = $2",
        student,
        new.books["giao-duc-the-chat"],
    )
    assert [{"exempt": True}] == exempt


async def test_a_move_that_is_undone_brings_the_marks_back(two: tuple[Room, Room]) -> None:
    old, new = two
    student = old.students[0]

    async def marks() -> list[dict[str, Any]]:
        return await old.fetch(
            "SELECT assessment_id, number, code FROM mark WHERE student_id = $1 ORDER BY assessment_id", student
        )

    before = await marks()
    (day,) = await old.fetch("SELECT current_date - 5 AS day")
    await move(old, new, student, on=day["day"])
    assert before != await marks()
    await move(new, old, student)
    assert before == await marks()


async def test_a_mark_without_a_place_stays_and_is_named(two: tuple[Room, Room], foreign_room: Room) -> None:
    old, new = two
    student, (column, _) = old.students[0], old.columns["toan", 1][0]
    await new.fetch("DELETE FROM assessment WHERE id = $1", new.columns["toan", 1][0][0])
    await move(old, new, student)
    assert 1 == len(
        await old.fetch("SELECT id FROM mark WHERE assessment_id = $1 AND student_id = $2", column, student)
    )
    registrar = await old.as_("registrar")
    wanted = {
        "from": f"SchoolClass_{old.school_class}",
        "to": f"SchoolClass_{new.school_class}",
        "students": [f"Student_{student}"],
    }
    (refused,) = (await registrar.gql(CARRY, **wanted))["carryMarks"]["errors"]
    assert ("NO_COLUMN", "students") == (refused["code"], refused["field"])
    absent = (await registrar.gql(CARRY, **wanted | {"students": [f"Student_{old.students[1]}"]}))["carryMarks"]
    assert ["NOT_IN_CLASS"] == [each["code"] for each in absent["errors"]]
    stranger = await foreign_room.as_("registrar")
    assert ["NOT_FOUND"] == [each["code"] for each in (await stranger.gql(CARRY, **wanted))["carryMarks"]["errors"]]
    teacher = await old.as_("teacher", old.teacher)
    assert ["FORBIDDEN"] == await teacher.refused(CARRY, **wanted)


async def test_the_result_of_another_school_makes_a_year(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "brought along", size=2)
    student, book = room.students[0], room.books["toan"]

    async def take_over(**result: Any) -> list[Any]:
        row = TakenOverRow(student, room.terms[1], **result)
        made: list[Any] = await room.run(
            take_over_results, gradebook=book, rows=[row], taken_from=" School B,  report "
        )
        return made

    await take_over(score="7.5")
    with pytest.raises(Refusal, match="taken over from another school"):
        await room.run(enter_marks, gradebook=book, rows=[MarkRow(student, room.columns["toan", 1][0][0], "8")])
    await room.run(
        enter_marks, gradebook=book, rows=[MarkRow(student, each, "9") for each, _ in room.columns["toan", 2]]
    )
    # TT22/2021 art. 9: the year is (term 1 + 2 x term 2) / 3.
    assert ["7.50", "9.00", "8.50"] == [line[2] for line in await lines(room, student)]
    (first,) = await room.fetch("SELECT DISTINCT taken_from FROM subject_result WHERE taken_from IS NOT NULL")
    assert {"taken_from": "School B, report"} == first

    row = TakenOverRow(student, room.terms[2], score="8")
    with pytest.raises(Refusal) as refused:
        await room.run(take_over_results, gradebook=book, rows=[row], taken_from="School B")
    assert ["HAS_MARKS"] == [each.code for each in refused.value.problems]
    await take_over()
    assert [None, "9.00", None] == [line[2] for line in await lines(room, student)]
    await room.run(enter_marks, gradebook=book, rows=[MarkRow(student, room.columns["toan", 1][0][0], "8")])


async def test_an_enrolment_with_marks_is_not_removed(two: tuple[Room, Room]) -> None:
    old, new = two
    marked, plain = old.students
    ids = {
        row["student_id"]: row["id"]
        for row in await old.fetch(
            "SELECT id, student_id FROM class_enrolment WHERE school_class_id = $1", old.school_class
        )
    }
    with pytest.raises(Refusal, match=r"in use: \d+ marks") as refusal:
        await old.run(remove_enrolments, enrolments=[ids[plain], ids[marked]])
    assert [("IN_USE", "enrolments", 1)] == [
        (each.code, spelt(each.field), each.row) for each in refusal.value.problems
    ]
    await old.run(remove_enrolments, enrolments=[ids[plain]])
    # Corrected to another class, it takes the marks along.
    await old.run(correct_enrolment, enrolment=ids[marked], school_class=new.school_class)
    assert {new.school_class} == {
        row["school_class_id"]
        for row in await old.fetch(
            "SELECT g.school_class_id FROM mark m JOIN gradebook g ON g.id = m.gradebook_id WHERE m.student_id = $1",
            marked,
        )
    }


async def test_the_marks_of_two_records_of_one_student_come_together(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "one of two", size=2)
    keep, double = room.students
    book, columns = room.books["toan"], [column for column, _ in room.columns["toan", 1]]

    async def enter(student: Any, column: Any, value: str | None, seen: int | None = None) -> Any:
        (mark,) = await room.run(enter_marks, gradebook=book, rows=[MarkRow(student, column, value, seen)])
        return mark

    same, other = await enter(keep, columns[0], "7"), await enter(keep, columns[1], "5")
    await enter(keep, columns[2], None)
    doubles = [await enter(double, column, "7") for column in columns]
    with pytest.raises(Refusal) as refused:
        await room.run(merge_students, keep=keep, duplicate=double)
    assert [("MERGE_CONFLICT", "duplicate")] == [(each.code, each.field) for each in refused.value.problems]
    assert 2 == len(await room.fetch("SELECT FROM student WHERE id = ANY($1::uuid[])", room.students))
    await room.run(enter_marks, gradebook=book, rows=[MarkRow(double, columns[1], None, 1)])
    await room.run(merge_students, keep=keep, duplicate=double)
    found = await room.fetch("SELECT id, number FROM mark WHERE student_id = $1", keep)
    assert {same, doubles[0]} & {each["id"] for each in found}
    assert {other, *doubles[2:]} <= {each["id"] for each in found}
    assert ["5.00", *["7.00"] * 5] == sorted(str(each["number"]) for each in found)
    # TT22/2021 art. 9: (4 regular + 2 x mid-term + 3 x end of term) / 9.
    assert "6.80" == (await lines(room, keep))[0][2]
    assert [] == await room.fetch("SELECT id FROM subject_result WHERE student_id = $1", double)
