"""What may be written into a cell of the gradebook."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import Refusal
from homeroom_gradebook.refusals import NOT_A_NUMBER, NOT_OF_SCALE, OUTSIDE_SCALE, TOO_FINE
from homeroom_gradebook.scales import CodeScale, Label, NumberScale

if TYPE_CHECKING:
    from homeroom.refusals import Code

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
        ("10.1", OUTSIDE_SCALE),
        ("-0.1", OUTSIDE_SCALE),
        ("7.25", TOO_FINE),
        ("1E+400", NOT_A_NUMBER),
        ("1E-400", NOT_A_NUMBER),
        ("NaN", NOT_A_NUMBER),
        (Decimal("NaN"), NOT_A_NUMBER),
        ("Infinity", NOT_A_NUMBER),
        ("eight", NOT_A_NUMBER),
        ("", NOT_A_NUMBER),
        (7.5, NOT_A_NUMBER),
        (True, NOT_A_NUMBER),
        (None, NOT_A_NUMBER),
    ],
)
def test_what_is_no_mark_is_refused_with_its_reason(written: object, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        TEN.read(written)
    assert code is refused.value.code


def test_a_refusal_says_what_the_scale_accepts() -> None:
    with pytest.raises(Refusal, match=r"from 1 to 5; 5\.5 lies outside"):
        HALVES.read("5.5")
    with pytest.raises(Refusal, match="“C” is none of A, B"):
        LEVELS.read("C")


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_is_read_lies_on_the_scale(written: Decimal) -> None:
    try:
        mark = HALVES.read(written)
    except Refusal:
        return
    assert Decimal(1) <= mark <= Decimal(5)
    assert 0 == mark % Decimal("0.5")
    assert written == mark


@pytest.mark.parametrize("written", ["A", "a", " good ", "GOOD"])
def test_codes_are_read_in_any_spelling(written: str) -> None:
    assert "A" == LEVELS.read(written)


@pytest.mark.parametrize("written", ["C", "", 1])
def test_unknown_codes_are_refused(written: object) -> None:
    with pytest.raises(Refusal) as refused:
        LEVELS.read(written)
    assert NOT_OF_SCALE is refused.value.code


@pytest.mark.parametrize(("low", "high", "step"), [(5, 5, "1"), (6, 5, "1"), (0, 5, "0"), (0, 5, "-1")])
def test_a_scale_without_room_is_refused(low: int, high: int, step: str) -> None:
    with pytest.raises(ValueError, match="minimum < maximum"):
        NumberScale("none", "none", Decimal(low), Decimal(high), Decimal(step))
