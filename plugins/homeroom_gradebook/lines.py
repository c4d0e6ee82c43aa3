"""The lines of students in books: one for each term and one for the year. The audit has no record of empty lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom.database.ids import new_ids

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from homeroom.context import Context

#: What a class ($1) needs lines for: everybody who is in it on a day ($2) or will be.
_CLASS: Final = """
SELECT array(SELECT id FROM gradebook WHERE school_class_id = $1) AS books,
       array(SELECT DISTINCT student_id FROM class_enrolment
             WHERE school_class_id = $1 AND (ends_on IS NULL OR ends_on >= $2)) AS students,
       array(SELECT t.id FROM term t JOIN school_class c ON c.school_year_id = t.school_year_id
             WHERE c.id = $1) AS terms
"""
_TERMS: Final = "SELECT array(SELECT DISTINCT term_id FROM assessment WHERE gradebook_id = $1)"
_MISSING: Final = """
SELECT b.id AS book, s.id AS student, t.id AS term
FROM unnest($1::uuid[]) AS b (id) CROSS JOIN unnest($2::uuid[]) AS s (id)
CROSS JOIN unnest($3::uuid[] || NULL::uuid) AS t (id)
WHERE NOT EXISTS (SELECT FROM subject_result r WHERE r.gradebook_id = b.id AND r.student_id = s.id
                  AND r.term_id IS NOT DISTINCT FROM t.id)
"""
_OPEN: Final = """
INSERT INTO subject_result (id, gradebook_id, student_id, term_id, span)
SELECT n.id, n.gradebook_id, n.student_id, n.term_id, CASE WHEN n.term_id IS NULL THEN 'year' ELSE 'term' END
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS n (id, gradebook_id, student_id, term_id)
ON CONFLICT (tenant_id, gradebook_id, term_id, student_id) DO NOTHING
"""
_LINES: Final = """
SELECT id, student_id, term_id, score, code, exempt, taken_from FROM subject_result
WHERE gradebook_id = $1 AND student_id = ANY($2::uuid[]) ORDER BY id
"""


async def open_lines(context: Context, school_class: UUID) -> None:
    """Open the lines that are missing in the books of a class, for everybody who is in it today or will be.

    Students who come later get theirs from a job, or with their first mark.
    """
    row = await context.fetchrow(_CLASS, school_class, context.today)
    assert row is not None
    await _open(context, row["books"], row["students"], row["terms"])


async def lines_of(
    context: Context, book: UUID, students: Collection[UUID], *, opened: bool = True
) -> dict[tuple[UUID, UUID | None], Any]:
    """The lines of students in a book by (student, term); the year's term is none.

    Args:
        opened: Whether missing ones are opened.
    """
    if opened:
        await _open(context, [book], students, await context.fetchval(_TERMS, book))
    return {(row["student_id"], row["term_id"]): row for row in await context.fetch(_LINES, book, list(students))}


async def _open(context: Context, books: Collection[UUID], students: Collection[UUID], terms: Collection[UUID]) -> None:
    missing = await context.fetch(_MISSING, list(books), list(students), list(terms))
    if missing:
        given = [[each[name] for each in missing] for name in ("book", "student", "term")]
        await context.execute(_OPEN, new_ids(len(missing)), *given)
