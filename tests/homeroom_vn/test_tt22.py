"""TT22/2021: levels, the mercy for one subject, conduct, titles, promotion, re-assessment."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom_gradebook.schemes import PromotionCode, SubjectResult
from homeroom_vn.rules import TT22
from homeroom_vn.rules.tt22_2021 import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeroom_gradebook.schemes import PeriodRecord

    MakeRecord = Callable[..., PeriodRecord]

SCHEME = TT22()
GOOD_READING = SCHEME.configured({"adjustment_reading": "had_been_good"})
NO_COMMENTS = SCHEME.configured({"failed_comment_subject_counts": "no"})
RANK = {level.code: place for place, level in enumerate(LEVELS)}
tenths = st.integers(0, 100).map(lambda n: Decimal(n).scaleb(-1))


@pytest.mark.parametrize(
    ("scores", "comments", "unadjusted", "level"),
    [
        (["8.0"] * 6 + ["6.5"] * 2, "Đ Đ", "good", "good"),
        (["8.0"] * 5 + ["7.9"] + ["6.5"] * 2, "Đ Đ", "fair", "fair"),
        (["8.5"] * 7 + ["6.4"], "Đ Đ", "fair", "fair"),  # one level down is not mended
        (["8.5"] * 7 + ["4.9"], "Đ Đ", "pass", "fair"),
        (["8.5"] * 7 + ["3.4"], "Đ Đ", "fail", "pass"),  # one step up from where it fell to
        (["7.0"] * 7 + ["3.4"], "Đ Đ", "fail", "pass"),
        (["6.0"] * 7 + ["3.4"], "Đ Đ", "fail", "fail"),  # it would not have been fair
        (["8.5"] * 6 + ["4.9", "3.4"], "Đ Đ", "fail", "fail"),  # two subjects
        (["8.5"] * 8, "Đ CĐ", "pass", "fair"),  # the one subject may be a commented one
        (["8.5"] * 8, "CĐ CĐ", "fail", "fail"),
        (["8.5"] * 7 + ["4.9"], "Đ CĐ", "pass", "pass"),
        (["5.0"] * 6 + ["3.5"] * 2, "Đ CĐ", "pass", "pass"),
        (["5.0"] * 5 + ["4.9", "3.5", "3.5"], "Đ Đ", "fail", "fail"),
    ],
)
def test_levels(record: MakeRecord, scores: list[str], comments: str, unadjusted: str, level: str) -> None:
    overall = SCHEME.overall(record(scores, comments.split()))
    assert overall is not None
    assert (unadjusted, level) == (overall.unadjusted.code, overall.level.code)
    assert overall.average is None


def test_the_two_readings_differ_where_five_others_are_high(record: MakeRecord) -> None:
    given = record(["8.5"] * 5 + ["7.0", "7.0", "4.0"], ["Đ"])
    levels = [scheme.overall(given) for scheme in (SCHEME, GOOD_READING)]
    assert ["pass", "fair"] == [overall.level.code for overall in levels if overall is not None]


def test_a_school_may_leave_comments_out_of_the_mercy(record: MakeRecord) -> None:
    overall = NO_COMMENTS.overall(record(["8.5"] * 8, ["Đ", "CĐ"]))
    assert overall is not None
    assert "pass" == overall.level.code


def test_a_missing_average_leaves_everything_open(record: MakeRecord) -> None:
    assert SCHEME.overall(record(["8.5"] * 7 + [None], ["Đ"])) is None
    assert SCHEME.overall(record([])) is None


@given(
    st.lists(tenths, min_size=8, max_size=8),
    st.lists(st.booleans(), max_size=4),
    st.integers(0, 7),
    tenths,
    st.booleans(),
)
def test_a_better_mark_never_lowers_the_level_and_mercy_is_one_step(
    scores: list[Decimal], comments: list[bool], place: int, higher: Decimal, removal: bool
) -> None:
    scheme = SCHEME if removal else GOOD_READING
    before = scheme.level(scores, comments)
    assert RANK[before.unadjusted.code] - RANK[before.level.code] in (0, 1)
    better = [*scores[:place], max(scores[place], higher), *scores[place + 1 :]]
    assert RANK[scheme.level(better, comments).level.code] <= RANK[before.level.code]
    passed = scheme.level(scores, [True] * len(comments))
    assert RANK[passed.level.code] <= RANK[before.level.code]


@given(st.lists(tenths, min_size=8, max_size=8), st.lists(st.booleans(), max_size=4))
def test_the_order_of_subjects_does_not_matter(scores: list[Decimal], comments: list[bool]) -> None:
    assert SCHEME.level(sorted(scores), sorted(comments)) == SCHEME.level(scores, comments)


def test_conduct_of_the_year_by_both_terms() -> None:
    years = {
        first + second: SCHEME.trait_year("conduct", {1: LEVELS[int(first)].code, 2: LEVELS[int(second)].code})
        for first in "0123"
        for second in "0123"
    }
    # By term one, then term two, in the order good, fair, pass, fail.
    table = [
        *("good", "fair", "fair", "fail"),
        *("good", "fair", "pass", "fail"),
        *("fair", "fair", "pass", "fail"),
        *("fair", "pass", "pass", "fail"),
    ]
    assert table == [year.code for year in years.values() if year is not None]
    assert all(year is not None and year.decided for year in years.values())
    assert SCHEME.trait_year("conduct", {1: "good"}) is None


@pytest.mark.parametrize(
    ("scores", "conduct", "title"),
    [
        (["9.0"] * 6 + ["8.0", "6.5"], "good", "Học sinh Xuất sắc"),
        (["9.5"] * 5 + ["8.9"] * 3, "good", "Học sinh Giỏi"),
        (["9.5"] * 8, "fair", None),
        (["9.5"] * 7 + ["4.9"], "good", None),  # only fair, by mercy
    ],
)
def test_titles_of_the_year(record: MakeRecord, scores: list[str], conduct: str, title: str | None) -> None:
    given = record(scores, ["Đ"], traits={"conduct": conduct})
    overall = SCHEME.overall(given)
    assert overall is not None
    found = SCHEME.title(given, overall)
    assert title == (None if found is None else found.label)


def test_a_term_has_no_title(record: MakeRecord) -> None:
    given = record(["9.5"] * 8, ["Đ"], period="term", traits={"conduct": "good"})
    overall = SCHEME.overall(given)
    assert overall is not None
    assert SCHEME.title(given, overall) is None
    assert SCHEME.promotion(given, overall) is None


@pytest.mark.parametrize(
    ("scores", "conduct", "absences", "code", "reason", "after_summer"),
    [
        ("6.0", "pass", 45, PromotionCode.PROMOTED, "met", PromotionCode.PROMOTED),
        ("9.0", "good", 46, PromotionCode.RETAINED, "absences", PromotionCode.RETAINED),
        ("4.0", "pass", 0, PromotionCode.RETEST, "learning", PromotionCode.RETAINED),
        ("6.0", "fail", 0, PromotionCode.SUMMER_TRAINING, "conduct", PromotionCode.RETAINED),
        ("4.0", "fail", 0, PromotionCode.RETAINED, "learning_and_conduct", PromotionCode.RETAINED),
    ],
)
def test_promotion(
    record: MakeRecord,
    scores: str,
    conduct: str,
    absences: int,
    code: PromotionCode,
    reason: str,
    after_summer: PromotionCode,
) -> None:
    given = record([scores] * 8, ["Đ"], traits={"conduct": conduct}, absences=absences)
    overall = SCHEME.overall(given)
    assert overall is not None
    proposal = SCHEME.promotion(given, overall)
    later = SCHEME.promotion(given, overall, after_summer=True)
    assert proposal is not None
    assert later is not None
    assert (code, reason, after_summer) == (proposal.code, proposal.reason, later.code)


@pytest.mark.parametrize(("conduct", "absences"), [(None, 0), ("good", None)])
def test_nothing_is_proposed_before_everything_is_known(
    record: MakeRecord, conduct: str | None, absences: int | None
) -> None:
    given = record(["8.0"] * 8, traits={} if conduct is None else {"conduct": conduct}, absences=absences)
    overall = SCHEME.overall(given)
    assert overall is not None
    assert SCHEME.promotion(given, overall) is None


def test_re_assessment_replaces_results_and_decides(record: MakeRecord) -> None:
    given = record(["3.0", "5.5", "4.0", "6.0", "5.2", "5.0", "6.5", "6.0"], ["Đ", "CĐ"], traits={"conduct": "fair"})
    assert ("math", "foreign_language", "comment_1") == SCHEME.eligible(given)
    after = SCHEME.reassess(given, {"math": SubjectResult(score=Decimal("5.0"))})
    assert after is not None
    after_overall = SCHEME.overall(after)
    assert after_overall is not None
    promotion = SCHEME.promotion(after, after_overall, after_summer=True)
    assert promotion is not None
    assert ("pass", PromotionCode.PROMOTED) == (after_overall.level.code, promotion.code)
    worse = SCHEME.reassess(given, {"foreign_language": SubjectResult(score=Decimal("6.0"))})
    assert worse is not None
    worse_overall = SCHEME.overall(worse)
    assert worse_overall is not None
    promotion = SCHEME.promotion(worse, worse_overall, after_summer=True)
    assert promotion is not None
    assert PromotionCode.RETAINED == promotion.code


def test_a_subject_that_is_good_enough_is_not_assessed_again(record: MakeRecord) -> None:
    given = record(["3.0"] + ["5.5"] * 7)
    assert SCHEME.reassess(given, {"literature": SubjectResult(score=Decimal(9))}) is None
