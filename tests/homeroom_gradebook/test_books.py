"""Opening the books of a class, and their columns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_gradebook.commands.books import add_assessment, open_gradebooks, remove_assessment
from homeroom_gradebook.commands.grading import grade_subject
from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_gradebook.tables import Measure
from homeroom_school.commands.calendar import change_school_year
from homeroom_school.commands.classes import ClassSubjectRow, create_school_class, plan_class_subjects
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_student
from homeroom_school.commands.structure import create_subject
from homeroom_school.tables import ClassKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from homeroom.callers import Space

    Room = Any
    MakeRoom = Callable[..., Awaitable[Any]]

BOOKS = """
query Books($class: ID!) {
  schoolClass(id: $class) { gradebooks(first: 30) { nodes {
    schemeVersion grade measure subject { title }
    assessments(first: 30) { nodes { title kind coefficient term { number } } } } } }
}
"""


def problems(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str | None]]:
    return [(problem.code, spelt(problem.field)) for problem in refusal.value.problems]


async def test_books_have_the_columns_that_the_circular_asks_for(room: Room) -> None:
    registrar = await room.as_("registrar")
    seen = (await registrar.gql(BOOKS, **{"class": f"SchoolClass_{room.school_class}"}))["schoolClass"]
    books = {book["subject"]["title"]: book for book in seen["gradebooks"]["nodes"]}
    assert 12 == len(books)
    assert {"TT22/2021"} == {book["schemeVersion"] for book in books.values()}
    columns = [each["title"] for each in books["Toán"]["assessments"]["nodes"] if each["term"]["number"] == 1]
    assert ["ĐĐGtx 1", "ĐĐGtx 2", "ĐĐGtx 3", "ĐĐGtx 4", "ĐĐGgk", "ĐĐGck"] == columns
    assert 2 * 4 == len(books["Giáo dục công dân"]["assessments"]["nodes"])
    assert 8 == sum(book["measure"] == "SCORED" for book in books.values())


async def test_opening_again_opens_only_what_is_new(make_room: MakeRoom, school_a: Any) -> None:
    room = await make_room(school_a, "again", size=1)
    assert [] == await room.run(open_gradebooks, school_class=room.school_class)
    subject = await room.run(create_subject, code="robotics", title="Robotics")
    row = ClassSubjectRow(subject=subject, periods_per_year=35)
    standing = await room.fetch(
        "SELECT subject_id, periods_per_year FROM class_subject WHERE school_class_id = $1", room.school_class
    )
    rows = [ClassSubjectRow(subject=each["subject_id"], periods_per_year=each["periods_per_year"]) for each in standing]
    await room.run(plan_class_subjects, school_class=room.school_class, rows=[*rows, row])
    with pytest.raises(Refusal, match="Robotics: say first how the subject is graded"):
        await room.run(open_gradebooks, school_class=room.school_class)
    await room.run(grade_subject, subject=subject, measure=Measure.SCORED)
    (book,) = await room.run(open_gradebooks, school_class=room.school_class)
    found = await room.fetch("SELECT kind FROM assessment WHERE gradebook_id = $1", book)
    assert 8 == len(found)


async def test_a_course_without_grade_level_has_no_regulation(room: Room) -> None:
    (year,) = await room.fetch("SELECT id FROM school_year WHERE status = 'current'")
    loose = await room.run(create_school_class, school_year=year["id"], name="Loose", kind=ClassKind.COURSE)
    with pytest.raises(Refusal, match="no grade level") as refusal:
        await room.run(open_gradebooks, school_class=loose)
    assert [("INVALID", "schoolClass")] == problems(refusal)


async def test_a_regular_column_is_added_counts_and_is_removed_while_empty(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "columns", size=1)
    book, term = room.books["toan"], room.terms[1]
    teacher = await room.as_("teacher", room.teacher)
    added = await teacher.gql(
        'mutation A($g: ID!, $t: ID!) { addAssessment(input: {gradebook: $g, term: $t, kind: "regular"})'
        " { assessment { title } errors { code } } }",
        g=f"Gradebook_{book}",
        t=f"Term_{term}",
    )
    assert {"assessment": {"title": "ĐĐGtx 5"}, "errors": []} == added["addAssessment"]
    found = await room.fetch(
        "SELECT id, kind, ordinal FROM assessment WHERE gradebook_id = $1 AND term_id = $2", book, term
    )
    fifth = next(each["id"] for each in found if each["ordinal"] == 5)
    rows = [MarkRow(room.students[0], each["id"], "8.5" if each["id"] == fifth else "8") for each in found]
    await room.run(enter_marks, gradebook=book, rows=rows)
    (line,) = await room.fetch("SELECT score FROM subject_result WHERE gradebook_id = $1 AND term_id = $2", book, term)
    assert 8.1 == float(line["score"])  # (4 x 8 + 8.5 + 2 x 8 + 3 x 8) / 10 = 8.05
    with pytest.raises(Refusal, match="The column has marks"):
        await room.run(remove_assessment, assessment=fifth)
    spare = await room.run(add_assessment, gradebook=book, term=term, kind="regular", title="Project")
    await room.run(remove_assessment, assessment=spare)
    with pytest.raises(Refusal, match="requires this column"):
        await room.run(remove_assessment, assessment=room.column("toan", "regular", term=2))


async def test_a_student_who_comes_later_gets_lines_when_the_books_are_opened_again(
    make_room: MakeRoom, school_a: Any
) -> None:
    room = await make_room(school_a, "later", size=1)
    late = await room.run(create_student, name=NameInput(given_name="Late", family_name="Comer"))
    await room.run(enrol_students, school_class=room.school_class, rows=[EnrolmentRow(student=late)])
    assert [] == await room.fetch("SELECT id FROM subject_result WHERE student_id = $1", late)
    for _ in range(2):
        assert [] == await room.run(open_gradebooks, school_class=room.school_class)
        lines = await room.fetch("SELECT id FROM subject_result WHERE student_id = $1", late)
        assert 3 * len(room.books) == len(lines)


@pytest.mark.parametrize(("kind", "field"), [("final", "kind"), ("oral", "kind")])
async def test_a_kind_that_is_given_once_or_not_at_all_is_not_added(room: Room, kind: str, field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        await room.run(add_assessment, gradebook=room.books["toan"], term=room.terms[1], kind=kind)
    assert [("INVALID", field)] == problems(refusal)


async def test_grading_of_a_subject_keeps_who_was_first(room: Room) -> None:
    subject = await room.run(create_subject, code="chess", title="Chess")
    await room.run(grade_subject, subject=subject, measure=Measure.SCORED, key="chess")
    await room.run(grade_subject, subject=subject, measure=Measure.COMMENTED, expected_version=1)
    with pytest.raises(Refusal) as refusal:
        await room.run(grade_subject, subject=subject, measure=Measure.SCORED, expected_version=1)
    assert [("CONFLICT", "expectedVersion")] == problems(refusal)


async def test_books_end_with_their_year_when_its_last_day_changes(
    make_space: Callable[..., Awaitable[Space]], make_room: MakeRoom
) -> None:
    room, other = [await make_room(await make_space("vn"), "7E", size=1) for _ in range(2)]
    (year,) = await room.fetch("SELECT id, ends_on FROM school_year WHERE status = 'current'")
    await room.run(change_school_year, school_year=year["id"], ends_on=year["ends_on"] + timedelta(days=14))
    books = "SELECT DISTINCT ends_on FROM gradebook"
    assert [year["ends_on"] + timedelta(days=14)] == [row["ends_on"] for row in await room.fetch(books)]
    assert [year["ends_on"]] == [row["ends_on"] for row in await other.fetch(books)]
