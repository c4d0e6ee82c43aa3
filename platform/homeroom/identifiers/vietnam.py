"""Vietnam: the sector code (mã định danh Bộ GD&ĐT) and the personal number (số định danh cá nhân)."""

from __future__ import annotations

from homeroom.identifiers.kind import Checked, IdentifierError, IdentifierKind, mask_middle

__all__ = ["PERSONAL_NUMBER", "SECTOR_CODE"]

_SECTOR_LENGTH = 10
_PERSONAL_LENGTH = 12


def _digits(kind: str, text: str, length: int) -> str:
    # A spreadsheet that took the number for a quantity has lost its leading zeros: that is reported as a
    # wrong length, never repaired, because nobody can say how many there were.
    if not (text.isascii() and text.isdigit()):
        raise IdentifierError(kind, "characters", f"{length} digits are needed")
    if len(text) != length:
        raise IdentifierError(kind, "length", f"{length} digits are needed, not {len(text)}")
    return text


def _check_sector(text: str) -> Checked:
    return Checked(_digits("vn.sector_code", text, _SECTOR_LENGTH))


def _check_personal(text: str) -> Checked:
    value = _digits("vn.personal_number", text, _PERSONAL_LENGTH)
    # Place of registration (3), century and sex (1), year of birth (2), random (6): Decree 137/2015/ND-CP,
    # article 13. An even fourth digit is male; 0 and 1 stand for 1900-1999, 2 and 3 for 2000-2099, and so on.
    century_and_sex = int(value[3])
    return Checked(
        value,
        birth_year=1900 + 100 * (century_and_sex // 2) + int(value[4:6]),
        sex="female" if century_and_sex % 2 else "male",
    )


SECTOR_CODE = IdentifierKind(
    "vn.sector_code",
    "VN",
    "sector code (mã định danh Bộ GD&ĐT)",
    _check_sector,
    lambda value: mask_middle(value, 2, 3),
    sensitive=False,
)
PERSONAL_NUMBER = IdentifierKind(
    "vn.personal_number",
    "VN",
    "personal number (số định danh cá nhân)",
    _check_personal,
    lambda value: mask_middle(value, 3, 3),
)
