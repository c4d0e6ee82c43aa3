"""Papers of any country: the number of a passport or of another travel document."""

from __future__ import annotations

from homeroom.identifiers.kind import Checked, IdentifierError, IdentifierKind, mask_middle

__all__ = ["PASSPORT"]

_LONGEST = 20


def _check(text: str) -> Checked:
    if len(text) > _LONGEST:
        raise IdentifierError("any.passport", "length", f"at most {_LONGEST} characters are allowed")
    if not (text.isascii() and text.replace("-", "").isalnum()):
        raise IdentifierError("any.passport", "characters", "letters, digits and hyphens are allowed")
    return Checked(text)


PASSPORT = IdentifierKind(
    "any.passport", "*", "passport or travel document", _check, lambda value: mask_middle(value, 1, 2)
)
