"""Numbers that people write."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.numbers import read_decimal


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_plain_numbers_are_read(number: Decimal) -> None:
    plain = f"{number:f}"
    assert number == read_decimal(plain)
    assert number == read_decimal(f" {plain.replace('.', ',')} ", comma=True)
    wide = plain.translate({0x30 + digit: 0xFF10 + digit for digit in range(10)} | {0x2E: 0xFF0E})
    assert number == read_decimal(wide)


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "Infinity", "-inf", "1e3", "1E+3", "1_000", "1,234.5", "1.234.5", "1 000", "٣٫٥", "٣", "३", "½", "0x10",
     ".5", "5.", "--5", "1" * 61],
)  # fmt: skip
@pytest.mark.parametrize("comma", [True, False])
def test_what_reads_as_another_number_is_refused(text: str, comma: bool) -> None:
    with pytest.raises(ValueError, match=r"such as 36\.5"):
        read_decimal(text, comma=comma)
