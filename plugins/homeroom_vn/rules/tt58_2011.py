"""TT58/2011/TT-BGDĐT as amended by TT26/2020: secondary grades that TT22/2021 had not reached yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from homeroom.errors import Refusal
from homeroom_gradebook.scales import CodeScale, Label
from homeroom_gradebook.schemes import OverallResult, Promotion, PromotionCode, Trait, TraitYear
from homeroom_vn.refusals import NO_KEY_SUBJECT
from homeroom_vn.rules.circular import Circular, rollout
from homeroom_vn.rules.one_subject import COMMENT_SUBJECT_COUNTS, READING, raised
from homeroom_vn.rules.rounding import mean
from homeroom_vn.rules.secondary import secondary_assessments, secondary_term_result, secondary_year_result
from homeroom_vn.rules.tt22_2021 import FIRST_YEAR as REPLACED_FROM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_gradebook.scales import Value
    from homeroom_gradebook.schemes import PeriodRecord, RequiredAssessment, SubjectPlan, SubjectResult

__all__ = ["CONDUCT", "KEY_SUBJECTS", "LEVELS", "TT58"]

LEVELS = (
    Label("excellent", "Giỏi", "G"),
    Label("good", "Khá", "K"),
    Label("average", "Trung bình", "Tb"),
    Label("weak", "Yếu", "Y"),
    Label("poor", "Kém", "Kém"),
)
EXCELLENT, GOOD, AVERAGE, WEAK, POOR = LEVELS

CONDUCT = CodeScale(
    "vn.conduct_2011",
    "Hạnh kiểm",
    (
        Label("good", "Tốt", "T"),
        Label("fair", "Khá", "K"),
        Label("average", "Trung bình", "Tb"),
        Label("weak", "Yếu", "Y"),
    ),
    {"good": ("Tốt", "T"), "fair": ("Khá", "K"), "average": ("Trung bình", "Tb"), "weak": ("Yếu", "Y")},
)

KEY_SUBJECTS = frozenset({"math", "literature", "foreign_language"})
"""One of these must reach the level's own bound (article 13; the foreign language since TT26/2020)."""

MOST_ABSENCES = 45
_FIRST_YEAR = 2020
_5_0 = Decimal("5.0")


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Conditions of a level in article 13; ``key`` also binds the subject a class specialises in."""

    mean: Decimal
    key: Decimal | None
    each: Decimal
    comments: bool


_BOUNDS = (
    _Bounds(Decimal("8.0"), Decimal("8.0"), Decimal("6.5"), comments=True),
    _Bounds(Decimal("6.5"), Decimal("6.5"), Decimal("5.0"), comments=True),
    _Bounds(Decimal("5.0"), Decimal("5.0"), Decimal("3.5"), comments=True),
    _Bounds(Decimal("3.5"), None, Decimal("2.0"), comments=False),
)


@dataclass(frozen=True, slots=True)
class _Scored:
    score: Decimal
    key: bool
    specialised: bool


class TT58(Circular):
    """Grades 6 to 12 under TT58/2011 with TT26/2020: five ranks from a plain mean over subjects."""

    name = "vn.secondary_2011"
    version = "TT58/2011+TT26/2020"
    source = "Thông tư 58/2011/TT-BGDĐT, sửa đổi bởi Thông tư 26/2020/TT-BGDĐT"
    settings = (READING, COMMENT_SUBJECT_COUNTS)
    levels = LEVELS

    def applies(self, grade: int, school_year_start: int) -> bool:
        """From 2020-21, when TT26 took effect, until TT22/2021 reaches the grade."""
        return (
            grade in REPLACED_FROM
            and school_year_start >= _FIRST_YEAR
            and not rollout(REPLACED_FROM, grade, school_year_start)
        )

    def traits(self, grade: int) -> tuple[Trait, ...]:
        """Conduct (hạnh kiểm) in four levels (article 4)."""
        return (Trait("conduct", "Hạnh kiểm", CONDUCT),)

    def assessments(self, subject: SubjectPlan, grade: int, term: int) -> tuple[RequiredAssessment, ...]:
        """Articles 7 and 8."""
        return secondary_assessments(subject, term)

    def subject_term_result(
        self, subject: SubjectPlan, grade: int, term: int, marks: Mapping[str, Sequence[Value]]
    ) -> SubjectResult | None:
        """Articles 10 and 11; a commented subject needs two thirds of passes, the end of term among them."""
        return secondary_term_result(subject, term, marks, _two_thirds_passed)

    def subject_year_result(
        self, subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]
    ) -> SubjectResult | None:
        """Articles 10 and 11."""
        return secondary_year_result(subject, terms)

    def overall(self, record: PeriodRecord) -> OverallResult | None:
        """Article 13. The mean is over all scored subjects, without weights, and rounded.

        Raises:
            Refusal: none of the subjects is marked as mathematics, literature or foreign language.
        """
        scored: list[_Scored] = []
        comments: list[bool] = []
        for standing in record.subjects:
            result = standing.result
            if result is None:
                return None
            if result.score is None:
                comments.append(result.code == "Đ")
            else:
                subject = standing.subject
                scored.append(_Scored(result.score, subject.key in KEY_SUBJECTS, subject.specialised))
        if not scored:
            return None
        if not any(one.key for one in scored):
            raise Refusal(NO_KEY_SUBJECT, "school_class", scheme=self.version)
        average = mean([one.score for one in scored])
        unadjusted = _level(average, scored, comments)
        good = self.chosen(READING) == "had_been_good"

        def without(place: int) -> int:
            if place < len(scored):
                kept = [*scored[:place], *scored[place + 1 :]]
                if good:
                    kept.append(_Scored(Decimal(10), scored[place].key, scored[place].specialised))
                return _level(average, kept, comments)
            at = place - len(scored)
            return _level(average, scored, [*comments[:at], *comments[at + 1 :]])

        counting = len(scored) + (len(comments) if self.chosen(COMMENT_SUBJECT_COUNTS) == "yes" else 0)
        final = raised(unadjusted, counting, without, reachable=1)
        return OverallResult(LEVELS[final], LEVELS[unadjusted], average)

    def trait_year(self, trait: str, terms: Mapping[int, str]) -> TraitYear | None:
        """Term two, as a default: the circular has no formula and asks for a judgement (article 4)."""
        if trait != "conduct" or 1 not in terms or 2 not in terms:
            return None
        return TraitYear(terms[2], decided=False)

    def title(self, record: PeriodRecord, overall: OverallResult) -> Label | None:
        """Article 18, for a term and for the year."""
        conduct = record.traits.get("conduct")
        if overall.level == EXCELLENT and conduct == "good":
            return Label("excellent", "Học sinh giỏi")
        if overall.level in (EXCELLENT, GOOD) and conduct in ("good", "fair"):
            return Label("advanced", "Học sinh tiên tiến")
        return None

    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        """Articles 15 to 17."""
        conduct = record.traits.get("conduct")
        if record.period != "year" or conduct is None or record.absences is None:
            return None
        if record.absences > MOST_ABSENCES:
            return Promotion(PromotionCode.RETAINED, _RETAINED, "absences")
        if overall.level == POOR:
            return Promotion(PromotionCode.RETAINED, _RETAINED, "learning")
        if overall.level == WEAK and conduct == "weak":
            return Promotion(PromotionCode.RETAINED, _RETAINED, "learning_and_conduct")
        if overall.level == WEAK:
            if after_summer:
                return Promotion(PromotionCode.RETAINED, _RETAINED, "learning")
            return Promotion(PromotionCode.RETEST, "Kiểm tra lại", "learning")
        if conduct == "weak":
            if after_summer:
                return Promotion(PromotionCode.RETAINED, _RETAINED, "conduct")
            return Promotion(PromotionCode.SUMMER_TRAINING, "Rèn luyện trong hè", "conduct")
        return Promotion(PromotionCode.PROMOTED, "Lên lớp", "met")

    def eligible(self, record: PeriodRecord) -> tuple[str, ...]:
        """Subjects with a year average below 5.0 or a failed comment; the student picks some (article 16)."""
        return tuple(
            standing.subject.code
            for standing in record.subjects
            if standing.result is not None
            and (standing.result.score < _5_0 if standing.result.score is not None else standing.result.code != "Đ")
        )


_RETAINED = "Ở lại lớp"


def _two_thirds_passed(comments: Sequence[Value], final: Value) -> str:
    passed = sum(1 for comment in comments if comment == "Đ")
    return "Đ" if final == "Đ" and 3 * passed >= 2 * len(comments) else "CĐ"


def _level(average: Decimal, scored: Sequence[_Scored], comments: Sequence[bool]) -> int:
    """Place in LEVELS by article 13, before any mercy."""
    lowest = min((one.score for one in scored), default=Decimal(10))
    passed = all(comments)
    for place, bounds in enumerate(_BOUNDS):
        if average < bounds.mean or lowest < bounds.each or (bounds.comments and not passed):
            continue
        if bounds.key is not None and not _keys_reach(scored, bounds.key):
            continue
        return place
    return len(_BOUNDS)


def _keys_reach(scored: Sequence[_Scored], bound: Decimal) -> bool:
    return any(one.key and one.score >= bound for one in scored) and all(
        one.score >= bound for one in scored if one.specialised
    )
