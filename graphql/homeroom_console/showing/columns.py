"""Which fields of a noun a list shows, and how they are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.spelling import camel_case, snake_case
from homeroom_console.showing.naming import STATES, naming_of
from homeroom_console.showing.values import name_selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from homeroom.pages import Look
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["PARTS_OF_NAMES", "columns_of", "field_selection", "heading_of", "is_short", "named_fields"]

#: Columns of a list unless a look says otherwise.
_COLUMNS: Final = 7
#: Types whose values are too long for a column, or are for programs.
_LONG: Final = frozenset({"JSON", "ID"})
#: What a full name is made of, and how.
PARTS_OF_NAMES: Final = frozenset({"familyName", "middleName", "givenName", "nameScript"})


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
        field.many or field.technical or field.search or field.sensitive or field.logged
        or field.type.rstrip("!") in _LONG
    )  # fmt: skip


def columns_of(
    reader: Reader, noun: VocabularyNoun, look: Look, *, without: str = "", most: int = _COLUMNS
) -> Sequence[VocabularyField]:
    """The columns of a list. What is sensitive or logged is in no list.

    Args:
        reader: Who reads.
        noun: Of what.
        look: How it looks.
        without: A noun to which the list belongs, so that no column repeats it.
        most: Columns at most, unless a look says which.
    """
    kept = reader.words.kept
    key = ("columns", noun.name, without, most)
    if key not in kept:
        kept[key] = [
            each for each in _columns(reader, noun, look, most + bool(without)) if each.noun != without or not without
        ]
        kept[key] = kept[key][: None if look.columns else most]
    found: Sequence[VocabularyField] = kept[key]
    return found


def _columns(reader: Reader, noun: VocabularyNoun, look: Look, most: int) -> list[VocabularyField]:
    if look.columns:
        return [each for each in named_fields(noun, look.columns) if is_short(each)]
    whole = "fullName" in noun.known_by
    short = [
        each
        for each in noun.fields
        if is_short(each)
        and each.name != noun.unlisted
        and not (whole and each.name in PARTS_OF_NAMES)
        and not _several_lines(reader, noun, each)
    ]
    ranks = {each.name: _rank(noun, each) for each in short}
    return sorted(short, key=lambda each: ranks[each.name])[:most]


def _rank(noun: VocabularyNoun, field: VocabularyField) -> int:
    """Names first, then what the row belongs to, its state, its days, and all else."""
    if field.name in noun.known_by[:2]:
        return noun.known_by.index(field.name)
    if field.noun is not None:
        return 2
    if field.name in STATES:
        return 3
    if field.values:
        return 4
    kind = field.type.rstrip("!")
    if field.file:
        return 5
    return {"Date": 5, "DateTime": 7, "Boolean": 8}.get(kind, 9 if kind.startswith("[") else 6)


def _several_lines(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> bool:
    part = reader.variant.resources[noun.name].fields.get(snake_case(field.name))
    holds = part.holds if part is not None else None
    return bool(holds is not None and holds.limits().get("several_lines"))


def field_selection(reader: Reader, field: VocabularyField, within: str) -> str:
    """What to select of a field: of a relation, what a link to its row needs.

    Args:
        reader: Who reads.
        field: The field.
        within: The noun that has it.
    """
    if field.noun is None:
        return field.name
    return f"{field.name} {{ {name_selection(reader, field.noun, within)} }}"


def heading_of(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> str:
    """What the column of a field is called.

    A relation to a row that only joins its noun to another thing, such as a class, is called as that thing; persons
    have parts, such as homeroom teacher, so there it keeps its own name.
    """
    target = reader.words.nouns.get(field.noun or "")
    if target is None:
        return field.label
    only = naming_of(reader, target, frozenset({noun.name})).only
    return field.label if only is None or only[1].noun.person else only[1].noun.one
