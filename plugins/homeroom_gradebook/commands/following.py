"""Marks of students who came from another class, and results of those who came from another school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import LISTED_TWICE, MISSING_ENTRIES, NOT_FOUND, TOO_MANY
from homeroom.texts import required_text
from homeroom_gradebook.averages import average_again
from homeroom_gradebook.commands.rows import read_result, refuse, students_of
from homeroom_gradebook.conclusion import refresh_results
from homeroom_gradebook.entry import Sheet, load_sheet
from homeroom_gradebook.following import carry
from homeroom_gradebook.lines import lines_of
from homeroom_gradebook.refusals import HAS_MARKS, NOT_IN_CLASS, OTHER_KIND_OF_CLASS
from homeroom_gradebook.schemes import SubjectResult as Result
from homeroom_gradebook.tables import SubjectResult

_MOST_STUDENTS = 500
_ALIKE = """
SELECT EXISTS (SELECT FROM school_class f JOIN school_class t ON t.school_year_id = f.school_year_id AND t.kind = f.kind
               WHERE f.id = $1 AND t.id = $2 AND f.id <> t.id)
"""


@dataclass(frozen=True, slots=True)
class TakenOverRow:
    """The result of a term that a student brings along.

    Args:
        student: Of whom.
        term: The term; of the book's year.
        score: The average, in a subject with numbers.
        code: The judgement, in a subject with judgements.
    """

    student: Annotated[UUID, Ref("Student")]
    term: Annotated[UUID, Ref("Term")]
    score: Decimal | None = None
    code: str | None = None


@command("gradebook.mark.carry", returns="SubjectResult", many=True)
async def carry_marks(
    context: Context,
    *,
    from_class: Annotated[UUID, Ref("SchoolClass")],
    to_class: Annotated[UUID, Ref("SchoolClass")],
    students: list[Annotated[UUID, Ref("Student")]],
) -> list[UUID]:
    """Move what students have in one class of the year to the class that they are in now, all or none.

    This moves marks and exemptions of the subjects that both classes have, the judgements of the homeroom teacher and
    concluded results. Averages and results are computed again. Moving a student to another class does all this by
    itself. Use this mutation where a mark was left behind, once the other book has the column. A mark that finds no
    column (NO_COLUMN) or another mark in its place (MARK_EXISTS) is named.
    """
    await context.permit("SchoolClass", [from_class], field="fromClass")
    await context.permit("SchoolClass", [to_class], field="toClass")
    await context.permit("Student", students, field="students", rows=True)
    if not students or len(set(students)) < len(students):
        raise Refusal(LISTED_TWICE, "students")
    if len(students) > _MOST_STUDENTS:
        raise Refusal(TOO_MANY, "students", most=_MOST_STUDENTS)
    if not await context.fetchval(_ALIKE, from_class, to_class):
        raise Refusal(OTHER_KIND_OF_CLASS, "to_class")
    present = await students_of(context, to_class)
    refuse([Problem(NOT_IN_CLASS, "students", place) for place, each in enumerate(students) if each not in present])
    return await carry(context, students, from_class, to_class, strict=True)


@command("gradebook.result.take_over", returns="SubjectResult", many=True)
async def take_over_results(
    context: Context,
    *,
    gradebook: Annotated[UUID, Ref("Gradebook")],
    rows: list[TakenOverRow],
    taken_from: str,
) -> list[UUID]:
    """Enter the results of terms that students bring from another school, all or none; the year's results follow.

    A row without score and code takes the result back. Every bad row is named: a student who is not in the class or a
    term of another year (NOT_FOUND), a term in which the student has marks here (HAS_MARKS), a result that the scale
    does not have (INVALID).

    Args:
        taken_from: The school and the document that the results are taken from.
    """
    taken_from = required_text(taken_from, 200, "taken_from")
    if not rows:
        raise Refusal(MISSING_ENTRIES, "rows")
    students = list(dict.fromkeys(row.student for row in rows))
    await context.fetch("SELECT id FROM gradebook WHERE id = $1 FOR UPDATE", gradebook)
    sheet = await load_sheet(context, gradebook, students, None)
    results = _read_rows(sheet, rows)
    lines = await lines_of(context, gradebook, students)
    await context.rows(SubjectResult).update_many(
        [
            {
                "id": lines[row.student, row.term]["id"],
                "score": result.score,
                "code": result.code,
                "taken_from": None if result == Result() else taken_from,
                "scheme_version": sheet.book.scheme.version,
            }
            for row, result in zip(rows, results, strict=True)
        ]
    )
    await average_again(context, gradebook, students)
    if sheet.concluded:
        await refresh_results(context, sheet.school_class, students)
    return [lines[row.student, row.term]["id"] for row in rows]


def _read_rows(sheet: Sheet, rows: Sequence[TakenOverRow]) -> list[Result]:
    """What the rows say, on the scales of the subject in each term."""
    book, students, width = sheet.book, sheet.students, len(sheet.book.columns)
    filled = [divmod(cell, width) for cell, value in enumerate(sheet.values) if value is not None]
    marked = {(students[place], book.columns[column].term) for place, column in filled}
    problems: list[Problem] = []
    results: list[Result] = []
    for place, row in enumerate(rows):
        if students.index(row.student) not in sheet.present:
            problems.append(Problem(NOT_FOUND, "rows.student", place))
        elif row.term not in book.terms:
            problems.append(Problem(NOT_FOUND, "rows.term", place))
        elif (row.student, row.term) in marked:
            problems.append(Problem(HAS_MARKS, "rows", place))
        else:
            needed = book.scheme.assessments(book.plan, book.grade, book.terms[row.term])
            results.append(read_result(needed, row, place, problems))
    refuse(problems, [(row.student, row.term) for row in rows])
    return results
