"""Rounding and averages as every circular uses them.

"Rounded to the first decimal" is read as half-up, which is the custom; the circulars do not spell it out.
Each average is rounded on its own, and the rounded value enters the next formula.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["half_up", "mean"]

_TENTH = Decimal("0.1")
_NOTHING = Decimal(0)


def half_up(value: Decimal) -> Decimal:
    """``value`` to one decimal, a tie going up: 6.25 becomes 6.3."""
    return value.quantize(_TENTH, ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The plain mean of exact numbers, rounded once, to one decimal.

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("a mean needs at least one value")
    return half_up(sum(values, _NOTHING) / len(values))
