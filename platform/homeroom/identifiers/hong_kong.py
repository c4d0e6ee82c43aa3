"""Hong Kong: identity card number (HKID) and the student reference number (STRN)."""

from __future__ import annotations

import re

from homeroom.identifiers.kind import Checked, IdentifierError, IdentifierKind, mask_middle

__all__ = ["HKID", "STRN", "hkid_check_character"]

_SHAPE = re.compile(r"([A-Z]{1,2})([0-9]{6})\(?([0-9A])\)?")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)
_NO_FIRST_LETTER = 36
_STRN_LENGTH = 10


def hkid_check_character(letters: str, digits: str) -> str:
    """The check character of an HKID.

    Letters count A=10 to Z=35, a missing first letter 36; weights 9 down to 2; of the sum's remainder
    r by 11 the character is ``0`` for 0, ``A`` for 1, else 11 - r.

    Args:
        letters: one or two capital letters.
        digits: six digits.
    """
    values = [ord(letter) - ord("A") + 10 for letter in letters]
    if len(values) == 1:
        values.insert(0, _NO_FIRST_LETTER)
    values += [int(digit) for digit in digits]
    remainder = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11
    return "0A"[remainder] if remainder < 2 else str(11 - remainder)


def _check_hkid(text: str) -> Checked:
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise IdentifierError(
            "hk.hkid", "characters", "one or two letters, six digits and a check character are needed"
        )
    letters, digits, given = match.groups()
    if hkid_check_character(letters, digits) != given:
        raise IdentifierError("hk.hkid", "check_character", "the check character does not fit the number")
    return Checked(letters + digits + given)


def _mask_hkid(value: str) -> str:
    # The first half is what an office compares by voice; the rest would let anybody use the number.
    head = len(value) - 4
    return f"{value[:head]}***(*)"


HKID = IdentifierKind("hk.hkid", "HK", "Hong Kong identity card (身份證)", _check_hkid, _mask_hkid)


def _check_strn(text: str) -> Checked:
    # No public text gives a form or a check digit, so any rule beyond these would refuse real pupils.
    if len(text) > _STRN_LENGTH:
        raise IdentifierError("hk.strn", "length", f"at most {_STRN_LENGTH} characters are allowed")
    if not text.isprintable():
        raise IdentifierError("hk.strn", "characters", "control characters are not allowed")
    return Checked(text)


STRN = IdentifierKind(
    "hk.strn",
    "HK",
    "student reference number (學生編號)",
    _check_strn,
    lambda value: mask_middle(value, 0, 3),
    sensitive=False,
)
