"""TT22/2021/TT-BGDĐT: assessment in secondary school, brought in grade by grade from 2021-22."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from homeroom_gradebook.scales import CodeScale, Label
from homeroom_gradebook.schemes import OverallResult, Promotion, PromotionCode, Trait, TraitYear
from homeroom_vn.rules.circular import Circular, rollout
from homeroom_vn.rules.one_subject import COMMENT_SUBJECT_COUNTS, READING, raised
from homeroom_vn.rules.secondary import secondary_assessments, secondary_term_result, secondary_year_result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_gradebook.scales import Value
    from homeroom_gradebook.schemes import PeriodRecord, RequiredAssessment, SubjectPlan, SubjectResult

__all__ = ["CONDUCT_YEAR", "FIRST_YEAR", "LEVELS", "TT22"]

GOOD = Label("good", "Tốt")
FAIR = Label("fair", "Khá")
PASS = Label("pass", "Đạt")
FAIL = Label("fail", "Chưa đạt")

LEVELS = (GOOD, FAIR, PASS, FAIL)
FIRST_YEAR = {6: 2021, 7: 2022, 10: 2022, 8: 2023, 11: 2023, 9: 2024, 12: 2024}
MOST_ABSENCES = 45

_CONDUCT = CodeScale(
    "vn.conduct_2021",
    "Kết quả rèn luyện",
    LEVELS,
    {level.code: (level.label,) for level in LEVELS},
)

# Article 8.2: by level of term two, the year's level for each level of term one, in the order of LEVELS.
_BY_TERM_TWO = {
    "good": ("good", "good", "fair", "fair"),
    "fair": ("fair", "fair", "fair", "pass"),
    "pass": ("fair", "pass", "pass", "pass"),
    "fail": ("fail", "fail", "fail", "fail"),
}
CONDUCT_YEAR = {
    (LEVELS[place].code, second): year for second, years in _BY_TERM_TWO.items() for place, year in enumerate(years)
}
"""The year's conduct by (term one, term two)."""

OUTSTANDING = Label("outstanding", "Học sinh Xuất sắc")
EXCELLENT = Label("excellent", "Học sinh Giỏi")

_8_0, _6_5, _5_0, _3_5, _9_0 = (Decimal(text) for text in ("8.0", "6.5", "5.0", "3.5", "9.0"))
_ENOUGH = 6


class TT22(Circular):
    """Grades 6 to 12 under TT22/2021: four levels, no mean over subjects, titles for the year only."""

    name = "vn.secondary_2021"
    version = "TT22/2021"
    source = "Thông tư 22/2021/TT-BGDĐT"
    settings = (READING, COMMENT_SUBJECT_COUNTS)
    levels = LEVELS

    def applies(self, grade: int, school_year_start: int) -> bool:
        """Grade 6 from 2021-22; 7 and 10, 8 and 11, 9 and 12 in the years after (article 22)."""
        return rollout(FIRST_YEAR, grade, school_year_start)

    def traits(self, grade: int) -> tuple[Trait, ...]:
        """Conduct (rèn luyện) in four levels (article 8)."""
        return (Trait("conduct", "Kết quả rèn luyện", _CONDUCT),)

    def assessments(self, subject: SubjectPlan, grade: int, term: int) -> tuple[RequiredAssessment, ...]:
        """Articles 6 and 7."""
        return secondary_assessments(subject, term)

    def subject_term_result(
        self, subject: SubjectPlan, grade: int, term: int, marks: Mapping[str, Sequence[Value]]
    ) -> SubjectResult | None:
        """Article 9.1; a commented subject is passed if every comment is a pass."""
        return secondary_term_result(subject, term, marks, _all_passed)

    def subject_year_result(
        self, subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]
    ) -> SubjectResult | None:
        """Article 9.1."""
        return secondary_year_result(subject, terms)

    def overall(self, record: PeriodRecord) -> OverallResult | None:
        """Articles 9.2 and 9.3, for a term and for the year alike."""
        scores: list[Decimal] = []
        comments: list[bool] = []
        for standing in record.subjects:
            result = standing.result
            if result is None:
                return None
            if result.score is not None:
                scores.append(result.score)
            else:
                comments.append(result.code == "Đ")
        if not scores and not comments:
            return None
        return self.level(scores, comments)

    def level(self, scores: Sequence[Decimal], comments: Sequence[bool]) -> OverallResult:
        """The level of learning.

        Args:
            scores: averages of the scored subjects, one decimal.
            comments: for each commented subject whether it is passed.
        """
        unadjusted = _level(scores, comments)
        good = self.chosen(READING) == "had_been_good"

        def without(place: int) -> int:
            if place < len(scores):
                kept = [*scores[:place], *scores[place + 1 :]]
                return _level([*kept, Decimal(10)] if good else kept, comments)
            at = place - len(scores)
            return _level(scores, [*comments[:at], *comments[at + 1 :]])

        counting = len(scores) + (len(comments) if self.chosen(COMMENT_SUBJECT_COUNTS) == "yes" else 0)
        final = raised(unadjusted, counting, without, reachable=1)
        return OverallResult(LEVELS[final], LEVELS[unadjusted])

    def trait_year(self, trait: str, terms: Mapping[int, str]) -> TraitYear | None:
        """Article 8.2."""
        if trait != "conduct" or 1 not in terms or 2 not in terms:
            return None
        return TraitYear(CONDUCT_YEAR[terms[1], terms[2]], decided=True)

    def title(self, record: PeriodRecord, overall: OverallResult) -> Label | None:
        """Article 15: for the year, with learning and conduct both at the best level."""
        if record.period != "year" or overall.level != GOOD or record.traits.get("conduct") != GOOD.code:
            return None
        high = sum(
            1
            for standing in record.subjects
            if standing.result is not None and standing.result.score is not None and standing.result.score >= _9_0
        )
        return OUTSTANDING if high >= _ENOUGH else EXCELLENT

    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        """Articles 12 to 14. Where learning and conduct both fail, no second chance is named."""
        conduct = record.traits.get("conduct")
        if record.period != "year" or conduct is None or record.absences is None:
            return None
        if record.absences > MOST_ABSENCES:
            return Promotion(PromotionCode.RETAINED, _RETAINED, "absences")
        if overall.level == FAIL and conduct == FAIL.code:
            return Promotion(PromotionCode.RETAINED, _RETAINED, "learning_and_conduct")
        if overall.level == FAIL:
            if after_summer:
                return Promotion(PromotionCode.RETAINED, _RETAINED, "learning")
            return Promotion(PromotionCode.RETEST, "Đánh giá lại trong hè", "learning")
        if conduct == FAIL.code:
            if after_summer:
                return Promotion(PromotionCode.RETAINED, _RETAINED, "conduct")
            return Promotion(PromotionCode.SUMMER_TRAINING, "Rèn luyện trong hè", "conduct")
        return Promotion(PromotionCode.PROMOTED, "Được lên lớp", "met")

    def eligible(self, record: PeriodRecord) -> tuple[str, ...]:
        """Scored subjects below 5.0 and commented ones not passed (article 14)."""
        return tuple(
            standing.subject.code
            for standing in record.subjects
            if standing.result is not None
            and (standing.result.score < _5_0 if standing.result.score is not None else standing.result.code != "Đ")
        )


_RETAINED = "Không được lên lớp"


def _all_passed(comments: Sequence[Value], final: Value) -> str:
    return "Đ" if all(comment == "Đ" for comment in comments) else "CĐ"


def _level(scores: Sequence[Decimal], comments: Sequence[bool]) -> int:
    """Place in LEVELS by article 9.2, before any mercy."""
    failed = sum(1 for passed in comments if not passed)
    lowest = min(scores, default=Decimal(10))
    if failed == 0:
        if lowest >= _6_5 and _at_least(scores, _8_0):
            return 0
        if lowest >= _5_0 and _at_least(scores, _6_5):
            return 1
    if failed <= 1 and lowest >= _3_5 and _at_least(scores, _5_0):
        return 2
    return 3


def _at_least(scores: Sequence[Decimal], bound: Decimal) -> bool:
    return sum(1 for score in scores if score >= bound) >= _ENOUGH
