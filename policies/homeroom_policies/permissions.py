"""What roles may do with permissions by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["ROLE_TITLES", "RULES"]

ROLE_TITLES: Final = {EVERYBODY: "Everybody who belongs here"}
RULES: Final = tuple(
    rule for role in ("admin", "district_admin") for rule in (Rule(role, "policies.*", "run"), Rule(role, "PolicyRule"))
)
