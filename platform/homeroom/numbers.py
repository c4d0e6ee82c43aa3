"""Numbers that people write: plain decimal digits with one separator, and nothing that reads as another number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

__all__ = ["read_decimal"]

_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{1,60})?")
#: Full-width digits, signs and separators, as Chinese keyboards type them.
_NARROW: Final = str.maketrans("０１２３４５６７８９．，－＋\u2212", "0123456789.,-+-")


def read_decimal(text: str, *, comma: bool = False) -> Decimal:
    """A number such as ``36.5``.

    Full-width digits are read as the plain ones. Exponents, separators of thousands, underscores, digits of other
    scripts, infinities and what is no number are refused: each would be another number to somebody.

    Args:
        text: What was written; spaces around it do not matter.
        comma: Whether the separator may be a comma as well.

    Raises:
        ValueError: The text is no such number.
    """
    plain = text.strip()
    if not plain.isascii():
        plain = plain.translate(_NARROW)
    if comma:
        plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        raise ValueError("expected a number such as 36.5")
    return Decimal(plain)
