"""Values as plain texts: dates, numbers, yes and no, labels of codes."""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from homeroom.code_tables import title_in
from homeroom.languages import decimal_sign, written

if TYPE_CHECKING:
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField

__all__ = ["label_of", "plain_text", "title_of"]


def plain_text(reader: Reader, field: VocabularyField, value: Any) -> str:
    """A value of a field that is no relation, as plain text; empty if it has none.

    Args:
        reader: Who reads.
        field: The field.
        value: As GraphQL answers it.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(plain_text(reader, field, each) for each in value)
    if field.values:
        return label_of(field, value)
    if isinstance(value, bool):
        return reader.text("Yes") if value else reader.text("No")
    if isinstance(value, dict):
        return _translated(reader, value)
    kind = field.type.strip("[]!")
    if kind == "Date":
        return _day(value, reader.language)
    if kind == "DateTime":
        return _moment(value, reader.space.time_zone.key, reader.language)
    if kind in ("Decimal", "Float"):
        return str(value).replace(".", decimal_sign(reader.language))
    return title_of(reader, field, value) if kind == "String" else str(value)


def title_of(reader: Reader, field: VocabularyField, value: Any) -> str:
    """A text; of the names of roles, nouns, commands, jobs, notices and code tables, what people call them.

    Args:
        reader: Who reads.
        field: The field that has it.
        value: The text.
    """
    text = str(value)
    if field.name in ("role", "roles"):
        return reader.labels.role(text)
    if field.name == "noun":
        resource = reader.variant.resources.get(text) or reader.variant.by_table.get(text)
        return text if resource is None else reader.labels.noun(resource)
    if "." not in text:
        return text
    verb = reader.variant.commands.get(text) or reader.variant.queries.get(text)
    return reader.labels.verb(verb) if verb is not None else _titles(reader).get(text, text)


def _titles(reader: Reader) -> dict[str, str]:
    """The titles of jobs, of kinds of notice and of code tables."""
    kept = reader.words.kept
    if "titles" not in kept:
        kept["titles"] = {
            each.name: each.label for each in (*reader.vocabulary.jobs, *reader.vocabulary.notices) if each.label
        } | {name: title_in(each.titles, reader.language) for name, each in reader.variant.code_tables.items()}
    found: dict[str, str] = kept["titles"]
    return found


def label_of(field: VocabularyField, value: Any) -> str:
    """What people call a value of an enum."""
    return next((each.label for each in field.values if each.value == value), str(value))


# Babel takes a tenth of a millisecond for a date, and lists repeat theirs.
@functools.lru_cache(maxsize=8_192)
def _day(value: str, language: str) -> str:
    return written(date.fromisoformat(value), language)


@functools.lru_cache(maxsize=8_192)
def _moment(value: str, time_zone: str, language: str) -> str:
    return written(datetime.fromisoformat(value).astimezone(ZoneInfo(time_zone)), language)


def _translated(reader: Reader, value: dict[str, Any]) -> str:
    """A text for each language, in the reader's; other JSON with its parts in words."""
    found = value.get(reader.language)
    return found if isinstance(found, str) else _spoken(reader, value)


def _spoken(reader: Reader, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{reader.text(name.replace('_', ' ').capitalize())}: {_spoken(reader, each)}"
            for name, each in value.items()
        )
    if isinstance(value, list):
        return "; ".join(_spoken(reader, each) for each in value)
    if isinstance(value, bool):
        return reader.text("Yes") if value else reader.text("No")
    return "–" if value is None else str(value)
