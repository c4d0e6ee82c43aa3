"""What may be written into a cell of the gradebook: numbers within bounds, or one of a few codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from homeroom.numbers import read_decimal

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


class BadMark(ValueError):  # noqa: N818 - a refusal of input, named for what was refused
    """A mark that its scale does not have.

    Args:
        code: ``not_a_number``, ``too_low``, ``too_high``, ``too_fine``, ``unknown_code`` or ``not_a_mark``.
        message: what was written and what the scale accepts.
        params: the parts of the message, for translation.
    """

    def __init__(self, code: str, message: str, params: Mapping[str, str]) -> None:
        super().__init__(message)
        self.code = code
        self.params = dict(params)


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
            BadMark: not a number, out of bounds, or finer than the step.
        """
        if isinstance(raw, str):
            known = self._known.get(raw)
            if known is not None:
                return known
            value = self._checked(self._parsed(raw))
            if len(self._known) < _KEPT:
                self._known[raw] = value
            return value
        if type(raw) is Decimal:
            return self._checked(raw)
        if isinstance(raw, int) and not isinstance(raw, bool):
            return self._checked(Decimal(raw))
        raise BadMark("not_a_mark", f"{raw!r} is not an exact number", {"value": repr(raw)})

    @cached_property
    def _known(self) -> dict[str, Decimal]:
        # A class's marks repeat: the spellings that were read before are not parsed again.
        return {}

    def _parsed(self, raw: str) -> Decimal:
        try:
            return read_decimal(raw, comma=True)
        except ValueError:
            raise BadMark("not_a_number", f"{raw!r} is not a number", {"value": raw}) from None

    def _checked(self, value: Decimal) -> Decimal:
        if not value.is_finite():
            raise BadMark("not_a_number", f"{value} is not a number", {"value": str(value)})
        if value < self.minimum:
            raise self._refused("too_low", value, f"is below {self.minimum}")
        if value > self.maximum:
            raise self._refused("too_high", value, f"is above {self.maximum}")
        if value % self.step:
            raise self._refused("too_fine", value, f"is finer than steps of {self.step}")
        # Adding zero turns a written -0 into 0.
        return (value + 0).quantize(self.step)

    def _refused(self, code: str, value: Decimal, why: str) -> BadMark:
        bounds = {"minimum": str(self.minimum), "maximum": str(self.maximum), "step": str(self.step)}
        return BadMark(code, f"{value} {why}", {"value": str(value), **bounds})


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
            BadMark: not text, or none of the codes.
        """
        if not isinstance(raw, str):
            raise BadMark("not_a_mark", f"{raw!r} is not a code", {"value": repr(raw)})
        found = self._by_spelling.get(raw.strip().casefold())
        if found is None:
            known = ", ".join(one.code for one in self.codes)
            raise BadMark("unknown_code", f"{raw!r} is none of {known}", {"value": raw, "known": known})
        return found

    def named(self, code: str) -> Label:
        """The label of a code of this scale; ``KeyError`` for another."""
        for one in self.codes:
            if one.code == code:
                return one
        raise KeyError(code)


Scale = NumberScale | CodeScale
