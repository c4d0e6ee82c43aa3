"""TT27/2020 and the older primary circular: the year of a primary pupil."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom_gradebook.schemes import PeriodRecord, PromotionCode, SubjectPlan, SubjectResult, SubjectStanding
from homeroom_vn.rules import TT27, TT30

NEW = TT27()
OLD = TT30()


def year(
    scheme: TT27 | TT30,
    subjects: str,
    tests: list[int],
    *,
    grade: int = 3,
    lowest_trait: str = "T",
    commended: bool = False,
) -> PeriodRecord:
    """A year; the first subjects have the tests."""
    standings = []
    for place, code in enumerate(subjects):
        test = Decimal(tests[place]) if place < len(tests) else None
        plan = SubjectPlan(f"subject_{place}", "commented" if test is None else "scored", 70)
        standings.append(SubjectStanding(plan, SubjectResult(score=test, code=code)))
    traits = {trait.code: "T" for trait in scheme.traits(grade)}
    traits["honesty"] = lowest_trait
    return PeriodRecord("year", grade, tuple(standings), traits, None, commended)


@pytest.mark.parametrize(
    ("subjects", "tests", "trait", "commended", "level", "title", "completes"),
    [
        ("TTTT", [9, 10], "T", False, "Hoàn thành xuất sắc", "Học sinh Xuất sắc", True),
        ("TTTT", [8, 9], "T", False, "Hoàn thành tốt", None, True),
        (
            "TTTT",
            [7, 9],
            "T",
            True,
            "Hoàn thành tốt",
            "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
            True,
        ),
        ("TTTT", [6, 10], "T", True, "Hoàn thành", None, True),
        ("TTTH", [10, 10], "T", True, "Hoàn thành", None, True),
        ("TTTT", [10, 10], "Đ", True, "Hoàn thành", None, True),
        ("TTTT", [4, 9], "T", False, "Chưa hoàn thành", None, False),
        ("TTTC", [9, 9], "T", False, "Chưa hoàn thành", None, False),
        ("TTTT", [9, 9], "C", False, "Chưa hoàn thành", None, False),
        ("HHHH", [5, 5], "Đ", False, "Hoàn thành", None, True),
    ],
)
def test_the_four_levels_of_the_year(
    subjects: str,
    tests: list[int],
    trait: str,
    commended: bool,
    level: str,
    title: str | None,
    completes: bool,
) -> None:
    given = year(NEW, subjects, tests, lowest_trait=trait, commended=commended)
    overall = NEW.overall(given)
    assert overall is not None
    promotion = NEW.promotion(given, overall)
    found = NEW.title(given, overall)
    assert promotion is not None
    assert (level, title) == (overall.level.label, None if found is None else found.label)
    assert (PromotionCode.PROMOTED if completes else PromotionCode.RETEST) == promotion.code


def test_absences_do_not_matter_and_grade_five_completes_primary_school() -> None:
    given = year(NEW, "TT", [9], grade=5)
    overall = NEW.overall(given)
    assert overall is not None
    promotion = NEW.promotion(given, overall)
    assert promotion is not None
    assert (PromotionCode.COMPLETED, "Hoàn thành chương trình tiểu học") == (promotion.code, promotion.label)


def test_anyone_who_has_not_completed_is_decided_upon_by_a_person() -> None:
    given = year(NEW, "TC", [9])
    overall = NEW.overall(given)
    assert overall is not None
    promotion = NEW.promotion(given, overall, after_summer=True)
    assert promotion is not None
    assert PromotionCode.REVIEW == promotion.code
    assert ("subject_1",) == NEW.eligible(given)


def test_nothing_is_known_while_a_trait_or_a_result_is_missing() -> None:
    given = year(NEW, "TT", [9])
    assert NEW.overall(PeriodRecord("year", 3, given.subjects, {"honesty": "T"})) is None
    unfinished = (*given.subjects, SubjectStanding(SubjectPlan("art", "commented", 35), None))
    assert NEW.overall(PeriodRecord("year", 3, unfinished, given.traits)) is None
    assert NEW.overall(PeriodRecord("term", 3, given.subjects, given.traits)) is None


def test_technology_and_informatics_are_judged_from_grade_three() -> None:
    assert {"technology", "informatics"} == {trait.code for trait in NEW.traits(3)} - {
        trait.code for trait in NEW.traits(2)
    }
    assert 15 == len(NEW.traits(5))


@given(
    st.text("THC", min_size=1, max_size=9),
    st.text("TĐC", min_size=1, max_size=15),
    st.lists(st.integers(0, 10).map(Decimal), max_size=6),
)
def test_better_tests_and_judgements_never_lower_the_level(subjects: str, traits: str, tests: list[Decimal]) -> None:
    levels = [level.code for level in NEW.levels]
    before = levels.index(NEW.level(list(subjects), list(traits), tests).code)
    best = levels.index(NEW.level(["T"] * len(subjects), list(traits), tests).code)
    tested = levels.index(NEW.level(list(subjects), list(traits), [Decimal(10) for _ in tests]).code)
    assert best <= before
    assert tested <= before


@pytest.mark.parametrize(
    ("subjects", "tests", "commended", "level", "title"),
    [
        ("TTT", [9, 10], False, "completed", "Hoàn thành xuất sắc các nội dung học tập và rèn luyện"),
        ("TTH", [9, 10], True, "completed", "Có thành tích vượt trội hay tiến bộ vượt bậc"),
        ("TTH", [9, 10], False, "completed", None),
        ("TTT", [4, 10], True, "not_completed", None),
        ("TTC", [9, 10], True, "not_completed", None),
    ],
)
def test_the_older_circular_knows_completion_and_awards(
    subjects: str, tests: list[int], commended: bool, level: str, title: str | None
) -> None:
    given = year(OLD, subjects, tests, commended=commended, grade=5)
    overall = OLD.overall(given)
    assert overall is not None
    found = OLD.title(given, overall)
    promotion = OLD.promotion(given, overall)
    assert promotion is not None
    assert (level, title) == (overall.level.code, None if found is None else found.label)
    assert (PromotionCode.COMPLETED if level == "completed" else PromotionCode.RETEST) == promotion.code
