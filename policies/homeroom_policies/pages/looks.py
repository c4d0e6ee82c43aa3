"""How the console shows the rules of a school."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "PolicyRule",
        columns=("role", "object", "action", "effect", "scope", "origin"),
        filters=("role", "object", "action", "effect", "origin"),
    ),
)
