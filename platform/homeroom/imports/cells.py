"""From the texts of cells to the values of arguments."""

from __future__ import annotations

import enum
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from homeroom.columns import TextKind
from homeroom.dates import in_bounds
from homeroom.errors import Refusal
from homeroom.imports.refusals import (
    BAD_BOOLEAN,
    BAD_DATE,
    BAD_DECIMAL,
    BAD_NUMBER,
    BAD_WORD,
    NO_DATE_ORDER,
)
from homeroom.labels import labels_in
from homeroom.languages import LANGUAGES
from homeroom.numbers import read_decimal
from homeroom.reading.dates import DateOrder, read_day
from homeroom.reading.layouts import read_list
from homeroom.refusals import BAD_CHARACTER
from homeroom.sheets import without_apostrophes
from homeroom.texts import code_text, folded, forbidden, tidy

if TYPE_CHECKING:
    from homeroom.imports.columns import ImportColumn
    from homeroom.variants import Variant

__all__ = ["Words", "cell_value"]

#: How files say yes and no.
_FLAGS: Final = {
    **dict.fromkeys(("true", "yes", "y", "1", "x", "✓", "是", "有", "có", "đúng"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否", "无", "無", "不是", "không", "sai"), False),
}
_LONGEST: Final = 2**31


def cell_value(column: ImportColumn, text: str, order: DateOrder | None, words: Words) -> Any:
    """The value of one cell that is not empty; of a reference, its text as it is looked up, or the texts of several.

    Args:
        column: The cell's column.
        text: What the cell holds.
        order: What comes first in a date whose year comes last.
        words: The words of enums.

    Raises:
        Refusal: It is no value of the column. The field is not named.
    """
    if (bad := forbidden(text)) is not None:
        raise Refusal(BAD_CHARACTER, character=bad)
    kind = column.type
    if column.many:
        return list(dict.fromkeys(tidy(each) for each in read_list(text)))
    if column.resource:
        return tidy(text)
    if kind is str:
        return _text(column, without_apostrophes(text))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return words.value(kind, text)
    if kind is bool:
        found = _FLAGS.get(folded(text))
        if found is None:
            raise Refusal(BAD_BOOLEAN, text=text)
        return _judged(column, found)
    if kind is int:
        return _judged(column, _whole(text))
    if kind is Decimal:
        try:
            return _judged(column, read_decimal(text, comma=True))
        except ValueError:
            raise Refusal(BAD_DECIMAL, text=text) from None
    if kind is date:
        return _day(text, order)
    return tidy(text)


def _text(column: ImportColumn, text: str) -> str:
    kind = column.noun.kind if column.noun is not None else None
    if isinstance(kind, TextKind):
        return str(kind.read(text))
    if column.name == "code":
        return code_text(text, _LONGEST, "")
    return tidy(text)


def _judged(column: ImportColumn, value: Any) -> Any:
    """The value, if the column of a noun allows it."""
    if column.noun is not None:
        column.noun.kind.read(value)
    return value


def _whole(text: str) -> int:
    try:
        number = read_decimal(text)
    except ValueError:
        raise Refusal(BAD_NUMBER, text=text) from None
    if number != number.to_integral_value() or abs(number) >= _LONGEST:
        raise Refusal(BAD_NUMBER, text=text)
    return int(number)


def _day(text: str, order: DateOrder | None) -> date:
    try:
        day = read_day(text, order)
    except ValueError:
        in_digits = unicodedata.normalize("NFKC", text).replace("/", "").replace(".", "").replace("-", "")
        code = NO_DATE_ORDER if order is None and in_digits.isdigit() and len(in_digits) in (6, 7, 8) else BAD_DATE
        raise Refusal(code, text=text) from None
    if not in_bounds(day):
        raise Refusal(BAD_DATE, text=text)
    return day


class Words:
    """The words by which files call the values of enums: as programs do, and as labels do in four languages.

    Args:
        variant: What the space consists of.
        plugin: Whose enums they are.
    """

    def __init__(self, variant: Variant, plugin: str) -> None:
        self._variant = variant
        self._plugin = plugin
        self._known: dict[type[enum.Enum], dict[str, enum.Enum]] = {}

    def value(self, kind: type[enum.Enum], text: str) -> enum.Enum:
        """The value that a word means. Raises Refusal."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = {}
            for each in kind:
                labels = (labels_in(self._variant, language) for language in LANGUAGES)
                called = (
                    each.value,
                    each.name,
                    *(one.value(kind.__name__, each.value, self._plugin) for one in labels),
                )
                for word in called:
                    known.setdefault(folded(str(word)), each)
        found = known.get(folded(text))
        if found is None:
            raise Refusal(BAD_WORD, text=text, options=[str(each.value) for each in kind])
        return found
