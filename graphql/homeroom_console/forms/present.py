"""The present values of the row that a form is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom_console.showing.values import name_of, name_selection
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyInput, VocabularyVerb

__all__ = ["only_changed", "present_values"]

#: The part of a name that has all others.
_WHOLE: Final = "fullName"


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
    groups = _groups(verb, readable)
    selected += "".join(f" {name}_{part}: {field}" for name, parts in groups.items() for part, field in parts.items())
    naming = name_selection(reader, noun.name)
    document = f"query ConsoleCurrent($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {naming} {selected} }} }}"
    row = (await asking.ask(reader, document, {"id": subject})).first
    if row is None:
        return None
    values: dict[str, Any] = {name: _inner(row[name], path[1:]) for name, path in asked.items()}
    for name, parts in groups.items():
        values[name] = {part: value for part in parts if (value := row[f"{name}_{part}"]) not in (None, "")}
    return name_of(reader, noun, row), values


def only_changed(
    inputs: Sequence[VocabularyInput], arguments: Mapping[str, Any], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments without groups that are as the form has shown them.

    A name can be written in its parts or as a whole: the way that nobody has changed is left out.

    Args:
        inputs: What the verb takes.
        arguments: What the form sends.
        seen: What it showed at first.
    """
    made = dict(arguments)
    for each in inputs:
        before = seen.get(each.name)
        if each.control is not Control.GROUP or each.many or not isinstance(before, dict):
            continue
        now = arguments.get(each.name) or {}
        changed = {part.name for part in each.inputs if (now.get(part.name) or "") != (before.get(part.name) or "")}
        texts = {part.name for part in each.inputs if part.control is Control.TEXT} - {_WHOLE}
        if not changed:
            made.pop(each.name, None)
        elif _WHOLE not in changed:
            made[each.name] = {name: value for name, value in now.items() if name != _WHOLE}
        elif not changed & texts:
            made[each.name] = {name: value for name, value in now.items() if name not in texts}
    return made


def _groups(verb: VocabularyVerb, readable: set[str]) -> dict[str, dict[str, str]]:
    """Of inputs that are groups, such as a name: each part with the field of the row that has it.

    Only where the form sends what it has shown, so that what has changed is known.
    """
    if not any(each.control is Control.VERSION for each in verb.inputs):
        return {}
    found: dict[str, dict[str, str]] = {}
    for each in verb.inputs:
        if each.control is not Control.GROUP or each.many:
            continue
        for part in each.inputs:
            joined = f"{each.name}{part.name[:1].upper()}{part.name[1:]}"
            field = next((name for name in (part.name, joined) if name in readable), None)
            if field is not None:
                found.setdefault(each.name, {})[part.name] = field
    return found


def _inner(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
