"""From what a form sends to the arguments of a mutation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.languages import LANGUAGES
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from homeroom_graphql.vocabulary.values import VocabularyInput

__all__ = ["arguments_of"]


_MISSING: Any = object()


def arguments_of(
    inputs: Sequence[VocabularyInput], sent: Mapping[str, Sequence[Any]], zone: ZoneInfo
) -> dict[str, Any]:
    """The arguments of a mutation.

    What is empty clears what is there where that is allowed, and is left out everywhere else. What the form had no
    control for is left out. A value that does not fit is passed on as it is, and GraphQL says what is wrong.

    Args:
        inputs: What the verb takes.
        sent: Name to the values that the form sent under it.
        zone: Of the school, for moments.
    """
    return _Reading(sent, zone).all(inputs, "")


class _Reading:
    def __init__(self, sent: Mapping[str, Sequence[Any]], zone: ZoneInfo) -> None:
        self._sent = sent
        self._zone = zone

    def all(self, inputs: Sequence[VocabularyInput], prefix: str) -> dict[str, Any]:
        """The arguments below a prefix."""
        found = {each.name: self._value(each, f"{prefix}{each.name}") for each in inputs}
        return {name: value for name, value in found.items() if value is not _MISSING}

    def _value(self, given: VocabularyInput, name: str) -> Any:
        if given.control is Control.GROUP:
            return self._group(given, name)
        if given.control is Control.TRANSLATED:
            texts = {each: text for each in LANGUAGES if (text := self._text(f"{name}.{each}"))}
            return texts or self._empty(given)
        if name not in self._sent:
            return _MISSING
        values = [value for each in self._sent[name] if (value := self._one(given, each)) is not _MISSING]
        if given.many:
            return values if values or not given.clears else self._empty(given)
        return values[-1] if values else self._empty(given)

    def _group(self, given: VocabularyInput, name: str) -> Any:
        if not given.many:
            made = self.all(given.inputs, f"{name}.")
            return made or self._empty(given)
        places = sorted(
            {
                int(place)
                for each in self._sent
                if each.startswith(f"{name}.") and (place := each[len(name) + 1 :].partition(".")[0]).isdecimal()
            }
        )
        rows = [self.all(given.inputs, f"{name}.{place}.") for place in places]
        return [row for row in rows if any(value not in (None, "", [], False) for value in row.values())] or _MISSING

    def _text(self, name: str) -> str:
        return str((self._sent.get(name) or [""])[-1]).strip()

    @staticmethod
    def _empty(given: VocabularyInput) -> Any:
        if given.required and given.control in (Control.TEXT, Control.LINES):
            return ""  # the verb itself says in the reader's language that it is needed
        return None if given.clears else _MISSING

    def _one(self, given: VocabularyInput, value: Any) -> Any:
        if not isinstance(value, str):
            return value if getattr(value, "name", "") else _MISSING
        text = value.strip() if given.control is not Control.LINES else value.replace("\r\n", "\n").strip()
        if not text:
            return _MISSING
        if given.control in (Control.NUMBER, Control.VERSION):
            return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else text
        if given.control is Control.DECIMAL:
            return text.replace(" ", "").replace(",", ".")
        if given.control is Control.FLAG:
            return text == "true"
        if given.control is Control.MOMENT:
            return self._moment(text)
        if given.control is Control.JSON:
            return _json(text)
        return text

    def _moment(self, text: str) -> str:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).isoformat()


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text
