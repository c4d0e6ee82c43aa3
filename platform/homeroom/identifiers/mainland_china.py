"""Mainland China: number of the resident identity card (居民身份证), GB 11643-1999."""

from __future__ import annotations

import re
from datetime import date

from homeroom.identifiers.kind import Checked, Doubt, IdentifierError, IdentifierKind, mask_middle

__all__ = ["RESIDENT_ID", "resident_id_check_character"]

_NAME = "cn.resident_id"
_NEW = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def resident_id_check_character(first: str) -> str:
    """The check character over the 17 digits `first`: ISO 7064, MOD 11-2."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def _birth_date(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise IdentifierError(_NAME, "birth_date", "digits 7 to 14 are not a date") from None


def _check(text: str) -> Checked:
    doubts: tuple[Doubt, ...] = ()
    if _OLD.fullmatch(text):
        # Numbers issued before 1999 lack the century and the check character. Stored in the new form,
        # so that one person's old and new number are the same number.
        first = text[:6] + "19" + text[6:]
        text = first + resident_id_check_character(first)
        doubts = (Doubt("old_number", "a 15-digit number was completed to 18 digits, born in the 1900s"),)
    elif not _NEW.fullmatch(text):
        code = "length" if len(text) not in (15, 18) else "characters"
        raise IdentifierError(_NAME, code, "17 digits and a digit or X are needed (or an old number of 15 digits)")
    elif resident_id_check_character(text[:17]) != text[17]:
        raise IdentifierError(_NAME, "check_character", "the last character does not fit the number")
    # The first six digits, the region, are not looked up: codes are retired while their holders live.
    return Checked(
        text,
        birth_date=_birth_date(text[6:14]),
        sex="male" if int(text[16]) % 2 else "female",
        warnings=doubts,
    )


RESIDENT_ID = IdentifierKind(
    _NAME, "CN", "resident identity card (居民身份证)", _check, lambda value: mask_middle(value, 3, 2)
)
