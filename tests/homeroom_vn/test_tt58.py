"""TT58/2011 with TT26/2020: ranks from a mean over subjects, mercy, titles, promotion, retest."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import Refusal
from homeroom_gradebook.schemes import PeriodRecord, PromotionCode, SubjectPlan, SubjectResult, SubjectStanding
from homeroom_vn.refusals import NO_KEY_SUBJECT
from homeroom_vn.rules import TT58
from homeroom_vn.rules.tt58_2011 import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeRecord = Callable[..., PeriodRecord]

SCHEME = TT58()
RANK = {level.code: place for place, level in enumerate(LEVELS)}
tenths = st.integers(0, 100).map(lambda n: Decimal(n).scaleb(-1))


def ten(first_three: str, others: str, last: str | None = None) -> list[str]:
    """Ten subjects: the three key ones, then others of one score, the last maybe of another."""
    scores = [*first_three.split(), *[others] * 7]
    return scores if last is None else [*scores[:9], last]


@pytest.mark.parametrize(
    ("scores", "comments", "mean", "unadjusted", "level"),
    [
        (ten("8.5 7.5 8.0", "7.9", "8.1"), "Đ Đ", "8.0", "G", "G"),  # 79.5 / 10 = 7.95
        (ten("8.5 7.5 8.0", "7.9", "8.0"), "Đ Đ", "7.9", "K", "K"),  # 79.4 / 10 = 7.94
        (ten("7.9 7.9 7.9", "8.5"), "Đ Đ", "8.3", "K", "K"),  # no key subject at 8.0
        (ten("7.9 7.9 8.0", "8.5"), "Đ Đ", "8.3", "G", "G"),  # the foreign language is one
        (ten("9.0 8.5 8.3", "8.6", "4.9"), "Đ Đ", "8.2", "Tb", "K"),
        (ten("9.0 8.5 8.3", "8.6", "3.4"), "Đ Đ", "8.1", "Y", "Tb"),
        (ten("9.5 9.2 9.0", "9.2", "1.9"), "Đ Đ", "8.5", "Kém", "Y"),  # not listed: one step up
        (ten("7.5 7.4 7.4", "7.4", "3.4"), "Đ Đ", "7.0", "Y", "Tb"),
        (ten("7.5 7.4 7.4", "7.4", "1.9"), "Đ Đ", "6.9", "Kém", "Y"),
        (ten("7.5 7.4 7.4", "7.4", "4.9"), "Đ Đ", "7.2", "Tb", "Tb"),  # one level only
        (ten("8.4 7.6 7.6", "7.8"), "CĐ Đ", "7.8", "Y", "Tb"),
        (ten("8.4 7.6 7.6", "7.8"), "CĐ CĐ", "7.8", "Y", "Y"),
        (ten("5.0 4.9 4.9", "5.0"), "Đ Đ", "5.0", "Tb", "Tb"),
        (ten("4.9 4.9 4.9", "5.1"), "Đ Đ", "5.0", "Y", "Y"),
        (ten("3.4 3.4 3.4", "3.4"), "Đ Đ", "3.4", "Kém", "Kém"),
    ],
)
def test_ranks(record: MakeRecord, scores: list[str], comments: str, mean: str, unadjusted: str, level: str) -> None:
    overall = SCHEME.overall(record(scores, comments.split()))
    assert overall is not None
    assert (Decimal(mean), unadjusted, level) == (
        overall.average,
        overall.unadjusted.sign,
        overall.level.sign,
    )


def test_the_readings_differ_for_the_only_good_key_subject(record: MakeRecord) -> None:
    """Mathematics alone fell, and mathematics alone could have carried the rank."""
    given = record(ten("4.9 7.9 7.9", "9.0"), ["Đ"])
    other = SCHEME.configured({"adjustment_reading": "had_been_good"})
    found = [scheme.overall(given) for scheme in (SCHEME, other)]
    assert ["Tb", "K"] == [overall.level.sign for overall in found if overall is not None]


def test_the_subject_of_a_specialised_class_must_reach_the_bound() -> None:
    def with_physics(score: str, specialised: bool) -> str:
        plans = [SubjectPlan("math", "scored", 105, key="math")]
        plans += [SubjectPlan(f"s{place}", "scored", 70) for place in range(8)]
        standings = [SubjectStanding(plan, SubjectResult(score=Decimal("9.0"))) for plan in plans]
        physics = SubjectPlan("physics", "scored", 70, specialised=specialised)
        standings.append(SubjectStanding(physics, SubjectResult(score=Decimal(score))))
        overall = SCHEME.overall(PeriodRecord("year", 11, tuple(standings)))
        assert overall is not None
        return overall.level.sign

    assert "G" == with_physics("7.9", specialised=False)
    assert "K" == with_physics("7.9", specialised=True)
    assert "G" == with_physics("8.0", specialised=True)


def test_a_class_without_key_subjects_cannot_be_ranked() -> None:
    other = SubjectStanding(SubjectPlan("art", "scored", 35), SubjectResult(score=Decimal(9)))
    with pytest.raises(Refusal, match="needs mathematics") as error:
        SCHEME.overall(PeriodRecord("year", 8, (other,)))
    assert NO_KEY_SUBJECT is error.value.code


@given(st.lists(tenths, min_size=10, max_size=10), st.booleans(), st.integers(0, 9), tenths)
def test_a_better_mark_never_lowers_the_rank_and_mercy_is_one_step(
    record: MakeRecord, scores: list[Decimal], passed: bool, place: int, higher: Decimal
) -> None:
    comments = ["Đ", "Đ" if passed else "CĐ"]
    before = SCHEME.overall(record(map(str, scores), comments))
    better = [*scores[:place], max(scores[place], higher), *scores[place + 1 :]]
    after = SCHEME.overall(record(map(str, better), comments))
    assert before is not None
    assert after is not None
    assert before.average is not None
    assert min(scores) <= before.average <= max(scores)
    assert RANK[after.level.code] <= RANK[before.level.code]
    assert RANK[before.unadjusted.code] - RANK[before.level.code] in (0, 1)


def test_conduct_of_the_year_is_a_suggestion() -> None:
    suggestion = SCHEME.trait_year("conduct", {1: "good", 2: "fair"})
    assert suggestion is not None
    assert ("fair", False) == (suggestion.code, suggestion.decided)


@pytest.mark.parametrize(
    ("key_scores", "conduct", "title"),
    [
        ("9.0 9.0 9.0", "good", "Học sinh giỏi"),
        ("9.0 9.0 9.0", "fair", "Học sinh tiên tiến"),
        ("7.0 7.0 7.0", "good", "Học sinh tiên tiến"),
        ("9.0 9.0 9.0", "average", None),
        ("5.0 5.0 5.0", "good", None),
    ],
)
@pytest.mark.parametrize("period", ["term", "year"])
def test_titles(record: MakeRecord, period: str, key_scores: str, conduct: str, title: str | None) -> None:
    score = key_scores.split(maxsplit=1)[0]
    given = record(ten(key_scores, score), ["Đ"], period=period, traits={"conduct": conduct})
    overall = SCHEME.overall(given)
    assert overall is not None
    found = SCHEME.title(given, overall)
    assert title == (None if found is None else found.label)


@pytest.mark.parametrize(
    ("score", "conduct", "absences", "code", "after_summer"),
    [
        ("5.0", "average", 45, PromotionCode.PROMOTED, PromotionCode.PROMOTED),
        ("9.0", "good", 46, PromotionCode.RETAINED, PromotionCode.RETAINED),
        ("3.0", "good", 0, PromotionCode.RETAINED, PromotionCode.RETAINED),  # Kém
        ("4.0", "weak", 0, PromotionCode.RETAINED, PromotionCode.RETAINED),
        ("4.0", "average", 20, PromotionCode.RETEST, PromotionCode.RETAINED),
        ("5.0", "weak", 0, PromotionCode.SUMMER_TRAINING, PromotionCode.RETAINED),
    ],
)
def test_promotion(
    record: MakeRecord,
    score: str,
    conduct: str,
    absences: int,
    code: PromotionCode,
    after_summer: PromotionCode,
) -> None:
    given = record([score] * 10, ["Đ"], traits={"conduct": conduct}, absences=absences)
    overall = SCHEME.overall(given)
    assert overall is not None
    proposals = [SCHEME.promotion(given, overall, after_summer=after) for after in (False, True)]
    assert [code, after_summer] == [proposal.code for proposal in proposals if proposal is not None]


def test_a_retest_changes_mean_and_rank(record: MakeRecord) -> None:
    scores = ["3.0", "5.0", "4.5", "5.0", "4.8", "5.5", "5.6", "5.4", "6.0", "6.2"]
    given = record(scores, ["Đ"], traits={"conduct": "fair"}, absences=20)
    before = SCHEME.overall(given)
    assert before is not None
    assert (Decimal("5.1"), "Y") == (before.average, before.level.sign)
    assert ("math", "foreign_language", "subject_1") == SCHEME.eligible(given)
    after = SCHEME.reassess(given, {"math": SubjectResult(score=Decimal("5.0"))})
    assert after is not None
    after_overall = SCHEME.overall(after)
    assert after_overall is not None
    promotion = SCHEME.promotion(after, after_overall, after_summer=True)
    assert promotion is not None
    assert (Decimal("5.3"), "Tb") == (after_overall.average, after_overall.level.sign)
    assert PromotionCode.PROMOTED == promotion.code
