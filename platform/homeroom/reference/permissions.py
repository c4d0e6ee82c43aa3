"""The page of the permissions: what the roles may do by the rules of the bundled plugins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from homeroom.commands import Command
from homeroom.hooks import Hooks
from homeroom.plugins import PluginRegistry
from homeroom.reference.markdown import first_sentence, table
from homeroom.resources import camel_case
from homeroom.variants import assemble

if TYPE_CHECKING:
    from homeroom.computed_queries import ComputedQuery
    from homeroom.permissions import Rule
    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["permissions_page"]

_INTRODUCTION = """# Permissions

A rule gives one role one action on one object in one scope. `read` is for resources and fields, `run` for commands.
A scope names the rows: `school` is every row of the space, and the other scopes are those that the resource declares.
A role without a rule may do nothing. The tables show the rules that the bundled plugins bring. A school adds rules of
its own with `setRule`, and a rule that denies wins over one that allows.

`Student` opens every field of a student but the restricted ones. `Student.*` opens these as well.

A command with † needs a recent proof of the password: a session that signed in, or sent `POST /auth/confirm`, in the
last `HOMEROOM_CONFIRMATION_MINUTES`. Without it the answer is `CONFIRMATION_REQUIRED`."""


def permissions_page(registry: PluginRegistry) -> str:
    """Roles, and for each plugin what they may read and run, with the scopes of its resources."""
    hooks = Hooks(registry)
    variant = assemble(hooks, frozenset(registry.plugins))
    rules = dict(hooks.collect_by_plugin("rules"))
    resources = dict(hooks.collect_by_plugin("resources"))
    commands = dict(hooks.collect_by_plugin("commands"))
    queries = dict(hooks.collect_by_plugin("queries"))
    rights = dict(hooks.collect_by_plugin("rights"))
    titles = [(f"`{name}`", title) for name, title in variant.roles.items()]
    parts = [_INTRODUCTION, "## Roles", table(("Role", "Title"), titles)]
    for plugin in registry.in_order():
        own = [
            *_readable(rules.get(plugin.name, ()), variant),
            *_runnable("Command", "Mutation", rules.get(plugin.name, ()), commands.get(plugin.name, ()), variant),
            *_runnable("Query", "Field", rules.get(plugin.name, ()), queries.get(plugin.name, ()), variant),
            *_rights(rights.get(plugin.name, ()), variant),
            *_scopes(resources.get(plugin.name, ()), variant),
        ]
        if own:
            parts += [f"## {plugin.name}", plugin.title + ".", *own]
    return "\n\n".join(parts)


def _readable(rules: Sequence[Rule], variant: Variant) -> Iterator[str]:
    reads = [rule for rule in rules if rule.action == "read"]
    if reads:
        roles = _roles(reads, variant)
        objects = list(dict.fromkeys(rule.object for rule in reads))
        yield "May read:"
        yield table(
            ("", *(f"`{role}`" for role in roles)),
            [(f"`{each}`", *(_cell(reads, role, each) for role in roles)) for each in objects],
        )


def _runnable(
    what: str, field: str, rules: Sequence[Rule], declared: Sequence[Command | ComputedQuery], variant: Variant
) -> Iterator[str]:
    runs = [rule for rule in rules if rule.action == "run"]
    if declared:
        roles = _roles(runs, variant)
        yield "May run:" if what == "Command" else "May ask:"
        yield table(
            (what, field, "", *(f"`{role}`" for role in roles)),
            [
                (
                    f"`{each.name}`",
                    f"`{each.field}`",
                    first_sentence(each.description) + (" †" if isinstance(each, Command) and each.confirmed else ""),
                    *(_cell(runs, role, each.name) for role in roles),
                )
                for each in declared
            ],
        )


def _rights(rights: Sequence[tuple[str, str]], variant: Variant) -> Iterator[str]:
    if rights:
        runs = [rule for rule in variant.rules if rule.action == "run"]
        roles = _roles([rule for rule in runs if any(_cell([rule], rule.role, name) for name, _ in rights)], variant)
        yield "Other rights:"
        yield table(
            ("Right", "", *(f"`{role}`" for role in roles)),
            [(f"`{name}`", text, *(_cell(runs, role, name) for role in roles)) for name, text in rights],
        )


def _scopes(resources: Sequence[Resource], variant: Variant) -> Iterator[str]:
    if resources:
        yield "Scopes and restricted fields:"
        yield table(
            ("Resource", "Scopes", "Restricted fields"),
            [
                (
                    f"`{each.name}`",
                    ", ".join(f"`{scope}`" for scope in variant.resources[each.name].scopes),
                    ", ".join(f"`{camel_case(name)}`" for name in sorted(variant.resources[each.name].restricted)),
                )
                for each in resources
            ],
        )


def _roles(rules: Sequence[Rule], variant: Variant) -> list[str]:
    used = {rule.role for rule in rules}
    return [role for role in variant.roles if role in used]


def _cell(rules: Sequence[Rule], role: str, name: str) -> str:
    """The scopes in which a role has a name; patterns cover it too."""
    found = [rule for rule in rules if rule.role == role and (rule.object == name or _covers(rule.object, name))]
    return ", ".join(dict.fromkeys(rule.scope if rule.effect == "allow" else f"not {rule.scope}" for rule in found))


def _covers(pattern: str, name: str) -> bool:
    return pattern.endswith("*") and pattern != name and fnmatchcase(name, pattern)
