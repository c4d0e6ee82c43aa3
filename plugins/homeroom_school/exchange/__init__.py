"""Rosters and the registry's rows: importing a bundle into a school, and giving it back."""

from __future__ import annotations

from homeroom_school.exchange.export import roster_of_space
from homeroom_school.exchange.importer import Allowed, import_selection
from homeroom_school.exchange.journal import Journal, forget_old_runs, keep_changes, keep_names, kept_until
from homeroom_school.exchange.own_fields import FORMAT, with_own_fields
from homeroom_school.exchange.registry import roster_of_registry
from homeroom_school.exchange.report import Named, Report
from homeroom_school.exchange.undo import Undone, undo_run

__all__ = [
    "FORMAT",
    "Allowed",
    "Journal",
    "Named",
    "Report",
    "Undone",
    "forget_old_runs",
    "import_selection",
    "keep_changes",
    "keep_names",
    "kept_until",
    "roster_of_registry",
    "roster_of_space",
    "undo_run",
    "with_own_fields",
]
