"""The page of the labels: what nouns, verbs and roles are called in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hooks import Hooks
from homeroom.labels import labels_in
from homeroom.languages import LANGUAGES
from homeroom.reference.markdown import table
from homeroom.variants import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from homeroom.plugins import PluginRegistry

__all__ = ["labels_page"]

_INTRODUCTION = """# Labels

What the nouns, verbs and roles of the bundled plugins are called. `homeroom translations` lists what a plugin lacks,
and [the guide](../plugins.md#labels) says where labels come from. Fields, arguments and values have labels too: the
query `vocabulary` answers with all of them."""
_HEADS = ("", "English", "繁體中文（香港）", "简体中文", "Tiếng Việt")


def labels_page(registry: PluginRegistry) -> str:
    """For each plugin, its nouns, one and several, its verbs and the roles that it titles."""
    hooks = Hooks(registry)
    variant = assemble(hooks, frozenset(registry.plugins))
    spoken = [labels_in(variant, language) for language in LANGUAGES]
    resources = dict(hooks.collect_by_plugin("resources"))
    commands = dict(hooks.collect_by_plugin("commands"))
    roles = dict(hooks.collect_by_plugin("role_titles"))

    def lines(plugin: str) -> Iterator[Sequence[str]]:
        for each in resources.get(plugin, ()):
            yield (f"`{each.name}`", *(labels.noun(each) for labels in spoken))
            if not each.single:
                yield (f"`{each.plural}`", *(labels.nouns(each) for labels in spoken))
        for each in commands.get(plugin, ()):
            yield (f"`{each.field}`", *(labels.verb(each) for labels in spoken))
        for name, _ in roles.get(plugin, ()):
            if variant.given_by[f"roles.{name}"] == plugin:
                yield (f"`{name}`", *(labels.role(name) for labels in spoken))

    parts = [_INTRODUCTION]
    for plugin in registry.in_order():
        found = list(lines(plugin.name))
        if found:
            parts += [f"## {plugin.name}", table(_HEADS, found)]
    return "\n\n".join(parts)
