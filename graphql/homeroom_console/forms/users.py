"""What uses a row that is to be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField

__all__ = ["users_of"]


async def users_of(asking: Asking, reader: Reader, row: str) -> Sequence[tuple[VocabularyField, int]]:
    """The relations of a row to several rows, with the number of these; without those that lead to none.

    Args:
        asking: Asks.
        reader: Who wants to remove the row.
        row: Its id.
    """
    noun = reader.words.nouns.get(row.partition("_")[0])
    relations = [each for each in noun.fields if each.many and each.noun] if noun is not None else []
    if noun is None or not relations:
        return []
    counts = " ".join(f"{each.name} {{ totalCount }}" for each in relations)
    document = f"query ConsoleUsers($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {counts} }} }}"
    found = (await asking.ask(reader, document, {"id": row})).first or {}
    numbers = [(each, (found.get(each.name) or {}).get("totalCount", 0)) for each in relations]
    return [(each, number) for each, number in numbers if number]
