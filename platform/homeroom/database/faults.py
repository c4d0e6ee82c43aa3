"""What :mod:`homeroom.database.catalogue` finds."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with the database.

    Args:
        object: The table, function or role.
        problem: What is wrong, for the author of the migration.
    """

    object: str
    problem: str

    def __str__(self) -> str:
        return f"{self.object}: {self.problem}"
