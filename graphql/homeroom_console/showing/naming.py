"""What people call a row: by its own name, else by the rows that it joins, its state or its day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.declared import declared_in
from homeroom_console.showing.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["STATES", "Naming", "named_fields", "naming_of"]

#: Fields that say in which state a row is.
STATES: Final = ("status", "state")
#: Fields that name a row by themselves. Codes and numbers do so only where the row joins no others.
_NAMES: Final = frozenset({"fullName", "name", "title"})
_DAYS: Final = frozenset({"Date", "DateTime"})
#: How far a name is looked for behind relations.
_DEEPEST: Final = 3
#: Parts that a name is made of, at most.
_MOST: Final = 2


@dataclass(frozen=True, slots=True)
class Naming:
    """How rows of a noun are called.

    Args:
        noun: The noun.
        parts: The fields that the name is made of; a relation with how its rows are called.
        own: Whether the first part that is there is the name. Otherwise all parts together are.
    """

    noun: VocabularyNoun
    parts: tuple[tuple[VocabularyField, Naming | None], ...]
    own: bool

    @property
    def selection(self) -> str:
        """What to select of a row."""
        found = ["id"]
        for part, inner in self.parts:
            found.append(part.name if inner is None else f"{part.name} {{ {inner.selection} }}")
        return " ".join(found)

    @property
    def state(self) -> VocabularyField | None:
        """The state that is the whole name of a row; none if it has another name."""
        if len(self.parts) == 1 and self.parts[0][0].name in STATES:
            return self.parts[0][0]
        return None

    @property
    def only(self) -> tuple[VocabularyField, Naming] | None:
        """The relation whose row alone names a row; none if it has a name of its own, or several parts."""
        if self.own or len(self.parts) != 1:
            return None
        part, inner = self.parts[0]
        return None if inner is None else (part, inner)

    def text(self, reader: Reader, row: Mapping[str, Any]) -> str:
        """What a row is called.

        Args:
            reader: Who reads.
            row: As :attr:`selection` asked for it.
        """
        found = (each for each in self._texts(reader, row) if each)
        name = next(found, "") if self.own else " · ".join(found)
        return name or self.noun.one

    def _texts(self, reader: Reader, row: Mapping[str, Any]) -> Iterator[str]:
        for part, inner in self.parts:
            value = row.get(part.name)
            if value is None:
                continue
            if inner is None:
                yield plain_text(reader, part, value)
            elif isinstance(value, dict):
                yield inner.text(reader, value)


def naming_of(reader: Reader, noun: VocabularyNoun, within: frozenset[str] = frozenset()) -> Naming:
    """How rows of a noun are called.

    Args:
        reader: Who reads.
        noun: The noun.
        within: The nouns of the rows beside which they are shown: a name does not repeat them.
    """
    kept = reader.words.kept
    found = kept.get(("naming", noun.name, within))
    if found is None:
        found = kept["naming", noun.name, within] = _made(reader, noun, within)
    assert isinstance(found, Naming)
    return found


def named_fields(reader: Reader, noun: VocabularyNoun) -> list[VocabularyField]:
    """The fields by which people know a row, those of a look first."""
    parts = reader.words.parts[noun.name]
    look = declared_in(reader.host, reader.variant).look(noun.name)
    names = look.names or noun.known_by[:2]
    return [parts[each] for each in names if each in parts and _plain(parts[each])]


def _made(reader: Reader, noun: VocabularyNoun, within: frozenset[str]) -> Naming:
    if noun.list_field is None:  # a school has one such row, which is called as its noun
        return Naming(noun, (), own=True)
    known = [each for each in named_fields(reader, noun) if each.noun is None]
    joined = _joined(reader, noun, within)
    if known and (known[0].name in _NAMES or not joined):
        return Naming(noun, tuple((each, None) for each in known[:_MOST]), own=True)
    state = next((each for each in noun.fields if each.name in STATES and each.values and _plain(each)), None)
    if within and state is not None:
        return Naming(noun, ((state, None),), own=False)
    if joined:
        return Naming(noun, joined, own=False)
    plain = [each for each in noun.fields if _plain(each) and each.noun is None and each.type.rstrip("!") != "ID"]
    days = [each for each in plain if each.type.rstrip("!") in _DAYS]
    others = [each for each in plain if each not in days]
    return Naming(noun, tuple((each, None) for each in (*others[:1], *days[:1])), own=False)


def _joined(
    reader: Reader, noun: VocabularyNoun, within: frozenset[str]
) -> tuple[tuple[VocabularyField, Naming | None], ...]:
    """The rows that a row joins, with their names."""
    if len(within) >= _DEEPEST:
        return ()
    seen = within | {noun.name}
    found: list[tuple[VocabularyField, Naming | None]] = []
    for each in noun.fields:
        target = reader.words.nouns.get(each.noun or "")
        if target is None or each.many or target.name in seen or not _plain(each) or len(found) == _MOST:
            continue
        inner = naming_of(reader, target, seen)
        if inner.parts and inner.state is None:
            found.append((each, inner))
    return tuple(found)


def _plain(field: VocabularyField) -> bool:
    return not (field.many or field.technical or field.search or field.sensitive or field.logged or field.file)
