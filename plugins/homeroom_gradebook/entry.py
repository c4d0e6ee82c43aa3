"""What entering marks reads and writes: one statement to load a book, one to write the change.

Numbers travel as hundredths, because a list of integers is far cheaper to send than a list of decimals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from homeroom.database.ids import new_ids
from homeroom.errors import NotFound
from homeroom_gradebook import schemes
from homeroom_gradebook.books import Book, book_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["Cell", "Line", "Sheet", "hundredths", "load_sheet", "number_of", "write_sheet"]

# Sub-selects in the FROM list run once each. A round of another class does not count; a student is in the class
# on the day of the entry, or was on the last day of a year that is over.
_LOAD = """
SELECT g.id, g.version, g.school_class_id, g.scheme, g.grade, g.measure, g.subject_key, g.periods_per_year,
       a.ids, a.terms, a.numbers, a.kinds, a.ordinals, o.round_terms, o.round_kinds, e.students,
       l.line_ids, l.line_students, l.line_terms, l.line_scores, l.line_codes, l.line_exempt,
       m.mark_ids, m.mark_assessments, m.mark_students, m.mark_numbers, m.mark_codes, m.mark_versions,
       EXISTS (SELECT FROM student_result sr WHERE sr.school_class_id = g.school_class_id
               AND sr.student_id = ANY($2::uuid[])) AS concluded
FROM gradebook g
LEFT JOIN LATERAL (
    SELECT array_agg(a.id) AS ids, array_agg(a.term_id) AS terms, array_agg(t.number::int) AS numbers,
           array_agg(a.kind::text) AS kinds, array_agg(a.ordinal::int) AS ordinals
    FROM assessment a JOIN term t ON t.id = a.term_id WHERE a.gradebook_id = g.id) a ON true
LEFT JOIN LATERAL (
    SELECT array_agg(r.term_id) AS round_terms, array_agg(r.kind::text) AS round_kinds
    FROM entry_round r
    WHERE r.term_id = ANY(a.terms) AND r.status = 'open' AND r.opens_at <= $4
      AND (r.closes_at IS NULL OR r.closes_at > $4)
      AND (r.school_class_id IS NULL OR r.school_class_id = g.school_class_id)) o ON true
LEFT JOIN LATERAL (
    SELECT array_agg(e.student_id) AS students
    FROM school_class sc JOIN school_year sy ON sy.id = sc.school_year_id
    JOIN class_enrolment e ON e.school_class_id = sc.id
    WHERE sc.id = g.school_class_id AND e.student_id = ANY($2::uuid[]) AND e.starts_on <= $5
      AND (e.ends_on IS NULL OR e.ends_on >= least($5, sy.ends_on))) e ON true
LEFT JOIN LATERAL (
    SELECT array_agg(s.id) AS line_ids, array_agg(s.student_id) AS line_students,
           array_agg(s.term_id) AS line_terms, array_agg((s.score * 100)::int) AS line_scores,
           array_agg(s.code::text) AS line_codes, array_agg(s.exempt) AS line_exempt
    FROM subject_result s
    WHERE s.gradebook_id = g.id AND s.student_id = ANY($2::uuid[])) l ON true
LEFT JOIN LATERAL (
    SELECT array_agg(m.id) AS mark_ids, array_agg(m.assessment_id) AS mark_assessments,
           array_agg(m.student_id) AS mark_students, array_agg((m.number * 100)::int) AS mark_numbers,
           array_agg(m.code::text) AS mark_codes, array_agg(m.version) AS mark_versions
    FROM subject_result s JOIN mark m ON m.subject_result_id = s.id
    WHERE s.gradebook_id = g.id AND s.student_id = ANY($2::uuid[])
      AND s.term_id IN (SELECT i.term_id FROM assessment i WHERE i.id = ANY($3::uuid[]))) m ON true
WHERE g.id = $1 AND {within}
"""

# The guard lets everything through or nothing: a book that changed since it was loaded is loaded again.
_WRITE = """
WITH guard AS (
    UPDATE gradebook SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING id),
line AS (
    INSERT INTO subject_result (id, gradebook_id, student_id, term_id, span, score, code, scheme_version)
    SELECT n.id, guard.id, n.student_id, n.term_id, CASE WHEN n.term_id IS NULL THEN 'year' ELSE 'term' END,
           n.score::numeric / 100, n.code, $3
    FROM guard, unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::text[])
         AS n (id, student_id, term_id, score, code)
    ON CONFLICT (tenant_id, gradebook_id, term_id, student_id) DO UPDATE
    SET score = EXCLUDED.score, code = EXCLUDED.code, scheme_version = EXCLUDED.scheme_version),
cell AS (
    INSERT INTO mark (id, gradebook_id, assessment_id, student_id, subject_result_id, number, code)
    SELECT n.id, guard.id, n.assessment_id, n.student_id, n.line_id, n.number::numeric / 100, n.code
    FROM guard, unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::int[], $14::text[])
         AS n (id, assessment_id, student_id, line_id, number, code)
    ON CONFLICT (tenant_id, subject_result_id, assessment_id) DO UPDATE
    SET number = EXCLUDED.number, code = EXCLUDED.code, version = mark.version + 1)
SELECT id FROM guard
"""


@dataclass(slots=True)
class Cell:
    """One mark as it stands, or as it is about to be written."""

    id: UUID
    number: int | None
    code: str | None
    version: int


@dataclass(slots=True)
class Line:
    """One student's line of a term or of the year."""

    id: UUID
    score: int | None = None
    code: str | None = None
    exempt: bool = False

    @property
    def result(self) -> schemes.SubjectResult | None:
        """What the line says; nothing while it is empty."""
        if self.score is None and self.code is None:
            return None
        return schemes.SubjectResult(None if self.score is None else number_of(self.score), self.code)


@dataclass(slots=True)
class Sheet:
    """A book with the lines and marks of the students that a command speaks of.

    Args:
        book: The book.
        version: Its version when it was loaded.
        school_class: Its class.
        open: (term, kind) of the open rounds; the kind is none for all.
        students: Those of the students who are in the class.
        lines: By (student, term); the year's term is none.
        cells: By (student, assessment), of the terms concerned.
        concluded: Whether a term or year of one of the students was concluded.
    """

    book: Book
    version: int
    school_class: UUID
    open: frozenset[tuple[UUID, str | None]]
    students: frozenset[UUID]
    lines: dict[tuple[UUID, UUID | None], Line]
    cells: dict[tuple[UUID, UUID], Cell]
    concluded: bool
    changed_cells: list[tuple[UUID, UUID, Cell]] = field(default_factory=list)
    changed_lines: list[tuple[UUID, UUID | None, Line]] = field(default_factory=list)


async def load_sheet(context: Context, gradebook: UUID, students: Sequence[UUID], assessments: Sequence[UUID]) -> Sheet:
    """Load a book within the caller's scopes for the present command, in one statement.

    Raises NotFound if it is not there or not the caller's.
    """
    within, values = context.within_scopes("Gradebook", "g", 6)
    row = await context.fetchrow(
        _statement(within), gradebook, students, assessments, context.now, context.today, *values
    )
    if row is None:
        raise NotFound("no such Gradebook", field="gradebook")
    lines = zip(
        row["line_students"] or (), row["line_terms"] or (), row["line_ids"] or (), row["line_scores"] or (),
        row["line_codes"] or (), row["line_exempt"] or (), strict=True,
    )  # fmt: skip
    cells = zip(
        row["mark_students"] or (), row["mark_assessments"] or (), row["mark_ids"] or (),
        row["mark_numbers"] or (), row["mark_codes"] or (), row["mark_versions"] or (), strict=True,
    )  # fmt: skip
    return Sheet(
        book=book_of(context, row),
        version=row["version"],
        school_class=row["school_class_id"],
        open=frozenset(zip(row["round_terms"] or (), row["round_kinds"] or (), strict=True)),
        students=frozenset(row["students"] or ()),
        lines={(student, term): Line(*rest) for student, term, *rest in lines},
        cells={(student, assessment): Cell(*rest) for student, assessment, *rest in cells},
        concluded=row["concluded"],
    )


async def write_sheet(context: Context, sheet: Sheet) -> bool:
    """Write the changed lines and cells of a sheet in one statement.

    Returns:
        Whether it was written; not if somebody changed the book since it was loaded.
    """
    lines, cells = sheet.changed_lines, sheet.changed_cells
    written = await context.fetchval(
        _WRITE,
        sheet.book.id,
        sheet.version,
        sheet.book.scheme.version,
        [line.id for _, _, line in lines],
        [student for student, _, _ in lines],
        [term for _, term, _ in lines],
        [line.score for _, _, line in lines],
        [line.code for _, _, line in lines],
        [cell.id for _, _, cell in cells],
        [assessment for _, assessment, _ in cells],
        [student for student, _, _ in cells],
        [sheet.lines[student, sheet.book.assessments[assessment].term].id for student, assessment, _ in cells],
        [cell.number for _, _, cell in cells],
        [cell.code for _, _, cell in cells],
    )
    return written is not None


def line_of(sheet: Sheet, student: UUID, term: UUID | None, fresh: list[UUID]) -> Line:
    """A student's line, made with the next fresh id where there is none."""
    line = sheet.lines.get((student, term))
    if line is None:
        line = sheet.lines[student, term] = Line((fresh or new_ids(1)).pop())
    return line


def hundredths(value: Decimal | None) -> int | None:
    """A number as hundredths; tables keep two decimals."""
    return None if value is None else int(value * 100)


@lru_cache(maxsize=20_000)
def number_of(value: int) -> Decimal:
    """Hundredths as an exact number, without needless zeros beyond the first decimal."""
    number = Decimal(value).scaleb(-2)
    return number.quantize(Decimal("0.1")) if value % 10 == 0 else number


@lru_cache(maxsize=256)
def _statement(within: str) -> str:
    return _LOAD.replace("{within}", within)
