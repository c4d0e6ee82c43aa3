"""Which fields of a noun a list and a detail show, and how they are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.spelling import camel_case
from homeroom_console.showing.values import name_selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from homeroom.pages import Look
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["columns_of", "field_selection", "is_short", "named_fields"]

#: Columns of a list unless a look says otherwise.
_COLUMNS: Final = 7
#: Types whose values are too long for a column.
_LONG: Final = frozenset({"JSON"})


def named_fields(noun: VocabularyNoun, names: Iterable[str]) -> list[VocabularyField]:
    """The fields of these names, in this order, without those that the reader may not read.

    Args:
        noun: As the reader may read it.
        names: As they are in Python.
    """
    by_name = {each.name: each for each in noun.fields}
    return [by_name[each] for each in map(camel_case, names) if each in by_name]


def is_short(field: VocabularyField) -> bool:
    """Whether a field fits into a column: it is no list of rows, and nothing that is shown on demand only."""
    return not (
        field.many or field.technical or field.search or field.sensitive or field.logged or field.file
        or field.type.rstrip("!") in _LONG
    )  # fmt: skip


def columns_of(noun: VocabularyNoun, look: Look) -> Sequence[VocabularyField]:
    """The columns of a list. What is sensitive or logged is in no list."""
    if look.columns:
        return [each for each in named_fields(noun, look.columns) if is_short(each)]
    short = [each for each in noun.fields if is_short(each)]
    known = [each for name in noun.known_by[:2] for each in short if each.name == name]
    return [*known, *(each for each in short if each not in known)][:_COLUMNS]


def field_selection(reader: Reader, field: VocabularyField) -> str:
    """What to select of a field: of a relation, what a link to its row needs."""
    if field.noun is None:
        return field.name
    return f"{field.name} {{ {name_selection(reader, field.noun)} }}"
