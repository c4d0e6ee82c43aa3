"""What may be written into a cell of the gradebook: numbers within bounds, or one of a few codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from homeroom.errors import Refusal
from homeroom.numbers import read_decimal
from homeroom_gradebook.refusals import NOT_A_NUMBER, NOT_OF_SCALE, OUTSIDE_SCALE, TOO_FINE

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = 4096

Value = Decimal | str
"""A mark as stored: an exact number, or the code of a scale that has no numbers."""


@dataclass(frozen=True, slots=True)
class Label:
    """A code that programs compare, with the words that people read.

    Args:
        code: stable, ASCII where the region has no written sign of its own.
        label: the words of the regulation, in the language of the regulation.
        short: the sign used in narrow columns; the label if the regulation has none.
    """

    code: str
    label: str
    short: str = ""

    @property
    def sign(self) -> str:
        """The short form, or the label where there is none."""
        return self.short or self.label


@dataclass(frozen=True)
class NumberScale:
    """Numbers from ``minimum`` to ``maximum`` in steps of ``step``.

    Args:
        code: name of the scale, stored with each assessment.
        label: the words of the regulation.
        minimum: lowest mark, inclusive.
        maximum: highest mark, inclusive.
        step: distance between two neighbouring marks; marks are never rounded to it, a finer one is refused.
    """

    code: str
    label: str
    minimum: Decimal
    maximum: Decimal
    step: Decimal

    def __post_init__(self) -> None:
        if self.step <= 0 or self.minimum >= self.maximum:
            raise ValueError(f"scale {self.code}: needs minimum < maximum and a positive step")

    def read(self, raw: object) -> Decimal:
        """The exact number that ``raw`` writes.

        Args:
            raw: a ``Decimal``, an ``int`` or text with a point or a comma; never a ``float``, which is not
                exact.

        Raises:
            Refusal: not a number, out of bounds, or finer than the step.
        """
        if isinstance(raw, str):
            known = self._known.get(raw)
            if known is not None:
                return known
            try:
                value = self._checked(read_decimal(raw, comma=True))
            except ValueError:
                raise Refusal(NOT_A_NUMBER, value=raw) from None
            if len(self._known) < _KEPT:
                self._known[raw] = value
            return value
        if type(raw) is Decimal:
            return self._checked(raw)
        if isinstance(raw, int) and not isinstance(raw, bool):
            return self._checked(Decimal(raw))
        raise Refusal(NOT_A_NUMBER, value=raw)

    @cached_property
    def _known(self) -> dict[str, Decimal]:
        # A class's marks repeat: the spellings that were read before are not parsed again.
        return {}

    def _checked(self, value: Decimal) -> Decimal:
        if not value.is_finite():
            raise Refusal(NOT_A_NUMBER, value=value)
        if not self.minimum <= value <= self.maximum:
            raise Refusal(OUTSIDE_SCALE, value=value, least=self.minimum, most=self.maximum)
        if value % self.step:
            raise Refusal(TOO_FINE, value=value, step=self.step)
        # Adding zero turns a written -0 into 0.
        return (value + 0).quantize(self.step)


@dataclass(frozen=True)
class CodeScale:
    """One of a few codes, best first.

    Args:
        code: name of the scale, stored with each assessment.
        label: the words of the regulation.
        codes: what may be chosen, best first.
        spellings: other ways in which people write a code, by the code meant.
    """

    code: str
    label: str
    codes: tuple[Label, ...]
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        table = {one.code.casefold(): one.code for one in self.codes}
        for code, others in self.spellings.items():
            table.update((other.casefold(), code) for other in others)
        return table

    def read(self, raw: object) -> str:
        """The code that ``raw`` writes, whatever its case.

        Raises:
            Refusal: not text, or none of the codes.
        """
        found = self._by_spelling.get(raw.strip().casefold()) if isinstance(raw, str) else None
        if found is None:
            raise Refusal(NOT_OF_SCALE, value=raw, known=[one.code for one in self.codes])
        return found

    def named(self, code: str) -> Label:
        """The label of a code of this scale; ``KeyError`` for another."""
        for one in self.codes:
            if one.code == code:
                return one
        raise KeyError(code)


Scale = NumberScale | CodeScale
