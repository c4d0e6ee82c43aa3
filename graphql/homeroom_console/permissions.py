"""Who sets how a school looks, by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule
from homeroom_console.nouns import CHANGERS

__all__ = ["RULES"]

RULES: Final = tuple(Rule(role, "console.crest.*", "run") for role in CHANGERS)
