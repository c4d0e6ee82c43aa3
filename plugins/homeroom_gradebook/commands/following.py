"""Marks of students who came from another class, and results of those who came from another school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.errors import Problem, Refusal
from homeroom.refusals import LENGTH, LISTED_TWICE, MISSING_ENTRIES, NOT_FOUND, TOO_MANY
from homeroom_gradebook.conclusion import refresh_results
from homeroom_gradebook.entry import YEAR, Sheet, load_sheet
from homeroom_gradebook.following import carry
from homeroom_gradebook.refusals import (
    BAD_MARK,
    HAS_MARKS,
    NO_JUDGEMENTS,
    NO_NUMBERS,
    NOT_IN_CLASS,
    OTHER_KIND_OF_CLASS,
    SAME_CLASS,
)
from homeroom_gradebook.scales import BadMark, CodeScale, NumberScale
from homeroom_gradebook.schemes import SubjectResult as Result
from homeroom_gradebook.tables import SubjectResult

__all__ = ["TakenOverRow", "carry_marks", "take_over_results"]

_MOST_STUDENTS = 500
_CLASSES = """
SELECT f.school_year_id = t.school_year_id AS same_year, f.kind = t.kind AS same_kind
FROM school_class f, school_class t WHERE f.id = $1 AND t.id = $2
"""
_NOT_THERE = """
SELECT n.place - 1 AS place FROM unnest($1::uuid[]) WITH ORDINALITY AS n (student_id, place)
WHERE NOT EXISTS (SELECT FROM class_enrolment e WHERE e.student_id = n.student_id AND e.school_class_id = $2)
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
    concluded results. Averages and results are made anew. Moving a student to another class does all this by itself.
    Use this mutation where a mark was left behind, once the other book has the column. A mark that finds no column
    (NO_COLUMN) or another mark in its place (MARK_EXISTS) is named.
    """
    await context.permit("SchoolClass", [from_class], field="fromClass")
    await context.permit("SchoolClass", [to_class], field="toClass")
    await context.permit("Student", students, field="students", rows=True)
    if not students or len(set(students)) < len(students):
        raise Refusal(LISTED_TWICE, "students")
    if len(students) > _MOST_STUDENTS:
        raise Refusal(TOO_MANY, "students", most=_MOST_STUDENTS)
    about = await context.fetchrow(_CLASSES, from_class, to_class)
    if about is None or from_class == to_class:
        raise Refusal(SAME_CLASS, "to_class")
    if not about["same_year"] or not about["same_kind"]:
        raise Refusal(OTHER_KIND_OF_CLASS, "to_class")
    absent = await context.fetch(_NOT_THERE, students, to_class)
    if absent:
        raise Refusal.of([Problem(NOT_IN_CLASS, "students", row["place"]) for row in absent])
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
    taken_from = " ".join(taken_from.split())
    if not 0 < len(taken_from) <= 200:
        raise Refusal(LENGTH, "taken_from", most=200)
    if not rows:
        raise Refusal(MISSING_ENTRIES, "rows")
    students = list(dict.fromkeys(row.student for row in rows))
    sheet = await load_sheet(context, gradebook, students, [])
    await context.fetch("SELECT id FROM gradebook WHERE id = $1 FOR UPDATE", gradebook)
    results = await _read_rows(context, sheet, rows, students)
    lines = await _lines(context, sheet, students)
    await context.rows(SubjectResult).update_many(
        [
            {
                "id": lines[row.student, row.term],
                "score": result.score,
                "code": result.code,
                "taken_from": None if result == Result() else taken_from,
                "scheme_version": sheet.book.scheme.version,
            }
            for row, result in zip(rows, results, strict=True)
        ]
    )
    await _settle_years(context, sheet, students)
    if sheet.concluded:
        await refresh_results(context, sheet.school_class, students)
    return [lines[row.student, row.term] for row in rows]


async def _read_rows(
    context: Context, sheet: Sheet, rows: Sequence[TakenOverRow], students: Sequence[UUID]
) -> list[Result]:
    marked = {
        (row["student_id"], row["term_id"])
        for row in await context.fetch(
            "SELECT DISTINCT m.student_id, a.term_id FROM mark m JOIN assessment a ON a.id = m.assessment_id"
            " WHERE m.gradebook_id = $1 AND m.student_id = ANY($2::uuid[]) AND num_nonnulls(m.number, m.code) > 0",
            sheet.book.id,
            students,
        )
    }
    problems: list[Problem] = []
    results: list[Result] = []
    for place, row in enumerate(rows):
        if students.index(row.student) not in sheet.present:
            problems.append(Problem(NOT_FOUND, "rows.student", place))
        elif row.term not in sheet.book.terms:
            problems.append(Problem(NOT_FOUND, "rows.term", place))
        elif (row.student, row.term) in marked:
            problems.append(Problem(HAS_MARKS, "rows", place))
        else:
            results.append(_read(sheet, row, place, problems))
    if len({(row.student, row.term) for row in rows}) < len(rows):
        problems.append(Problem(LISTED_TWICE, "rows"))
    if problems:
        raise Refusal.of(problems)
    return results


def _read(sheet: Sheet, row: TakenOverRow, place: int, problems: list[Problem]) -> Result:
    """What a row says, on the scales of the subject in that term."""
    book = sheet.book
    scales = [each.scale for each in book.scheme.assessments(book.plan, book.grade, book.terms[row.term])]
    number = next((scale for scale in scales if isinstance(scale, NumberScale)), None)
    codes = next((scale for scale in scales if isinstance(scale, CodeScale)), None)
    score = code = None
    if row.score is not None and number is None:
        problems.append(Problem(NO_NUMBERS, "rows.score", place))
    elif row.score is not None and number is not None:
        try:
            score = number.read(row.score)
        except BadMark as refused:
            problems.append(Problem(BAD_MARK, "rows.score", place, detail=str(refused)))
    if row.code is not None and codes is None:
        problems.append(Problem(NO_JUDGEMENTS, "rows.code", place))
    elif row.code is not None and codes is not None:
        try:
            code = codes.read(row.code)
        except BadMark as refused:
            problems.append(Problem(BAD_MARK, "rows.code", place, detail=str(refused)))
    return Result(score, code)


async def _lines(context: Context, sheet: Sheet, students: Sequence[UUID]) -> dict[tuple[UUID, UUID | None], UUID]:
    """The lines of students in the book by (student, term); the year's term is none. Missing ones are made."""
    terms: dict[int, UUID | None] = {number: term for term, number in sheet.book.terms.items()} | {YEAR: None}
    lines = {
        (students[place], terms[number]): line.id for (place, number), line in sheet.lines.items() if number in terms
    }
    missing = [(student, term) for student in students for term in terms.values() if (student, term) not in lines]
    made = await context.rows(SubjectResult).insert(
        [
            {
                "id": line,
                "gradebook_id": sheet.book.id,
                "student_id": student,
                "term_id": term,
                "span": "year" if term is None else "term",
            }
            for line, (student, term) in zip(new_ids(len(missing)), missing, strict=True)
        ]
    )
    return lines | dict(zip(missing, made, strict=True))


async def _settle_years(context: Context, sheet: Sheet, students: Sequence[UUID]) -> None:
    """Make the year's results of students from those of their terms."""
    fresh = await load_sheet(context, sheet.book.id, students, [], permitted=True)
    book = fresh.book
    changes = []
    for place in range(len(students)):
        of_terms = {
            number: line.result if (line := fresh.lines.get((place, number))) is not None else None
            for number in book.kinds
        }
        year = book.scheme.subject_year_result(book.plan, of_terms) or Result()
        changes.append({"id": fresh.lines[place, YEAR].id, "score": year.score, "code": year.code})
    await context.rows(SubjectResult).update_many(changes)
    await context.execute("UPDATE gradebook SET version = version + 1 WHERE id = $1", book.id)
