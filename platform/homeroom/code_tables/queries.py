"""Which code tables there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from homeroom.computed_queries import ComputedQuery, query
from homeroom.context import Context
from homeroom.languages import ENGLISH

__all__ = ["QUERIES", "CodeTableLine", "code_tables"]


@dataclass(frozen=True)
class CodeTableLine:
    """A code table that plugins of the school declare.

    Args:
        name: Its name, by which `codeValues` are filtered and codes added.
        title: What it is called, in the reader's language.
    """

    name: str
    title: str


@query("codes.tables")
async def code_tables(context: Context) -> list[CodeTableLine]:
    """The code tables that the plugins of the school declare."""
    language = await context.language()
    return [
        CodeTableLine(each.name, each.titles.get(language) or each.titles[ENGLISH])
        for each in context.variant.code_tables.values()
    ]


QUERIES: Final[tuple[ComputedQuery, ...]] = (code_tables,)
