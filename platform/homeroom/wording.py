"""Filling the text of a code with its values, as a person reads them: dates, numbers and lists of a language."""

from __future__ import annotations

import enum
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from homeroom.languages import ENGLISH, decimal_sign, written
from homeroom.refusals import Code, FieldName, Label

__all__ = ["Message", "english", "filled", "label_of"]

#: Characters of a value that a text shows.
_LONGEST_VALUE: Final = 200
#: Whole numbers from here on are written in groups of three digits. Years are smaller.
_GROUPED: Final = 10_000
_GROUP_SIGN: Final = {"vi": "."}


def english(code: Code, values: Mapping[str, Any]) -> str:
    """The text of a code in English, with its values."""
    return filled(code.text, values, ENGLISH, {})


def label_of(name: str) -> str:
    """What a field is called in English, by its name: ``Starts on`` for ``rows.starts_on``."""
    from homeroom.labels.names import words  # labels need much that a message does not

    return words(name.rpartition(".")[2])


@dataclass(frozen=True, slots=True)
class Message:
    """A text that is not made yet: among the errors of an answer, until it is known who reads it.

    Args:
        code: The code.
        values: What its text names in braces; a value may be a message.
    """

    code: Code
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return english(self.code, self.values)


class _Filler(string.Formatter):
    """Fills in values, and nothing else: a text cannot ask for attributes or items of them."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        """The value of a name."""
        return kwargs.get(field_name, "…"), field_name


_filler: Final = _Filler()


def filled(text: str, values: Mapping[str, Any], language: str, labels: Mapping[str, str]) -> str:
    """A text with its values.

    Args:
        text: With names of values in braces.
        values: The values by name.
        language: The language of the text.
        labels: English label to the label in this language.
    """
    if "{" not in text and "}" not in text:
        return text
    return _filler.vformat(text, (), {name: _shown(each, language, labels) for name, each in values.items()})


def _shown(value: Any, language: str, labels: Mapping[str, str]) -> str:
    """A value as a person reads it."""
    if isinstance(value, FieldName):
        label = label_of(value)
        return labels.get(label, label)
    if isinstance(value, Label):
        return labels.get(value, str(value))
    if isinstance(value, enum.Enum):
        return _shown(value.value, language, labels)
    if isinstance(value, str):
        plain = "".join(each if each.isprintable() else "?" for each in value[: _LONGEST_VALUE + 1])
        return plain if len(value) <= _LONGEST_VALUE else f"{plain[: _LONGEST_VALUE - 1]}…"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _GROUPED else f"{value:,}".replace(",", _GROUP_SIGN.get(language, ","))
    if isinstance(value, Decimal | float):
        return f"{value:f}".replace(".", decimal_sign(language))
    if isinstance(value, date):
        return written(value, language)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Mapping):  # things and how many of each
        counted = (
            f"{_shown(count, language, labels)} {_shown(each, language, labels)}" for each, count in value.items()
        )
        return _between(language).join(counted)
    if isinstance(value, Sequence | frozenset | set):
        return _between(language).join(_shown(each, language, labels) for each in value)
    return str(value)


def _between(language: str) -> str:
    return "、" if language.startswith("zh") else ", "
