"""Rosters and the registry's rows: importing a bundle into a school, and exporting it."""

from __future__ import annotations

from homeroom_rosters.exchange.export import roster_of_space
from homeroom_rosters.exchange.importer import IMPORT, Allowed, import_selection
from homeroom_rosters.exchange.own_fields import FORMAT, with_own_fields
from homeroom_rosters.exchange.registry import roster_of_registry

__all__ = [
    "FORMAT",
    "IMPORT",
    "Allowed",
    "import_selection",
    "roster_of_registry",
    "roster_of_space",
    "with_own_fields",
]
