"""Opening the books of a class, and their columns."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import NOT_FOUND, Label
from homeroom.texts import required_text
from homeroom_gradebook.commands.rows import refuse
from homeroom_gradebook.entry import load_sheet
from homeroom_gradebook.installed import schemes_of
from homeroom_gradebook.lines import open_lines
from homeroom_gradebook.refusals import (
    COLUMN_HAS_MARKS,
    COLUMN_NEEDED,
    NO_GRADE_LEVEL,
    NO_MEASURE,
    NO_PERIODS,
    NO_SUCH_COLUMN,
    ONE_IN_A_TERM,
    TERM_COUNT,
)
from homeroom_gradebook.scheme_choice import resolve_scheme
from homeroom_gradebook.schemes import GradingScheme, RequiredAssessment, SubjectPlan
from homeroom_gradebook.tables import Assessment, Gradebook

_CLASS = """
SELECT gl.number AS grade, extract(year FROM sy.starts_on)::int AS school_year_start, sy.ends_on, sc.school_year_id,
       sc.id AS school_class_id
FROM school_class sc JOIN school_year sy ON sy.id = sc.school_year_id
LEFT JOIN grade_level gl ON gl.id = sc.grade_level_id WHERE sc.id = $1
"""
_TERMS = "SELECT id, number FROM term WHERE school_year_id = $1 ORDER BY number"
_SUBJECTS = """
SELECT cs.id AS class_subject_id, cs.subject_id, s.title, sg.measure, sg.key AS subject_key,
       coalesce(cs.periods_per_year, gs.periods_per_year) AS periods_per_year
FROM class_subject cs JOIN subject s ON s.id = cs.subject_id JOIN school_class sc ON sc.id = cs.school_class_id
LEFT JOIN grade_subject gs ON gs.subject_id = cs.subject_id AND gs.grade_level_id = sc.grade_level_id
LEFT JOIN subject_grading sg ON sg.subject_id = cs.subject_id
WHERE cs.school_class_id = $1 AND NOT EXISTS (SELECT FROM gradebook g WHERE g.class_subject_id = cs.id)
ORDER BY s.position, s.code
"""


@command("gradebook.book.open", returns="Gradebook", many=True)
async def open_gradebooks(context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")]) -> list[UUID]:
    """Open a book for each subject of a class that has none, with the columns that the regulation asks for.

    The regulation follows from the grade level and the school year; the book keeps its name. Run again, it opens what
    was added since: books of new subjects, lines of students who came later.

    Refused where no scheme governs the class, or where a subject's grading or periods are unknown; every such subject
    is named.
    """
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await context.execute("SELECT id FROM school_class WHERE id = $1 FOR UPDATE", school_class)
    about = dict((await context.fetch(_CLASS, school_class))[0])
    if about["grade"] is None:
        raise Refusal(NO_GRADE_LEVEL, "school_class")
    scheme = resolve_scheme(schemes_of(context), about["grade"], about["school_year_start"])
    terms = await context.fetch(_TERMS, about.pop("school_year_id"))
    if len(terms) != scheme.terms:
        raise Refusal(TERM_COUNT, "school_class", scheme=scheme.version, expected=scheme.terms, found=len(terms))
    common = {**about, "scheme": scheme.name, "scheme_version": scheme.version}
    rows = [{**each, **common} for each in await context.fetch(_SUBJECTS, school_class)]
    titles = [row.pop("title") for row in rows]
    refuse(
        [
            Problem(code, "school_class", subject=title)
            for row, title in zip(rows, titles, strict=True)
            for column, code in (("measure", NO_MEASURE), ("periods_per_year", NO_PERIODS))
            if row[column] is None
        ]
    )
    books = await context.rows(Gradebook).insert(rows)
    columns = [column for book, row in zip(books, rows, strict=True) for column in _columns(scheme, book, row, terms)]
    await context.rows(Assessment).insert(columns)
    await open_lines(context, school_class)
    return books


def _columns(scheme: GradingScheme, book: UUID, row: dict[str, Any], terms: list[Any]) -> list[dict[str, Any]]:
    plan = SubjectPlan(str(book), row["measure"], row["periods_per_year"], key=row["subject_key"])
    columns: list[dict[str, Any]] = []
    for term in terms:
        for needed in scheme.assessments(plan, row["grade"], term["number"]):
            for ordinal in range(1, needed.count + 1):
                columns.append(_column(book, term["id"], term["number"], needed, ordinal, len(columns) + 1))
    return columns


def _column(
    book: UUID, term: UUID, number: int, needed: RequiredAssessment, ordinal: int, position: int
) -> dict[str, Any]:
    numbered = needed.count > 1 or ordinal > 1
    return {
        "gradebook_id": book,
        "term_id": term,
        "term_number": number,
        "kind": needed.kind.code,
        "ordinal": ordinal,
        "title": f"{needed.kind.sign} {ordinal}" if numbered else needed.kind.sign,
        "position": position,
        "coefficient": needed.coefficient,
        "scale": needed.scale.code,
    }


@command("gradebook.assessment.add", returns="Assessment")
async def add_assessment(
    context: Context,
    *,
    gradebook: Annotated[UUID, Ref("Gradebook")],
    term: Annotated[UUID, Ref("Term")],
    kind: str,
    title: str | None = None,
) -> UUID:
    """Add a column of a kind that the term of the book has already, such as one more regular mark.

    Refused for a kind that the regulation does not have there, or has only once in a term.
    """
    book = (await load_sheet(context, gradebook, [], [])).book
    number = book.terms.get(term)
    if number is None:
        raise Refusal(NOT_FOUND, "term")
    needed = next(
        (each for each in book.scheme.assessments(book.plan, book.grade, number) if each.kind.code == kind), None
    )
    if needed is None:
        raise Refusal(NO_SUCH_COLUMN, "kind", scheme=book.scheme.version, kind=kind)
    if needed.count == 1:
        raise Refusal(ONE_IN_A_TERM, "kind", kind=Label(needed.kind.label))
    if title is not None:
        title = required_text(title, 120, "title")
    same = (each.ordinal for each in book.columns if (each.term, each.kind) == (term, kind))
    ordinal = max(same, default=0) + 1
    column = _column(gradebook, term, number, needed, ordinal, len(book.columns) + 1)
    if title is not None:
        column["title"] = title
    (made,) = await context.rows(Assessment).insert([column])
    return made


@command("gradebook.assessment.remove")
async def remove_assessment(context: Context, *, assessment: Annotated[UUID, Ref("Assessment")]) -> None:
    """Remove a column that has no marks and that the regulation does not require.

    Refused where the column has marks, or where the term would have too few.
    """
    await context.permit("Assessment", [assessment], field="assessment")
    owner = await context.fetchval("SELECT gradebook_id FROM assessment WHERE id = $1", assessment)
    book = (await load_sheet(context, owner, [], [], permitted=True)).book
    column = book.columns[book.places[assessment]]
    if await context.fetchval("SELECT EXISTS (SELECT FROM mark WHERE assessment_id = $1)", assessment):
        raise Refusal(COLUMN_HAS_MARKS, "assessment")
    left = sum(1 for each in book.columns if (each.term, each.kind) == (column.term, column.kind))
    needed = {each.kind.code: each.count for each in book.scheme.assessments(book.plan, book.grade, column.number)}
    if left <= needed.get(column.kind, 0):
        raise Refusal(COLUMN_NEEDED, "assessment", scheme=book.scheme.version)
    await context.rows(Assessment).delete(assessment, field="assessment")
