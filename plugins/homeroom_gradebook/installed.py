"""The grading schemes that are installed, without a database."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom_gradebook.scheme_choice import SchemeFamily

__all__ = ["scheme_families"]


def scheme_families() -> tuple[SchemeFamily, ...]:
    """One family for each installed plugin that brings grading schemes, by name."""
    found = [entry.load() for entry in entry_points(group="homeroom.grading_schemes")]
    return tuple(sorted(found, key=lambda family: family.name))
