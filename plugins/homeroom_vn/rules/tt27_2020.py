"""TT27/2020/TT-BGDĐT: assessment in primary school under the 2018 programme, grade by grade from 2020-21."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from homeroom_gradebook.scales import Label
from homeroom_gradebook.schemes import OverallResult, Promotion, PromotionCode
from homeroom_vn.rules.circular import Circular, rollout
from homeroom_vn.rules.marks import WHOLE_POINTS
from homeroom_vn.rules.primary import (
    closing_results,
    primary_assessments,
    primary_term_result,
    primary_trait_year,
    primary_year_result,
    traits_of,
)

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

__all__ = ["FIRST_YEAR", "LEVELS", "TT27"]

OUTSTANDING = Label("outstanding", "Hoàn thành xuất sắc")
WELL = Label("well", "Hoàn thành tốt")
COMPLETED = Label("completed", "Hoàn thành")
NOT_COMPLETED = Label("not_completed", "Chưa hoàn thành")

LEVELS = (OUTSTANDING, WELL, COMPLETED, NOT_COMPLETED)
FIRST_YEAR = {1: 2020, 2: 2021, 3: 2022, 4: 2023, 5: 2024}

_QUALITIES = (
    ("patriotism", "Yêu nước"),
    ("kindness", "Nhân ái"),
    ("diligence", "Chăm chỉ"),
    ("honesty", "Trung thực"),
    ("responsibility", "Trách nhiệm"),
)
_COMPETENCES = (
    ("self_reliance", "Tự chủ và tự học"),
    ("cooperation", "Giao tiếp và hợp tác"),
    ("problem_solving", "Giải quyết vấn đề và sáng tạo"),
    ("language", "Ngôn ngữ"),
    ("calculation", "Tính toán"),
    ("science", "Khoa học"),
    ("aesthetics", "Thẩm mĩ"),
    ("physical", "Thể chất"),
)
_FROM_GRADE_3 = (("technology", "Công nghệ"), ("informatics", "Tin học"))
_TRAITS_LOWER = traits_of((*_QUALITIES, *_COMPETENCES))
_TRAITS_UPPER = traits_of((*_QUALITIES, *_COMPETENCES, *_FROM_GRADE_3))
_LAST_GRADE = 5
_9, _7, _5 = Decimal(9), Decimal(7), Decimal(5)


class TT27(Circular):
    """Grades 1 to 5 under TT27/2020: judgements at four checkpoints, four levels at the end of the year."""

    name = "vn.primary_2020"
    version = "TT27/2020"
    source = "Thông tư 27/2020/TT-BGDĐT"
    levels = LEVELS

    def applies(self, grade: int, school_year_start: int) -> bool:
        """Grade 1 from 2020-21 and one grade more each year."""
        return rollout(FIRST_YEAR, grade, school_year_start)

    def traits(self, grade: int) -> tuple[Trait, ...]:
        """Five qualities and the competences; technology and informatics only from grade 3."""
        return _TRAITS_UPPER if grade >= 3 else _TRAITS_LOWER

    def assessments(self, subject: SubjectPlan, grade: int, term: int) -> tuple[RequiredAssessment, ...]:
        """Articles 6 and 7; tests are whole marks of ten."""
        return primary_assessments(subject, grade, term, WHOLE_POINTS)

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
        """Article 9, at the end of the year."""
        closing = closing_results(record, self.traits(record.grade)) if record.period == "year" else None
        if closing is None:
            return None
        level = self.level(*closing)
        return OverallResult(level, level)

    def level(self, subjects: Sequence[str], traits: Sequence[str], tests: Sequence[Decimal]) -> Label:
        """The level of the year (article 9).

        Args:
            subjects: T, H or C of every subject and activity.
            traits: T, Đ or C of every quality and competence.
            tests: marks of the year-end tests.
        """
        lowest = min(tests, default=_9)
        if "C" in subjects or "C" in traits or lowest < _5:
            return NOT_COMPLETED
        if all(code == "T" for code in (*subjects, *traits)):
            if lowest >= _9:
                return OUTSTANDING
            if lowest >= _7:
                return WELL
        return COMPLETED

    def trait_year(self, trait: str, terms: Mapping[int, str]) -> TraitYear | None:
        """The level at the end of the year."""
        return primary_trait_year(terms)

    def title(self, record: PeriodRecord, overall: OverallResult) -> Label | None:
        """Article 13; the second title needs a person's recognition by the class (``commended``)."""
        if record.period != "year":
            return None
        if overall.level == OUTSTANDING:
            return Label("outstanding", "Học sinh Xuất sắc")
        if overall.level == WELL and record.commended:
            return Label("exemplary", "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện")
        return None

    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        """Article 11: pupils who complete are promoted; the others get guidance, then the principal decides."""
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
