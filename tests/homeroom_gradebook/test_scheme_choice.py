"""Which scheme governs, and what a school may decide about it."""

from __future__ import annotations

import pytest

from homeroom.errors import Refusal
from homeroom_gradebook.scheme_choice import checked_choices, resolve_scheme, settings_stamp
from homeroom_gradebook.schemes import SchemeSetting
from homeroom_vn.rules import TT22, TT27, TT30, TT58

SCHEMES = (TT30(), TT27(), TT58(), TT22())
SETTINGS = (
    SchemeSetting("first", "a", ("a", "b"), "One or the other."),
    SchemeSetting("second", "yes", ("yes", "no"), "Whether."),
)


def test_one_scheme_is_found_by_grade_and_year() -> None:
    assert "TT22/2021" == resolve_scheme(SCHEMES, 6, 2021).version
    assert "TT58/2011+TT26/2020" == resolve_scheme(SCHEMES, 7, 2021).version


@pytest.mark.parametrize(("grade", "year"), [(0, 2024), (13, 2024), (6, 1999)])
def test_no_scheme_is_a_clear_error(grade: int, year: int) -> None:
    with pytest.raises(Refusal, match=f"No grading scheme governs grade {grade} in the school year from {year}"):
        resolve_scheme(SCHEMES, grade, year)


def test_two_schemes_are_a_clear_error_that_names_both() -> None:
    with pytest.raises(Refusal, match=r"vn\.secondary_2021 TT22/2021, vn\.secondary_2021 TT22/2021"):
        resolve_scheme((*SCHEMES, TT22()), 6, 2024)


def test_choices_are_completed_with_defaults() -> None:
    assert {"first": "b", "second": "yes"} == checked_choices("X/1", SETTINGS, {"first": "b"})


@pytest.mark.parametrize(
    ("choices", "field", "text"),
    [({"third": "a"}, "name", "X/1 has no setting third."), ({"first": "c"}, "value", "one of these: a, b.")],
)
def test_an_unknown_setting_or_value_is_refused(choices: dict[str, str], field: str, text: str) -> None:
    with pytest.raises(Refusal, match=text) as refused:
        checked_choices("X/1", SETTINGS, choices)
    assert field == refused.value.problems[0].field


def test_the_stamp_names_every_choice_that_is_not_the_default() -> None:
    assert "X/1" == settings_stamp("X/1", SETTINGS, {"first": "a", "second": "yes"})
    assert "X/1;second=no" == settings_stamp("X/1", SETTINGS, {"first": "a", "second": "no"})


def test_a_configured_scheme_leaves_the_original_as_it_was() -> None:
    scheme = TT22()
    other = scheme.configured({"adjustment_reading": "had_been_good"})
    assert "TT22/2021" == scheme.stamp
    assert "TT22/2021;adjustment_reading=had_been_good" == other.stamp
    with pytest.raises(Refusal):
        scheme.configured({"adjustment_reading": "whatever"})
