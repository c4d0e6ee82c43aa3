"""What the gradebook gives along with a student who goes to another school: the results, sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.context import Context

if TYPE_CHECKING:
    from homeroom_transfers.parcel import Parcel

__all__ = ["give_results", "remove_empty_lines"]

_SUBJECTS: Final = """
SELECT y.name AS school_year, t.name AS term, c.name AS class, s.code AS subject, s.title AS subject_title, r.span,
       r.score::text AS score, r.code, r.again_score::text AS again_score, r.again_code, r.exempt, r.scheme_version
FROM subject_result r JOIN gradebook g ON g.id = r.gradebook_id JOIN school_class c ON c.id = g.school_class_id
JOIN school_year y ON y.id = c.school_year_id JOIN subject s ON s.id = g.subject_id LEFT JOIN term t ON t.id = r.term_id
WHERE r.student_id = $1 AND (r.exempt OR r.score IS NOT NULL OR r.code IS NOT NULL)
ORDER BY y.starts_on, t.number NULLS LAST, s.position, s.code
"""
_PERIODS: Final = """
SELECT y.name AS school_year, t.name AS term, c.name AS class, r.span, r.absences, r.average::text AS average, r.level,
       r.level_label, r.title, r.title_label, r.promotion, r.promotion_label, r.final_level_label,
       r.final_promotion_label, r.scheme_version
FROM student_result r JOIN school_class c ON c.id = r.school_class_id JOIN school_year y ON y.id = c.school_year_id
LEFT JOIN term t ON t.id = r.term_id
WHERE r.student_id = $1
ORDER BY y.starts_on, t.number NULLS LAST
"""


async def give_results(context: Context, student: UUID, parcel: Parcel) -> None:
    """Put the student's results of terms and years into the parcel, each with the version of the rules that made it.

    Args:
        context: A command's, in the school that the student leaves.
        student: The student.
        parcel: Takes them; nothing is put in where there are none.
    """
    content: dict[str, Any] = {
        name: [dict(row) for row in await context.fetch(sql, student)]
        for name, sql in (("subjects", _SUBJECTS), ("periods", _PERIODS))
    }
    if any(content.values()):
        parcel.record("gradebook.results", "Results of terms and years", content)


async def remove_empty_lines(context: Context, students: Sequence[UUID]) -> None:
    """Remove the lines in books that were opened for students and in which nothing was entered.

    Args:
        context: A command's.
        students: Students whose import is undone.
    """
    # Lines are opened without lines of the audit, and go without.
    await context.execute(
        "DELETE FROM subject_result r WHERE r.student_id = ANY($1::uuid[]) AND r.score IS NULL AND r.code IS NULL"
        " AND r.again_score IS NULL AND r.again_code IS NULL AND NOT r.exempt"
        " AND NOT EXISTS (SELECT FROM mark m WHERE m.subject_result_id = r.id)",
        list(students),
    )
