"""The present values of the row that a form is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom_console.showing.values import name_of, name_selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["present_values"]


async def present_values(
    asking: Asking, reader: Reader, verb: VocabularyVerb, subject: str
) -> tuple[str, Mapping[str, Any]] | None:
    """What the row is called, and the present values by input; none if the reader may not see the row.

    Args:
        asking: Asks.
        reader: Who fills in the form.
        verb: What it is the form of.
        subject: The id of the row.
    """
    noun = reader.words.nouns.get(verb.subject_noun or "")
    if noun is None:
        return None
    fields = {each.name: each for each in noun.fields}
    # What is read on demand alone is not read by opening a form.
    readable = {name for name, each in fields.items() if not (each.sensitive or each.logged)}
    asked = {each.name: each.current for each in verb.inputs if each.current and each.current[0] in readable}
    selected = " ".join(
        f"{name}: {path[0]}" + (f" {{ {' '.join(path[1:])} }}" if path[1:] else "") for name, path in asked.items()
    )
    naming = name_selection(reader, noun.name)
    document = f"query ConsoleCurrent($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {naming} {selected} }} }}"
    row = (await asking.ask(reader, document, {"id": subject})).first
    if row is None:
        return None
    return name_of(reader, noun, row), {name: _inner(row[name], path[1:]) for name, path in asked.items()}


def _inner(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
