"""What plugins put beside the detail of a row: papers about it, and pages that are tabs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from graphql import FieldNode, OperationDefinitionNode, VariableNode, parse

from homeroom.documents import Document
from homeroom.pages import Page
from homeroom_console.declared import declared_in, may_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyNoun

__all__ = ["papers_of", "tabs_of"]

_PAPERS: Final = "console.papers"


def papers_of(reader: Reader, noun: VocabularyNoun, row: str) -> Sequence[tuple[str, str]]:
    """The papers that need nothing but the id of a row: title and address of each.

    Args:
        reader: Who reads.
        noun: What the row is.
        row: Its id.
    """
    kept = reader.variant.parts
    if _PAPERS not in kept:
        collected = reader.host.hooks.collect_by_plugin("documents", only=reader.variant.plugins)
        kept[_PAPERS] = [(plugin, each, _root(each)) for plugin, given in collected for each in given]
    return [
        (reader.text(each.title, plugin), f"/documents/{each.name}?{urlencode({next(iter(each.variables)): row})}")
        for plugin, each, root in kept[_PAPERS]
        if root == noun.row_field
    ]


def _root(document: Document) -> str:
    """The field of ``Query`` whose row a paper is about, by its only variable; empty if it is about no row."""
    if len(document.variables) != 1:
        return ""
    (name,) = document.variables
    (operation, *_) = (each for each in parse(document.query).definitions if isinstance(each, OperationDefinitionNode))
    first = operation.selection_set.selections[0]
    if not isinstance(first, FieldNode):
        return ""
    ids = {each.name.value: each.value for each in first.arguments or ()}
    value = ids.get("id")
    return first.name.value if isinstance(value, VariableNode) and value.name.value == name else ""


def tabs_of(reader: Reader, noun: VocabularyNoun, row: str) -> Sequence[tuple[str, str]]:
    """The pages of plugins that are tabs of a row: title and address of each.

    Args:
        reader: Who reads.
        noun: What the row is.
        row: Its id.
    """
    declared = declared_in(reader.host, reader.variant)
    found = []
    for given in declared.pages.values():
        page = given.what
        if isinstance(page, Page) and page.tab_of == noun.name and may_open(reader, declared, given):
            path = page.path.replace(f"{{{page.variables[0]}}}", quote(row))
            found.append((reader.text(page.title, given.plugin), f"/pages/{path}"))
    return found
