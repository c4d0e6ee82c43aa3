"""Averages of one subject in secondary school, and the judgements of primary school."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import Refusal
from homeroom_gradebook.schemes import SubjectPlan, SubjectResult
from homeroom_vn.rules import TT22, TT27, TT30, TT58

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDARY = (TT58(), TT22())
both = pytest.mark.parametrize("scheme", SECONDARY, ids=["TT58", "TT22"])
tenths = st.integers(0, 100).map(lambda n: Decimal(n).scaleb(-1))


def marks(regular: Sequence[str], midterm: str | None, final: str | None) -> dict[str, list[Decimal]]:
    return {
        "regular": [Decimal(mark) for mark in regular],
        "midterm": [] if midterm is None else [Decimal(midterm)],
        "final": [] if final is None else [Decimal(final)],
    }


def scored(periods: int = 105, terms: tuple[int, ...] = (1, 2)) -> SubjectPlan:
    return SubjectPlan("math", "scored", periods, key="math", terms=terms)


@both
@pytest.mark.parametrize(
    ("regular", "midterm", "final", "average"),
    [
        (["6", "6", "6.4"], "6.5", "6.2", "6.3"),  # 50.0 / 8 = 6.25: a tie rounds up
        (["7.6", "8", "8"], "8", "8", "8.0"),  # 63.6 / 8 = 7.95
        (["9", "9", "8.6"], "9", "9", "9.0"),  # 71.6 / 8 = 8.95, which binary floats lose
        (["5", "5", "5"], "5", "5.1", "5.0"),  # 40.3 / 8 = 5.0375
        (["8", "8", "8", "8", "8.5"], "8", "8", "8.1"),  # five regular marks: 80.5 / 10 = 8.05
        (["0", "0", "0"], "0", "0", "0.0"),
        (["10", "10", "10"], "10", "10", "10.0"),
    ],
)
def test_a_term_average_weighs_one_two_three_and_rounds_half_up(
    scheme: TT22, regular: list[str], midterm: str, final: str, average: str
) -> None:
    result = scheme.subject_term_result(scored(70), 8, 1, marks(regular, midterm, final))
    assert SubjectResult(score=Decimal(average)) == result


@both
@pytest.mark.parametrize(("periods", "count"), [(1, 2), (35, 2), (36, 3), (70, 3), (71, 4), (140, 4)])
def test_the_number_of_regular_marks_follows_the_lessons(scheme: TT22, periods: int, count: int) -> None:
    needed = scheme.assessments(scored(periods), 8, 1)
    assert [("regular", count, 1), ("midterm", 1, 2), ("final", 1, 3)] == [
        (one.kind.code, one.count, one.coefficient) for one in needed
    ]
    assert scheme.subject_term_result(scored(periods), 8, 1, marks(["8"] * (count - 1), "8", "8")) is None
    assert scheme.subject_term_result(scored(periods), 8, 1, marks(["8"] * count, "8", "8")) is not None


@both
@pytest.mark.parametrize(("midterm", "final"), [(None, "8"), ("8", None), (None, None)])
def test_partial_marks_give_no_average(scheme: TT22, midterm: str | None, final: str | None) -> None:
    assert scheme.subject_term_result(scored(35), 8, 1, marks(["8", "8"], midterm, final)) is None


@both
def test_a_subject_without_lessons_is_refused(scheme: TT22) -> None:
    with pytest.raises(ValueError, match="not 0 a year"):
        scheme.assessments(scored(0), 8, 1)


@both
def test_the_year_average_takes_the_rounded_terms(scheme: TT22) -> None:
    terms = {1: SubjectResult(score=Decimal("6.4")), 2: SubjectResult(score=Decimal("8.0"))}
    assert SubjectResult(score=Decimal("7.5")) == scheme.subject_year_result(scored(), terms)
    assert scheme.subject_year_result(scored(), {1: terms[1], 2: None}) is None
    assert scheme.subject_year_result(scored(), {2: terms[2]}) is None


@both
def test_a_subject_of_one_term_keeps_that_term_for_the_year(scheme: TT22) -> None:
    plan = scored(terms=(2,))
    only = SubjectResult(score=Decimal("7.3"))
    assert () == scheme.assessments(plan, 8, 1)
    assert scheme.subject_term_result(plan, 8, 1, marks(["8"] * 4, "8", "8")) is None
    assert only == scheme.subject_year_result(plan, {1: None, 2: only})


@pytest.mark.parametrize(
    ("comments", "final", "under_58", "under_22"),
    [
        (["Đ", "Đ", "Đ"], "Đ", "Đ", "Đ"),
        (["Đ", "Đ", "CĐ"], "Đ", "Đ", "CĐ"),  # four of five passed
        (["Đ", "CĐ", "CĐ"], "Đ", "CĐ", "CĐ"),  # three of five passed
        (["Đ", "Đ", "Đ"], "CĐ", "CĐ", "CĐ"),  # the end of term decides
    ],
)
def test_commented_subjects_are_judged_more_strictly_since_2021(
    comments: list[str], final: str, under_58: str, under_22: str
) -> None:
    plan = SubjectPlan("pe", "commented", 70)
    given = {"regular": comments, "midterm": ["Đ"], "final": [final]}
    expected = [SubjectResult(code=under_58), SubjectResult(code=under_22)]
    assert expected == [scheme.subject_term_result(plan, 8, 1, given) for scheme in SECONDARY]


@both
def test_a_commented_year_is_its_second_term(scheme: TT22) -> None:
    plan = SubjectPlan("pe", "commented", 70)
    terms = {1: SubjectResult(code="CĐ"), 2: SubjectResult(code="Đ")}
    assert SubjectResult(code="Đ") == scheme.subject_year_result(plan, terms)
    assert scheme.subject_year_result(plan, {2: terms[2]}) is None


@given(
    regular=st.lists(tenths, min_size=4, max_size=5),
    midterm=tenths,
    final=tenths,
    place=st.integers(0, 5),
    higher=tenths,
)
def test_an_average_lies_within_its_marks_and_grows_with_them(
    regular: list[Decimal], midterm: Decimal, final: Decimal, place: int, higher: Decimal
) -> None:
    scheme = TT22()

    def average(values: list[Decimal]) -> Decimal:
        by_kind = {"regular": values[:-2], "midterm": values[-2:-1], "final": values[-1:]}
        result = scheme.subject_term_result(scored(), 8, 1, by_kind)
        assert result is not None
        assert result.score is not None
        return result.score

    values = [*regular, midterm, final]
    before = average(values)
    assert min(values) <= before <= max(values)
    exact = (sum(regular) + 2 * midterm + 3 * final) / (len(regular) + 5)
    assert Decimal("-0.05") < before - exact <= Decimal("0.05")
    place = min(place, len(values) - 1)
    assert average([*values[:place], max(values[place], higher), *values[place + 1 :]]) >= before


@given(st.integers(0, 800))
def test_every_exact_tie_rounds_up(sum_of_tenths: int) -> None:
    """With three regular marks the sum is divided by eight, so every eighth sum of tenths is a tie."""
    spread, rest = divmod(sum_of_tenths, 8)
    regular = [Decimal(spread + (1 if place < rest else 0)).scaleb(-1) for place in range(3)]
    left = max(0, rest - 3)
    midterm = Decimal(spread + (1 if left >= 2 else 0)).scaleb(-1)
    final = Decimal(spread + (1 if left >= 5 else 0)).scaleb(-1)
    total = sum(regular) + 2 * midterm + 3 * final
    result = TT58().subject_term_result(scored(70), 8, 1, {"regular": regular, "midterm": [midterm], "final": [final]})
    assert result is not None
    tenths_times_eight = int(total * 10)
    assert Decimal((2 * tenths_times_eight + 8) // 16).scaleb(-1) == result.score


@pytest.mark.parametrize("scheme", [TT27(), TT30()], ids=["TT27", "TT30"])
def test_primary_school_has_judgements_and_tests(scheme: TT27) -> None:
    maths = SubjectPlan("maths", "scored", 175, key="math")
    art = SubjectPlan("art", "commented", 35)
    assert ["midterm", "final", "final_test"] == [one.kind.code for one in scheme.assessments(maths, 3, 1)]
    assert ["midterm", "midterm_test", "final", "final_test"] == [
        one.kind.code for one in scheme.assessments(maths, 4, 1)
    ]
    assert ["midterm", "final"] == [one.kind.code for one in scheme.assessments(art, 4, 1)]
    given = {"midterm": ["H"], "final": ["T"], "final_test": [Decimal(9)]}
    result = SubjectResult(score=Decimal(9), code="T")
    assert result == scheme.subject_term_result(maths, 3, 2, given)
    assert scheme.subject_term_result(maths, 3, 2, {"final": ["T"]}) is None
    assert SubjectResult(code="T") == scheme.subject_term_result(art, 3, 2, {"final": ["T"]})
    assert result == scheme.subject_year_result(maths, {1: SubjectResult(code="H"), 2: result})
    assert scheme.subject_year_result(maths, {1: result}) is None


def test_the_older_primary_circular_gives_no_mark_zero() -> None:
    maths = SubjectPlan("maths", "scored", 175, key="math")
    tests = {scheme.version: scheme.assessments(maths, 3, 1)[-1].scale for scheme in (TT27(), TT30())}
    assert Decimal(0) == tests["TT27/2020"].read("0")
    with pytest.raises(Refusal, match="from 1 to 10; 0 lies outside"):
        tests["TT30/2014+TT22/2016"].read("0")
    with pytest.raises(Refusal, match="finer than steps of 1"):
        tests["TT27/2020"].read("9.5")
