"""What an import did: counted by noun, named, and what it left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from homeroom.reading.faults import shown

__all__ = ["MOST_NAMES", "Named", "Report"]

#: How many rows of one noun a report names of each thing that was done to them; the counts say how many there are.
MOST_NAMES: Final = 100


@dataclass(frozen=True, slots=True)
class Named:
    """One row that an import created, changed, moved, ended or found doubtful.

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
        most_names: How many rows of each noun are named of each thing that was done to them.
        counts: What was done to how many rows: heading (``created``) to noun to number.
        named: The rows by name.
    """

    most_names: int = MOST_NAMES
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    named: list[Named] = field(default_factory=list)
    _names: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __getitem__(self, heading: str) -> Counter[str]:
        """The numbers under a heading, by noun or by reason."""
        return self.counts.setdefault(heading, Counter())

    def name(self, done: str, noun: str, name: str, row: UUID | None = None, detail: str = "") -> None:
        """Name one row, as long as there are few of its kind."""
        self._names[done, noun] += 1
        if self._names[done, noun] <= self.most_names:
            self.named.append(Named(done, noun, name, row, detail))

    def add(self, done: str, noun: str, name: str, row: UUID | None = None, detail: str = "") -> None:
        """Count one row, and name it as long as there are few of its kind."""
        self[done][noun] += 1
        self.name(done, noun, name, row, detail)

    def as_json(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return dict(self._counted())

    def _counted(self) -> Iterator[tuple[str, Mapping[str, int]]]:
        """Of very many names, such as words that no registry knows, the commonest and the rest."""
        for heading, counter in self.counts.items():
            few = [(name, number) for name, number in counter.most_common(MOST_NAMES) if number]
            rest = sum(counter.values()) - sum(number for _, number in few)
            counts = {shown(name): number for name, number in sorted(few)}
            yield heading, {**counts, "others": rest} if rest else counts
