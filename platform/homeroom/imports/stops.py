"""How much an import may end or change without being asked: a truncated file must not end a school."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from homeroom.errors import Problem, Refusal
from homeroom.imports.refusals import MANY_CHANGES, MANY_ENDINGS
from homeroom.refusals import Code, FieldName, Label

__all__ = ["SHARE", "Stop"]

#: Up to so many rows of one noun end without a question, unless they are all of them.
_HANDFUL: Final = 5
#: And up to this share of those that were there.
SHARE: Final = Fraction(1, 10)
#: So many of the rows are named in the refusal.
_NAMED: Final = 10


class Stop:
    """Gathers what an import would end or change, by noun, and refuses it where it is too much.

    Args:
        field: The input field that the refusal names.
        allowed: Whether the caller said that it may be much.
        by: The argument by which the caller says so.
        share: Up to this share may be done without a question.
        code: With which problem it is refused.
    """

    def __init__(
        self,
        field: str,
        *,
        allowed: bool,
        by: str = "allow_endings",
        share: Fraction = SHARE,
        code: Code = MANY_ENDINGS,
    ) -> None:
        self._field = field
        self._allowed = allowed
        self._by = by
        self._share = share
        self._code = code
        self._problems: list[Problem] = []

    def add(self, noun: str, names: Sequence[str], of: int, *, new: int = 0) -> None:
        """Note how many rows of a noun would end or change.

        Args:
            noun: What they are called.
            names: One name for each of the rows.
            of: How many rows there were before.
            new: How many rows begin: all may be replaced by others where they are few.
        """
        number = len(names)
        few = number <= _HANDFUL or number <= of * self._share
        whole = self._code is not MANY_CHANGES and number >= of and not new
        if self._allowed or not number or (few and not whole):
            return
        shown = [*sorted(names)[:_NAMED], *(["…"] if number > _NAMED else [])]
        noun = Label(noun.replace("_", " "))
        self._problems.append(
            Problem(self._code, self._field, noun=noun, count=number, of=of, names=shown, allow=FieldName(self._by))
        )

    def refuse(self) -> None:
        """Raise a Refusal where it is too much and nobody allowed it."""
        if self._problems:
            raise Refusal.of(self._problems)
