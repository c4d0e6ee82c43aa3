"""Values as people read them: dates, numbers, yes and no, labels of codes, links to rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from homeroom.languages import decimal_sign, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["name_of", "name_selection", "row_address", "shown"]

#: What stands for a value that is not there.
_NOTHING = Markup('<span class="none" aria-hidden="true">–</span>')


def shown(reader: Reader, field: VocabularyField, value: Any) -> Markup:
    """A value of a field.

    Args:
        reader: Who reads.
        field: The field.
        value: As GraphQL answers it.
    """
    if value is None or value in ("", []):
        return _NOTHING
    if field.noun is not None:
        return _row(reader, field.noun, value)
    if isinstance(value, list):
        return Markup(", ").join(_scalar(reader, field, each) for each in value)
    return _scalar(reader, field, value)


def _scalar(reader: Reader, field: VocabularyField, value: Any) -> Markup:
    if field.values:
        return escape(next((each.label for each in field.values if each.value == value), str(value)))
    kind = field.type.rstrip("!")
    if field.file:
        return Markup('<a href="{}">{}</a>').format(value, reader.text("Open"))
    if isinstance(value, bool):
        return escape(reader.text("Yes") if value else reader.text("No"))
    if kind == "Date":
        return Markup('<time datetime="{}">{}</time>').format(
            value, written(date.fromisoformat(value), reader.language)
        )
    if kind == "DateTime":
        local = datetime.fromisoformat(value).astimezone(reader.space.time_zone)
        return Markup('<time datetime="{}">{}</time>').format(value, written(local, reader.language))
    if kind in ("Decimal", "Float"):
        return escape(str(value).replace(".", decimal_sign(reader.language)))
    if isinstance(value, dict):
        return escape(_translated(reader, value))
    return escape(value)


def _translated(reader: Reader, value: Mapping[str, Any]) -> str:
    """A text for each language, in the reader's; other JSON as it is."""
    found = value.get(reader.language)
    return found if isinstance(found, str) else "; ".join(f"{name}: {each}" for name, each in value.items())


def _row(reader: Reader, noun: str, row: Mapping[str, Any]) -> Markup:
    """A link to a row, by the name that people know it by."""
    words = reader.words.nouns.get(noun)
    if words is None or "id" not in row:
        return _NOTHING
    return Markup('<a href="{}">{}</a>').format(row_address(words, row["id"]), name_of(reader, words, row))


def row_address(noun: VocabularyNoun, row: str) -> str:
    """The address of the detail of a row."""
    return f"/nouns/{noun.list_field or noun.row_field}/{row}"


def name_of(reader: Reader, noun: VocabularyNoun, row: Mapping[str, Any]) -> str:
    """What people know a row by, from what :func:`name_selection` asked."""
    found = [shown_text(reader, noun, each, row) for each in known_by(noun)]
    return next((each for each in found if each), noun.one)


def shown_text(reader: Reader, noun: VocabularyNoun, name: str, row: Mapping[str, Any]) -> str:
    """A field of a row as plain text; empty if it has none."""
    value = row.get(name)
    field = next((each for each in noun.fields if each.name == name), None)
    if value in (None, "", []) or field is None:
        return ""
    return shown(reader, field, value).striptags()


def known_by(noun: VocabularyNoun) -> Sequence[str]:
    """The fields that name a row: those of people, else the first short ones."""
    if noun.known_by:
        return noun.known_by[:1]
    plain = [
        each.name
        for each in noun.fields
        if not (each.noun or each.technical or each.search or each.sensitive or each.logged or each.many)
    ]
    return plain[:1]


def name_selection(reader: Reader, noun: str) -> str:
    """What to select of a row in order to show a link to it."""
    words = reader.words.nouns.get(noun)
    return "id" if words is None else " ".join(["id", *known_by(words)])
