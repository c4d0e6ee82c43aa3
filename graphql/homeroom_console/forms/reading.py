"""From what a form sends to the arguments of a mutation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.languages import LANGUAGES
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from homeroom_graphql.vocabulary.values import VocabularyInput

__all__ = ["TYPED", "Read", "inputs_named", "read_form"]

#: At the end of the name under which a control for references sends what was typed and names no row.
TYPED: Final = "~"
_MISSING: Any = object()


@dataclass(slots=True)
class Read:
    """What a form sent.

    Args:
        arguments: Of the mutation.
        places: Of each table, the numbers that its rows have in the form; rows that are empty are left out.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)

    def in_arguments(self, name: str) -> str:
        """The name of a control when the form is made again from the arguments."""
        return self._renamed(name, lambda places, place: places.index(place) if place in places else place)

    def in_form(self, name: str) -> str:
        """The name that a control of the arguments has in the form that was sent."""
        return self._renamed(name, lambda places, place: places[place] if place < len(places) else place)

    def _renamed(self, name: str, renumbered: Any) -> str:
        for table, places in self.places.items():
            if name.startswith(f"{table}."):
                place, dot, rest = name[len(table) + 1 :].partition(".")
                if place.isdecimal():
                    return f"{table}.{renumbered(places, int(place))}{dot}{rest}"
        return name


def read_form(
    inputs: Sequence[VocabularyInput],
    sent: Mapping[str, Sequence[Any]],
    zone: ZoneInfo,
    unseen: Collection[str] = (),
) -> Read:
    """The arguments of a mutation.

    What is empty clears what is there where that is allowed, and is left out everywhere else. What the form had no
    control for, and what is empty because its present value was not shown, is left out. A value that does not fit is
    passed on as it is, and GraphQL says what is wrong.

    Args:
        inputs: What the verb takes.
        sent: Name to the values that the form sent under it.
        zone: Of the school, for moments.
        unseen: Inputs whose present value the form did not show.
    """
    made = Read()
    made.arguments = _Reading(sent, zone, frozenset(unseen), made.places).all(inputs, "")
    return made


def inputs_named(
    inputs: Sequence[VocabularyInput], sent: Collection[str], prefix: str = ""
) -> Iterator[tuple[str, VocabularyInput]]:
    """The names under which a form sent inputs that are no groups, with the inputs.

    Args:
        inputs: What the verb takes.
        sent: The names that the form sent.
        prefix: Of the names.
    """
    for each in inputs:
        name = f"{prefix}{each.name}"
        if each.control is not Control.GROUP:
            yield name, each
        elif each.many:
            for place in _places(name, sent):
                yield from inputs_named(each.inputs, sent, f"{name}.{place}.")
        else:
            yield from inputs_named(each.inputs, sent, f"{name}.")


def _places(name: str, sent: Collection[str]) -> list[int]:
    """The numbers of the rows of a table."""
    start = len(name) + 1
    found = {each[start:].partition(".")[0] for each in sent if each.startswith(f"{name}.")}
    return sorted(int(each) for each in found if each.isdecimal() and each.isascii() and len(each) < 7)


class _Reading:
    def __init__(
        self,
        sent: Mapping[str, Sequence[Any]],
        zone: ZoneInfo,
        unseen: frozenset[str],
        places: dict[str, list[int]],
    ) -> None:
        self._sent = sent
        self._zone = zone
        self._unseen = unseen
        self._kept = places

    def all(self, inputs: Sequence[VocabularyInput], prefix: str) -> dict[str, Any]:
        """The arguments below a prefix."""
        found = {each.name: self._value(each, f"{prefix}{each.name}") for each in inputs}
        return {name: value for name, value in found.items() if value is not _MISSING}

    def _value(self, given: VocabularyInput, name: str) -> Any:
        if given.control is Control.GROUP:
            return self._rows(given, name) if given.many else self._group(given, name)
        if given.control is Control.TRANSLATED:
            texts = {each: text for each in LANGUAGES if (text := self._text(f"{name}.{each}"))}
            return texts or self._empty(given, name)
        if name not in self._sent:
            return _MISSING
        sent = [piece for each in self._sent[name] for piece in self._pieces(given, each)]
        values = [value for each in sent if (value := self._one(given, each)) is not _MISSING]
        if given.many:
            return values or self._empty_list(given, name)
        return values[-1] if values else self._empty(given, name)

    def _group(self, given: VocabularyInput, name: str) -> Any:
        made = self.all(given.inputs, f"{name}.")
        if _says_nothing(given.inputs, made):
            return self._empty(given, name) if not given.required else (made or _MISSING)
        return made

    def _rows(self, given: VocabularyInput, name: str) -> Any:
        places = _places(name, self._sent)
        rows = {place: self.all(given.inputs, f"{name}.{place}.") for place in places}
        kept = {place: row for place, row in rows.items() if not _says_nothing(given.inputs, row)}
        self._kept[name] = list(kept)
        return list(kept.values()) or ([] if given.required and places else _MISSING)

    def _text(self, name: str) -> str:
        return str((self._sent.get(name) or [""])[-1]).strip()

    def _empty(self, given: VocabularyInput, name: str) -> Any:
        if given.required and given.control in (Control.TEXT, Control.LINES):
            return ""  # the verb itself says in the reader's language that it is needed
        return None if given.clears and name not in self._unseen else _MISSING

    def _empty_list(self, given: VocabularyInput, name: str) -> Any:
        if given.required:
            return []
        if name in self._unseen or not given.current:
            return _MISSING
        return None if given.clears else []

    @staticmethod
    def _pieces(given: VocabularyInput, value: Any) -> list[Any]:
        """Several texts stand in one control, each on its line."""
        return (
            value.splitlines() if given.many and given.control is Control.TEXT and isinstance(value, str) else [value]
        )

    def _one(self, given: VocabularyInput, value: Any) -> Any:
        if not isinstance(value, str):
            return value if getattr(value, "name", "") else _MISSING
        text = value.strip() if given.control is not Control.LINES else value.replace("\r\n", "\n").strip()
        if not text:
            return _MISSING
        if given.control in (Control.NUMBER, Control.VERSION):
            whole = text.replace("\u2212", "-")
            return int(whole) if whole.removeprefix("-").isdecimal() and len(whole) < 20 else text
        if given.control is Control.DECIMAL:
            return text.replace(" ", "").replace("\u00a0", "").replace("\u2212", "-").replace(",", ".")
        if given.control is Control.FLAG:
            return {"true": True, "false": False}.get(text, text)
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


def _says_nothing(inputs: Sequence[VocabularyInput], made: Mapping[str, Any]) -> bool:
    """Whether nobody has filled in a group or a row: what is there is empty, or what the control begins with."""
    by_name = {each.name: each for each in inputs}
    for name, value in made.items():
        given = by_name[name]
        if given.control is Control.GROUP and isinstance(value, dict):
            if not _says_nothing(given.inputs, value):
                return False
        elif value not in (None, "", [], {}, False) and value != given.default:
            return False
    return True


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text
