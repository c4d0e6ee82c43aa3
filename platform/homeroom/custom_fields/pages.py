"""How the console shows a school's own fields."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "CustomField",
        columns=("title", "noun", "kind", "name", "active"),
        filters=("noun", "active"),
        names=("title", "name"),
        actions=("custom_fields.field.change",),
        nav=Nav("settings", 40, needs=("custom_fields.field.define",)),
    ),
)
