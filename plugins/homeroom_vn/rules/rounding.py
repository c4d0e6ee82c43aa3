"""Rounding and averages as every circular uses them.

"Rounded to the first decimal" is read as half-up, which is the custom; the circulars do not spell it out.
Each average is rounded on its own, and the rounded value goes into the next formula.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["half_up", "weighted_average"]

_TENTH = Decimal("0.1")


def half_up(value: Decimal) -> Decimal:
    """``value`` to one decimal, a tie going up: 6.25 becomes 6.3."""
    return value.quantize(_TENTH, ROUND_HALF_UP)


def weighted_average(parts: Iterable[tuple[Decimal, int]]) -> Decimal:
    """The average of (value, weight) pairs, rounded once, to one decimal.

    Raises:
        ValueError: there is no weight to divide by.
    """
    total = Decimal(0)
    weight = 0
    for value, times in parts:
        total += value * times
        weight += times
    if weight <= 0:
        raise ValueError("an average needs at least one weighted value")
    return half_up(total / weight)
