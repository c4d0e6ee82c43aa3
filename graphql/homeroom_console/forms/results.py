"""What verbs answer beside rows: values of their own types, as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.values import Kind, kind_of
from homeroom_console.forms.choosing import names_of_rows

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["Said", "result_selection", "said_of"]

_CAPITAL: Final = re.compile("(?<=[a-z0-9])([A-Z])")
_ID: Final = re.compile(r"([A-Z]\w*)_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Said:
    """A part of an answer, for the template.

    Args:
        label: What people call it; empty for the whole.
        text: Of a plain value; none of parts.
        address: Where a row is, if the value is one.
        parts: Of an object or a list, its parts.
        titles: Of a list of objects, the titles of its columns; `parts` has the rows then, each with its cells.
    """

    label: str = ""
    text: str | None = None
    address: str = ""
    parts: Sequence[Said] = ()
    titles: Sequence[str] = ()


def result_selection(reader: Reader, verb: VocabularyVerb) -> str:
    """What to select of a verb's answer that is no row."""
    return f"result{_selected(kind_of(reader.variant.commands[verb.name].value))} "


def _selected(kind: Kind) -> str:
    if kind.element is not None:
        return _selected(kind.element)
    if kind.scalar or not hasattr(kind.python, "__dataclass_fields__"):
        return ""
    return f" {{ {' '.join(f'{each.field}{_selected(each.kind)}' for each in kind.parts)} }}"


async def said_of(asking: Asking, reader: Reader, verb: VocabularyVerb, result: Any) -> Said:
    """An answer as people read it.

    Args:
        asking: Asks what rows are called.
        reader: Who reads.
        verb: What answered.
        result: The answer, as GraphQL has it.
    """
    found: dict[str, list[str]] = {}
    _collect(result, found)
    names: dict[str, str] = {}
    for noun, ids in found.items():
        names |= await names_of_rows(asking, reader, noun, list(dict.fromkeys(ids)))
    return _said(reader, names, verb.label, result)


def _collect(value: Any, found: dict[str, list[str]]) -> None:
    if isinstance(value, str) and (match := _ID.fullmatch(value)):
        found.setdefault(match[1], []).append(value)
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        _collect(each, found)


def _said(reader: Reader, names: Mapping[str, str], label: str, value: Any) -> Said:
    if isinstance(value, Mapping):
        return Said(label, parts=[_said(reader, names, _title(reader, name), each) for name, each in value.items()])
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        columns = list(dict.fromkeys(name for each in value for name in each))
        rows = [Said(parts=[_said(reader, names, "", each.get(name)) for name in columns]) for each in value]
        return Said(label, parts=rows, titles=[_title(reader, each) for each in columns])
    if isinstance(value, list):
        return Said(label, parts=[_said(reader, names, "", each) for each in value]) if value else Said(label, "–")
    if isinstance(value, bool):
        return Said(label, reader.text("Yes") if value else reader.text("No"))
    if isinstance(value, str) and (match := _ID.fullmatch(value)):
        noun = reader.words.nouns.get(match[1])
        address = f"/nouns/{noun.list_field or noun.row_field}/{value}" if noun is not None else ""
        return Said(label, names.get(value, value), address)
    return Said(label, "–" if value in (None, "") else str(value))


def _title(reader: Reader, name: str) -> str:
    words = _CAPITAL.sub(r" \1", name).lower()
    return reader.text(words[:1].upper() + words[1:])
