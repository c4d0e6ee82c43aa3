"""The codes of a school, known to everybody who belongs to it."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables.tables import CodeValue
from homeroom.resources import EVERYTHING, resource

__all__ = ["RESOURCES"]

RESOURCES: Final = (
    resource(
        CodeValue,
        scopes={"school": EVERYTHING},
        filters=("code_table", "code", "title", "layer", "active"),
        order=("code_table", "position", "code", "title"),
        default_order=("code_table", "position", "code"),
        enums={"layer": "CodeLayer"},
    ),
)
