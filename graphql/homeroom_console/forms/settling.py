"""What was typed or pasted into controls for references: the rows that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom_console.forms.choosing import ANYBODY, rows_called
from homeroom_console.forms.reading import TYPED, inputs_named
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyInput

__all__ = ["settle"]


async def settle(
    asking: Asking, reader: Reader, inputs: Sequence[VocabularyInput], sent: dict[str, list[Any]]
) -> list[dict[str, Any]]:
    """Put the ids of rows where somebody typed what they are called, and say which texts name no row, or several.

    Args:
        asking: Asks.
        reader: Who sends the form.
        inputs: What the verb takes.
        sent: What the form sent; it gets the ids, and the texts themselves where they name no row.

    Returns:
        The errors, each at the name of its control.
    """
    wanted: dict[str, list[tuple[str, str]]] = {}
    for name, given in inputs_named(inputs, sent.keys()):
        typed = str((sent.get(f"{name}{TYPED}") or [""])[-1]).strip()
        # Beside a row that was chosen, the control shows what that row is called.
        open_to_texts = given.many or not any(sent.get(name, ()))
        if given.control is Control.REFERENCE and typed and open_to_texts:
            wanted.setdefault(given.noun or ANYBODY, []).append((name, typed))
    errors: list[dict[str, Any]] = []
    for noun, places in wanted.items():
        found = await rows_called(asking, reader, noun, list(dict.fromkeys(text for _, text in places)))
        for name, text in places:
            rows = found.get(text, [])
            chosen = [each for each in sent.get(name, []) if each]
            sent[name] = [*chosen, rows[0] if len(rows) == 1 else text]
            if len(rows) != 1:
                said = (
                    reader.text("Several are called “{text}”. Choose one from the list.")
                    if rows
                    else reader.text("Nothing is called “{text}”. Choose it from the list.")
                )
                errors.append({"code": "NOT_FOUND", "message": said.format(text=text), "field": name, "row": None})
    return errors
