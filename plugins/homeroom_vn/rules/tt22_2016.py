"""TT30/2014/TT-BGDĐT as amended by TT22/2016: primary grades that TT27/2020 had not reached yet.

Not to be taken for TT22/2021, which bears the same number and governs secondary school.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from homeroom_gradebook.scales import Label
from homeroom_gradebook.schemes import OverallResult, Promotion, PromotionCode
from homeroom_vn.rules.circular import Circular, rollout
from homeroom_vn.rules.marks import WHOLE_POINTS_FROM_ONE
from homeroom_vn.rules.primary import (
    closing_results,
    primary_assessments,
    primary_term_result,
    primary_trait_year,
    primary_year_result,
    traits_of,
)
from homeroom_vn.rules.tt27_2020 import FIRST_YEAR as REPLACED_FROM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_gradebook.scales import Value
    from homeroom_gradebook.schemes import (
        PeriodRecord,
        RequiredAssessment,
        SubjectPlan,
        SubjectResult,
        Trait,
        TraitYear,
    )

__all__ = ["LEVELS", "TT30"]

COMPLETED = Label("completed", "Hoàn thành")
NOT_COMPLETED = Label("not_completed", "Chưa hoàn thành")
LEVELS = (COMPLETED, NOT_COMPLETED)

_TRAITS = traits_of(
    (
        ("self_service", "Tự phục vụ, tự quản"),
        ("cooperation", "Hợp tác"),
        ("problem_solving", "Tự học và giải quyết vấn đề"),
        ("diligence", "Chăm học, chăm làm"),
        ("confidence", "Tự tin, trách nhiệm"),
        ("honesty", "Trung thực, kỉ luật"),
        ("solidarity", "Đoàn kết, yêu thương"),
    )
)
_FIRST_YEAR = 2016
_LAST_GRADE = 5
_9, _5 = Decimal(9), Decimal(5)


class TT30(Circular):
    """Grades 1 to 5 under TT30/2014 with TT22/2016: judgements and tests, without levels of the year."""

    name = "vn.primary_2014"
    version = "TT30/2014+TT22/2016"
    source = "Thông tư 30/2014/TT-BGDĐT, sửa đổi bởi Thông tư 22/2016/TT-BGDĐT"
    levels = LEVELS

    def applies(self, grade: int, school_year_start: int) -> bool:
        """From 2016-17 until TT27/2020 reaches the grade."""
        return (
            grade in REPLACED_FROM
            and school_year_start >= _FIRST_YEAR
            and not rollout(REPLACED_FROM, grade, school_year_start)
        )

    def traits(self, grade: int) -> tuple[Trait, ...]:
        """Three competences and four qualities."""
        return _TRAITS

    def assessments(self, subject: SubjectPlan, grade: int, term: int) -> tuple[RequiredAssessment, ...]:
        """Levels at four checkpoints; tests are whole marks from 1, the mark 0 is not given."""
        return primary_assessments(subject, grade, term, WHOLE_POINTS_FROM_ONE)

    def subject_term_result(
        self, subject: SubjectPlan, grade: int, term: int, marks: Mapping[str, Sequence[Value]]
    ) -> SubjectResult | None:
        """The level at the end of the term, with its test."""
        return primary_term_result(subject, term, marks)

    def subject_year_result(
        self, subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]
    ) -> SubjectResult | None:
        """Only the end of the year counts."""
        return primary_year_result(subject, terms)

    def overall(self, record: PeriodRecord) -> OverallResult | None:
        """Whether the programme is completed: every subject at least H, every trait Đ, every test 5."""
        closing = closing_results(record, _TRAITS) if record.period == "year" else None
        if closing is None:
            return None
        subjects, traits, tests = closing
        completed = "C" not in subjects and "C" not in traits and min(tests, default=_5) >= _5
        level = COMPLETED if completed else NOT_COMPLETED
        return OverallResult(level, level)

    def trait_year(self, trait: str, terms: Mapping[int, str]) -> TraitYear | None:
        """The level at the end of the year."""
        return primary_trait_year(terms)

    def title(self, record: PeriodRecord, overall: OverallResult) -> Label | None:
        """The year's award; the second needs a person's recognition (``commended``)."""
        closing = closing_results(record, _TRAITS) if record.period == "year" else None
        if closing is None or overall.level != COMPLETED:
            return None
        subjects, traits, tests = closing
        if all(code == "T" for code in (*subjects, *traits)) and min(tests, default=_9) >= _9:
            return Label("outstanding", "Hoàn thành xuất sắc các nội dung học tập và rèn luyện")
        if record.commended:
            return Label("remarkable", "Có thành tích vượt trội hay tiến bộ vượt bậc")
        return None

    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        """Pupils who complete are promoted; for the others guidance, then the principal decides each case."""
        if record.period != "year":
            return None
        if overall.level == NOT_COMPLETED:
            if after_summer:
                return Promotion(PromotionCode.REVIEW, "Hiệu trưởng xét, quyết định lên lớp hoặc ở lại lớp", "learning")
            return Promotion(PromotionCode.RETEST, "Hướng dẫn, giúp đỡ và đánh giá bổ sung", "learning")
        if record.grade == _LAST_GRADE:
            return Promotion(PromotionCode.COMPLETED, "Hoàn thành chương trình tiểu học", "met")
        return Promotion(PromotionCode.PROMOTED, "Hoàn thành chương trình lớp học", "met")

    def eligible(self, record: PeriodRecord) -> tuple[str, ...]:
        """Subjects not completed, or with a year-end test below 5."""
        return tuple(
            standing.subject.code
            for standing in record.subjects
            if standing.result is not None
            and (standing.result.code == "C" or (standing.result.score is not None and standing.result.score < _5))
        )
