"""What roles may do with codes by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["RULES"]

#: Everybody chooses from codes; administrators change them.
RULES: Final = (
    Rule(EVERYBODY, "CodeValue"),
    Rule(EVERYBODY, "codes.tables", "run"),
    Rule("admin", "codes.*", "run"),
)
