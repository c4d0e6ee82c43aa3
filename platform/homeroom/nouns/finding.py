"""The words that rows are found by, as ``found_by(...)`` declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.names.search import text_words

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable
    from homeroom.nouns.draft import Draft

__all__ = ["fill_words", "words_of_rows"]


def words_of_rows(table: type[SchoolTable]) -> dict[str, tuple[str, ...]]:
    """The columns with words that rows are found by, each with the columns that these are taken from."""
    return {
        each._meta.db_column_name: found
        for each in table._meta.columns
        if (found := getattr(each, "_homeroom_found_by", None)) is not None
    }


def fill_words(draft: Draft, columns: Mapping[str, tuple[str, ...]]) -> None:
    """Fill the words of rows whose texts are written.

    Args:
        draft: The rows.
        columns: What :func:`words_of_rows` gives.
    """
    for values, row in zip(draft.values, draft.all_rows(), strict=True):
        for column, sources in columns.items():
            if any(each in values for each in sources):
                values[column] = text_words(text for each in sources for text in _texts(row.get(each)))


def _texts(value: Any) -> Iterator[str]:
    """The texts of a column: its own, or those of all languages."""
    if not isinstance(value, str):
        return
    try:
        by_language = msgspec.json.decode(value, type=dict[str, str])
    except msgspec.MsgspecError:
        yield value
    else:
        yield from by_language.values()
