"""Rosters and the registry's rows: importing a bundle into a school, and giving it back."""

from __future__ import annotations

from homeroom_school.exchange.export import roster_of_space
from homeroom_school.exchange.importer import IMPORT, Allowed, import_selection
from homeroom_school.exchange.own_fields import FORMAT, with_own_fields
from homeroom_school.exchange.registry import roster_of_registry

__all__ = [
    "FORMAT",
    "IMPORT",
    "Allowed",
    "import_selection",
    "roster_of_registry",
    "roster_of_space",
    "with_own_fields",
]
