"""What may stand in a field: from JSON to a column, or a refusal that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from homeroom.custom import COLUMNS, FieldKind
from homeroom.custom_fields.refusals import DATE, NUMBER, SOME_OF, TOO_SHORT, TRUE_OR_FALSE, WHOLE_NUMBER
from homeroom.dates import EARLIEST, LATEST, OutOfBounds, read_date
from homeroom.errors import Refusal
from homeroom.numbers import read_decimal
from homeroom.refusals import BAD_CHARACTER, ONE_OF, OUT_OF_RANGE, REQUIRED, TOO_GREAT, TOO_LONG, TOO_SMALL, Code
from homeroom.texts import composed, forbidden

__all__ = ["Shape"]

_LONGEST_TEXT = 10_000
_WIDEST = 2**31
#: As many digits as people write and PostgreSQL keeps exactly.
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field takes.

    Args:
        kind: What its values are.
        codes: Of a choice.
        minimum: Of a number, or of the length of a text.
        maximum: The same.
    """

    kind: FieldKind
    codes: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def column(self) -> str:
        """Where its values are kept."""
        return COLUMNS[self.kind][0]

    def stored(self, row: Mapping[str, Any]) -> Any:
        """What a row of values holds of it, as JSON has it: whole numbers as such, other numbers and dates as texts.

        Args:
            row: Column to its value, as JSON.
        """
        known = msgspec.json.decode(row[self.column])
        return int(known) if self.kind is FieldKind.INTEGER else known

    def value(self, given: Any) -> Any:
        """A value as the column takes it. Raises :class:`~homeroom.errors.Refusal`.

        Args:
            given: From JSON: a text, a number, true or false, a date as ``2026-09-05``, a list of codes.
        """
        made = getattr(self, f"_{self.kind.value}")(given)
        if self.kind in (FieldKind.INTEGER, FieldKind.DECIMAL):
            self._within(Decimal(made), TOO_SMALL, TOO_GREAT)
        elif self.kind is FieldKind.TEXT:
            self._within(Decimal(len(made)), TOO_SHORT, TOO_LONG)
        return made

    def _within(self, size: Decimal, too_small: Code, too_great: Code) -> None:
        if self.minimum is not None and size < self.minimum:
            raise Refusal(too_small, least=self.minimum.normalize())
        if self.maximum is not None and size > self.maximum:
            raise Refusal(too_great, most=self.maximum.normalize())

    def _text(self, given: Any) -> str:
        if not isinstance(given, str) or not given.strip():
            raise Refusal(REQUIRED)
        bad = forbidden(given)
        if bad is not None:
            raise Refusal(BAD_CHARACTER, character=bad)
        text = composed(given).strip()
        if len(text) > _LONGEST_TEXT:
            raise Refusal(TOO_LONG, most=_LONGEST_TEXT)
        return text

    def _integer(self, given: Any) -> Decimal:
        if isinstance(given, bool) or not isinstance(given, int) or not -_WIDEST <= given < _WIDEST:
            raise Refusal(WHOLE_NUMBER)
        return Decimal(given)

    def _decimal(self, given: Any) -> Decimal:
        if isinstance(given, bool) or not isinstance(given, int | str | Decimal):
            raise Refusal(NUMBER)
        try:
            made = read_decimal(given) if isinstance(given, str) else Decimal(given)
        except (InvalidOperation, ValueError):
            raise Refusal(NUMBER) from None
        exponent = made.as_tuple().exponent
        if not isinstance(exponent, int) or len(made.as_tuple().digits) > _MOST_DIGITS or abs(exponent) > _MOST_DIGITS:
            raise Refusal(NUMBER)
        return made

    def _date(self, given: Any) -> date:
        try:
            return read_date(given)
        except OutOfBounds:
            raise Refusal(OUT_OF_RANGE, least=EARLIEST, most=LATEST) from None
        except (TypeError, ValueError):
            raise Refusal(DATE) from None

    def _boolean(self, given: Any) -> bool:
        if not isinstance(given, bool):
            raise Refusal(TRUE_OR_FALSE)
        return given

    def _choice(self, given: Any) -> str:
        if not isinstance(given, str) or given.lower() not in self.codes:
            raise Refusal(ONE_OF, options=self.codes)
        return given.lower()

    def _choices(self, given: Any) -> list[str]:
        if not isinstance(given, list) or not given:
            raise Refusal(SOME_OF, options=self.codes)
        return [self._choice(each) for each in dict.fromkeys(given) if isinstance(each, str) or self._choice(each)]
