"""What an import did: counted by noun, named, and what it left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from homeroom.reading.faults import shown
from homeroom_school.roster import Selection

__all__ = ["MOST_NAMES", "Named", "Report"]

#: How many rows of one noun a report names of each thing that was done to them; the counts say how many there are.
MOST_NAMES: Final = 100


@dataclass(frozen=True, slots=True)
class Named:
    """One row that an import made, changed, moved, ended or found doubtful.

    Args:
        done: What was done, as the report calls it.
        noun: What kind of row.
        name: What people call it.
        row: Its id.
        detail: What of it, such as the fields that changed.
    """

    done: str
    noun: str
    name: str
    row: UUID | None = None
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What one import did.

    Args:
        created: Rows made, by noun.
        matched: Rows that were there and that the roster is taken to speak of for the first time, by noun.
        changed: Rows changed, by noun.
        unchanged: Rows that were as the roster says, by noun.
        ended: Periods ended because the roster no longer has them, by noun.
        moved: Those of them in whose place another one of the same person or class is, by noun.
        reopened: Periods taken up again that an earlier import had ended, by noun.
        kept: Rows of which values differ from the roster because the school changed them, by noun.
        doubles: New people who have the name and the birth date of somebody who is there, by noun.
        left_out: Records of the bundle that became no row, by reason.
        unknown: Words of the bundle that the registry does not know, such as a role, with their number.
        named: The rows by name, at most :data:`MOST_NAMES` of each kind.
    """

    created: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    reopened: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    doubles: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    named: list[Named] = field(default_factory=list)
    _names: Counter[tuple[str, str]] = field(default_factory=Counter)

    def name(self, done: str, noun: str, name: str, row: UUID | None = None, detail: str = "") -> None:
        """Name one row, as long as there are few of its kind."""
        self._names[done, noun] += 1
        if self._names[done, noun] <= MOST_NAMES:
            self.named.append(Named(done, noun, name, row, detail))

    def as_json(self, selection: Selection) -> dict[str, Any]:
        """The counts as JSON values, with the organisations that the selection left out."""
        return {
            **{
                heading: _counts(getattr(self, heading))
                for heading in (
                    "created",
                    "matched",
                    "changed",
                    "unchanged",
                    "moved",
                    "ended",
                    "reopened",
                    "kept",
                    "doubles",
                    "left_out",
                    "unknown",
                )
            },
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
    """The counts by name; of very many names, such as words that no registry knows, the commonest and the rest."""
    few = [(name, number) for name, number in counter.most_common(MOST_NAMES) if number]
    rest = sum(counter.values()) - sum(number for _, number in few)
    counts = {shown(name): number for name, number in sorted(few)}
    return {**counts, "others": rest} if rest else counts
