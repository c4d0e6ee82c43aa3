"""What may be written into a cell of the gradebook."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom_gradebook.scales import BadMark, CodeScale, Label, NumberScale

TEN = NumberScale("ten", "ten points", Decimal(0), Decimal(10), Decimal("0.1"))
HALVES = NumberScale("halves", "one to five", Decimal(1), Decimal(5), Decimal("0.5"))
LEVELS = CodeScale("levels", "levels", (Label("A", "good"), Label("B", "fair")), {"A": ("Good",)})


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        ("7.5", "7.5"),
        ("7,5", "7.5"),
        (" 8 ", "8.0"),
        (9, "9.0"),
        (Decimal(10), "10.0"),
        ("0", "0.0"),
        ("-0", "0.0"),
        (Decimal("6.50"), "6.5"),
    ],
)
def test_numbers_are_read_exactly(written: object, mark: str) -> None:
    assert mark == str(TEN.read(written))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("10.1", "too_high"),
        ("-0.1", "too_low"),
        ("7.25", "too_fine"),
        ("1E+400", "not_a_number"),
        ("1E-400", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("eight", "not_a_number"),
        ("", "not_a_number"),
        (7.5, "not_a_mark"),
        (True, "not_a_mark"),
        (None, "not_a_mark"),
    ],
)
def test_what_is_no_mark_is_refused_with_its_reason(written: object, code: str) -> None:
    with pytest.raises(BadMark) as refused:
        TEN.read(written)
    assert code == refused.value.code


def test_a_refusal_says_what_the_scale_accepts() -> None:
    with pytest.raises(BadMark, match="is above 5") as refused:
        HALVES.read("5.5")
    assert {"value": "5.5", "minimum": "1", "maximum": "5", "step": "0.5"} == refused.value.params


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_is_read_lies_on_the_scale(written: Decimal) -> None:
    try:
        mark = HALVES.read(written)
    except BadMark:
        return
    assert Decimal(1) <= mark <= Decimal(5)
    assert 0 == mark % Decimal("0.5")
    assert written == mark


@pytest.mark.parametrize("written", ["A", "a", " good ", "GOOD"])
def test_codes_are_read_in_any_spelling(written: str) -> None:
    assert "A" == LEVELS.read(written)


@pytest.mark.parametrize(("written", "code"), [("C", "unknown_code"), ("", "unknown_code"), (1, "not_a_mark")])
def test_unknown_codes_are_refused(written: object, code: str) -> None:
    with pytest.raises(BadMark) as refused:
        LEVELS.read(written)
    assert code == refused.value.code


@pytest.mark.parametrize(("low", "high", "step"), [(5, 5, "1"), (6, 5, "1"), (0, 5, "0"), (0, 5, "-1")])
def test_a_scale_without_room_is_refused(low: int, high: int, step: str) -> None:
    with pytest.raises(ValueError, match="minimum < maximum"):
        NumberScale("none", "none", Decimal(low), Decimal(high), Decimal(step))
