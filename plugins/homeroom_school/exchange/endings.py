"""How much an import may end without being asked: a truncated export must not end a school."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from homeroom_school.roster import Problem, RosterRejected

__all__ = ["Endings"]

#: Up to so many rows of one noun end without a question, unless they are all of them.
_HANDFUL: Final = 5
#: And up to this share of those that went on.
_SHARE: Final = Fraction(1, 10)
#: So many of the rows are named in the refusal.
_NAMED: Final = 10


class Endings:
    """Gathers what an import would end, by noun.

    Args:
        allowed: Whether the caller said that it may be much.
        word: How the caller says so.
    """

    def __init__(self, *, allowed: bool, word: str = "allowEndings") -> None:
        self._allowed = allowed
        self._word = word
        self._problems: list[Problem] = []

    def add(self, noun: str, names: Sequence[str], of: int, *, new: int = 0, verb: str = "end") -> None:
        """Note how many rows of a noun would end.

        Args:
            noun: What they are called.
            names: One name for each row that would end.
            of: How many rows went on before.
            new: How many rows begin: all may be replaced by others where they are few.
            verb: What would be done to them.
        """
        number = len(names)
        few = number <= _HANDFUL or number <= of * _SHARE
        if self._allowed or not number or (few and (number < of or new)):
            return
        shown = ", ".join([*sorted(names)[:_NAMED], *(["..."] if number > _NAMED else [])])
        reason = (
            f"{noun.replace('_', ' ')}: this would {verb} {number} of {of} ({shown});"
            f" if the file is complete and that is meant, say {self._word}"
        )
        self._problems.append(Problem("", 0, "", "many_endings", reason))

    def refuse(self) -> None:
        """Raise RosterRejected where too much would end and nobody allowed it."""
        if self._problems:
            raise RosterRejected(self._problems)
