"""A student leaves for another school: the parcel gets the results, sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.code_tables import titles
from homeroom.hookspecs import hookimpl

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom_transfers.parcel import Parcel

_TITLE: Final = titles("Results of terms and years", "學期及學年成績", "学期及学年成绩", "Kết quả học kỳ và năm học")
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


@hookimpl(optionalhook=True)
async def student_leaving(context: Context, student: UUID, parcel: Parcel) -> None:
    """Put the student's results of terms and years into the parcel, each with the version of the rules that made it."""
    content: dict[str, Any] = {
        name: [dict(row) for row in await context.fetch(sql, student)]
        for name, sql in (("subjects", _SUBJECTS), ("periods", _PERIODS))
    }
    if any(content.values()):
        parcel.record("gradebook.results", _TITLE, content)
