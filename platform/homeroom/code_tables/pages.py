"""How the console shows code tables."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "CodeValue",
        columns=("title", "code", "code_table", "layer", "active"),
        filters=("code_table", "layer", "active"),
        actions=("codes.value.change",),
        nav=Nav("settings", 50, needs=("codes.value.add",)),
    ),
)
