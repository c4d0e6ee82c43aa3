"""What a region's preset makes of a new school."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import ConfigurationError
from homeroom_school.setting_up import year_plan

PLAN = {"starts_on": "09-05", "ends_on": "05-31", "terms": [{"name": "I", "starts_on": "09-05", "ends_on": "01-15"}]}


@pytest.mark.asyncio(loop_scope="session")
async def test_a_new_school_is_usable_at_once(school: Any) -> None:
    answer = await school.ask(
        """{ schoolYears { nodes { name status startsOn terms { nodes { name endsOn } } } }
             gradeLevels { nodes { code plan { totalCount } } }
             subjects { nodes { code title position } } }"""
    )
    assert {
        "schoolYears": {
            "nodes": [
                {
                    "name": "2025-2026",
                    "status": "CURRENT",
                    "startsOn": "2025-09-05",
                    "terms": {
                        "nodes": [
                            {"name": "Học kì I", "endsOn": "2026-01-15"},
                            {"name": "Học kì II", "endsOn": "2026-05-31"},
                        ]
                    },
                }
            ]
        },
        "gradeLevels": {
            "nodes": [
                {"code": "6", "plan": {"totalCount": 3}},
                {"code": "7", "plan": {"totalCount": 2}},
            ]
        },
        "subjects": {
            "nodes": [
                {"code": "math", "title": "Toán", "position": 1},
                {"code": "lang", "title": "Ngữ văn", "position": 2},
                {"code": "music", "title": "Âm nhạc", "position": 3},
            ]
        },
    } == answer["data"]
    assert "errors" not in answer


def test_before_its_first_day_the_year_is_the_last_one() -> None:
    assert "2024-2025" == year_plan(PLAN, date(2025, 9, 4)).name
    assert "2025-2026" == year_plan(PLAN, date(2025, 9, 5)).name
    assert "2025" == year_plan({"starts_on": "01-10", "ends_on": "12-05"}, date(2025, 9, 5)).name


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_year_has_begun_on_any_day_and_holds_its_terms(today: date) -> None:
    year = year_plan(PLAN, today)
    assert year.starts_on <= today < year.starts_on.replace(year=year.starts_on.year + 1)
    assert all(year.starts_on <= first < last <= year.ends_on for _, first, last in year.terms)


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="13-05"):
        year_plan({"starts_on": "13-05", "ends_on": "05-31"}, date(2025, 1, 1))


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        ((("09-05", "01-15"), ("01-15", "05-31")), "'I' and 'II' overlap: 'II' begins on 2025-01-15"),
        ((("01-16", "05-31"), ("09-05", "02-01")), "'II' and 'I' overlap"),
        ((("02-01", "01-15"),), "'I' ends on 2025-01-15, before it begins on 2025-02-01"),
        ((("09-05", "06-01"),), r"'I' \(2024-09-05 to 2025-06-01\) lies outside the year"),
    ],
)
def test_terms_that_contradict_each_other_are_named(days: tuple[tuple[str, str], ...], problem: str) -> None:
    terms = [{"name": "I" * n, "starts_on": first, "ends_on": last} for n, (first, last) in enumerate(days, start=1)]
    with pytest.raises(ConfigurationError, match=problem):
        year_plan({**PLAN, "terms": terms}, date(2025, 1, 1))
