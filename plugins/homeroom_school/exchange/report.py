"""What an import did, counted by noun, and what it left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from homeroom_school.roster import Selection

__all__ = ["Report"]


@dataclass(slots=True)
class Report:
    """Counts of one import.

    Args:
        created: Rows made, by noun.
        changed: Rows changed, by noun.
        unchanged: Rows that were as the roster says, by noun.
        ended: Periods ended because the roster no longer has them, by noun.
        left_out: Records of the bundle that became no row, by reason.
        unknown: Words of the bundle that the registry does not know, such as a role, with their number.
    """

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def as_json(self, selection: Selection) -> dict[str, Any]:
        """The report as JSON values, with the organisations that the selection left out."""
        return {
            "created": _counts(self.created),
            "changed": _counts(self.changed),
            "unchanged": _counts(self.unchanged),
            "ended": _counts(self.ended),
            "left_out": _counts(self.left_out),
            "unknown": _counts(self.unknown),
            "organisations_left_out": [
                {
                    "id": each.org,
                    "name": each.name,
                    "sections": each.sections,
                    "courses": each.courses,
                    "people": each.people,
                    "roles": each.roles,
                    "enrolments": each.enrolments,
                }
                for each in selection.left_out
            ],
            "people_without_organisation": selection.people_without_org,
            "enrolments_of_outsiders": selection.outside_enrolments,
            "other_files": dict(selection.other_files),
        }


def _counts(counter: Counter[str]) -> dict[str, int]:
    return {name: number for name, number in sorted(counter.items()) if number}
