"""The pages, widgets and looks of a school, and which of them a reader may open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphql import FieldNode, GraphQLSyntaxError, OperationDefinitionNode, parse

from homeroom.pages import Figure, Look, Page, Widget
from homeroom_graphql.schema import singular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from homeroom.host import Host
    from homeroom.variants import Variant
    from homeroom_console.reader import Reader

__all__ = ["Declared", "Given", "declared_in", "may_open", "roots_of"]

_PART: Final = "console.declared"


@dataclass(frozen=True, slots=True)
class Given:
    """A page, a widget or a figure, with the plugin that gives it.

    Args:
        plugin: The plugin.
        what: The page, the widget or the figure.
        roots: The fields of ``Query`` that its document asks.
        pattern: Of a page: matches its path.
    """

    plugin: str
    what: Page | Widget | Figure
    roots: frozenset[str]
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the plugins of a school declare for browsers.

    Args:
        pages: By name.
        widgets: In the order of their places.
        figures: In their order.
        looks: By noun, with the plugin.
        roots: All fields of ``Query`` that lead to a noun or to a computed query.
    """

    pages: Mapping[str, Given]
    widgets: Sequence[Given]
    figures: Sequence[Given]
    looks: Mapping[str, tuple[str, Look]]
    roots: Mapping[str, str]

    def at(self, path: str) -> tuple[Given, dict[str, str]] | None:
        """The page at a path below ``/pages/``, with the variables of the path."""
        for each in self.pages.values():
            found = each.pattern.fullmatch(path) if each.pattern is not None else None
            if found is not None:
                return each, found.groupdict()
        return None

    def look(self, noun: str) -> Look:
        """How a noun looks."""
        return self.looks[noun][1] if noun in self.looks else Look(noun)


def declared_in(host: Host, variant: Variant) -> Declared:
    """What the plugins of a variant declare; collected once."""
    found = variant.parts.get(_PART)
    if found is None:
        found = variant.parts[_PART] = _collected(host, variant)
    assert isinstance(found, Declared)
    return found


def _collected(host: Host, variant: Variant) -> Declared:
    def given(hook: str) -> Iterator[tuple[str, object]]:
        for plugin, found in host.hooks.collect_by_plugin(hook, only=variant.plugins):
            for each in found:
                yield plugin, each

    pages = [
        Given(plugin, each, roots_of(each.document), _pattern(each.path))
        for plugin, each in given("pages")
        if isinstance(each, Page)
    ]
    widgets = [
        Given(plugin, each, roots_of(each.document)) for plugin, each in given("widgets") if isinstance(each, Widget)
    ]
    figures = [
        Given(plugin, each, roots_of(each.document)) for plugin, each in given("figures") if isinstance(each, Figure)
    ]
    roots = {each.field: each.name for each in variant.queries.values()}
    for resource in variant.resources.values():
        roots |= dict.fromkeys((resource.plural, f"{resource.plural}Aggregate", singular(resource)), resource.name)
    return Declared(
        pages={each.what.name: each for each in pages},
        widgets=sorted(widgets, key=lambda each: getattr(each.what, "order", 50)),
        figures=sorted(figures, key=lambda each: getattr(each.what, "order", 50)),
        looks={each.noun: (plugin, each) for plugin, each in given("looks") if isinstance(each, Look)},
        roots=roots,
    )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


def roots_of(document: str) -> frozenset[str]:
    """The fields of ``Query`` that a document asks; none of one that cannot be read.

    Args:
        document: A query.
    """
    try:
        definitions = parse(document).definitions if document else ()
    except GraphQLSyntaxError:  # that page alone is broken, and says so when somebody opens it
        definitions = ()
    operation = next((each for each in definitions if isinstance(each, OperationDefinitionNode)), None)
    if operation is None:
        return frozenset()
    return frozenset(each.name.value for each in operation.selection_set.selections if isinstance(each, FieldNode))


def may_open(reader: Reader, declared: Declared, given: Given) -> bool:
    """Whether a reader may see something of a page or a widget: of each noun and query that it asks at its root.

    Args:
        reader: Who reads.
        declared: What the reader's school has.
        given: The page or the widget.
    """
    if given.what.needs and not reader.may(*given.what.needs):
        return False
    for root in given.roots:
        name = declared.roots.get(root)
        if name is not None and name not in reader.words.nouns and name not in reader.caller.access.commands:
            return False
    return True
