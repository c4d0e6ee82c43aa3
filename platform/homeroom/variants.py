"""What a space consists of: the parts of the plugins that it has switched on.

Two spaces with the same plugins share one :class:`Variant`, so a thousand schools need a handful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from homeroom.commands import Command
from homeroom.database.sql import Predicates
from homeroom.declared import command_faults, resource_faults
from homeroom.errors import ConfigurationError
from homeroom.hooks import HookError
from homeroom.jobs import Job
from homeroom.permissions import Access, Rule, Scopes
from homeroom.resources import Extension, Resource

if TYPE_CHECKING:
    from homeroom.hooks import Hooks

Part = TypeVar("Part")

__all__ = ["Variant", "assemble", "full_access"]


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """The parts of one set of plugins.

    Args:
        plugins: The set.
        resources: Type name to resource, extensions applied.
        by_table: Table name to resource.
        commands: Dotted name to command.
        jobs: Dotted name to job.
        rules: The default permissions.
        roles: Role name to title.
        predicates: Writes the rows of scopes as SQL.
        parts: What other host parts keep per variant, such as the GraphQL schema.
    """

    plugins: frozenset[str]
    resources: Mapping[str, Resource]
    by_table: Mapping[str, Resource]
    commands: Mapping[str, Command]
    jobs: Mapping[str, Job]
    rules: tuple[Rule, ...]
    roles: Mapping[str, str]
    predicates: Predicates
    parts: dict[Any, Any] = field(default_factory=dict)


def assemble(hooks: Hooks, plugins: frozenset[str]) -> Variant:
    """Put together what a set of plugins contributes.

    Raises:
        ConfigurationError: Two plugins give the same resource, field, command or job.
        HookError: A plugin failed to say what it contributes.
    """
    by_table: dict[str, Resource] = {}
    resources: dict[str, Resource] = {}
    for plugin, found in _collect(hooks, "resources", Resource, plugins):
        for each in found:
            _claim(resources, each.name, each, "resource", plugin)
            _claim(by_table, each.table, each, "resource over the table", plugin)
    for plugin, extensions in _collect(hooks, "extensions", Extension, plugins):
        for extension in extensions:
            _extend(by_table, extension, plugin)
    resources = {each.name: each for each in by_table.values()}
    commands: dict[str, Command] = {}
    fields: dict[str, str] = {}
    for plugin, declared in _collect(hooks, "commands", Command, plugins):
        for command in declared:
            _claim(commands, command.name, command, "command", plugin)
            _claim(fields, command.field, command.name, "mutation", plugin)
    jobs: dict[str, Job] = {}
    for plugin, declared_jobs in _collect(hooks, "jobs", Job, plugins):
        for each_job in declared_jobs:
            _claim(jobs, each_job.name, each_job, "job", plugin)
    _refuse_faults(hooks, plugins, resources, by_table)
    return Variant(
        plugins=plugins,
        resources=resources,
        by_table=by_table,
        commands=commands,
        jobs=jobs,
        rules=tuple(rule for _, rules in _collect(hooks, "rules", Rule, plugins) for rule in rules),
        roles=dict(hooks.collect("role_titles", only=plugins)),
        predicates=Predicates(by_table),
    )


def full_access(variant: Variant) -> Access:
    """Everything that the variant has, restricted fields included, in every row of the space."""
    everywhere = Scopes(frozenset({"school"}))
    return Access(
        key="everything",
        resources=dict.fromkeys(variant.resources, everywhere),
        commands=dict.fromkeys(variant.commands, everywhere),
    )


def _collect(hooks: Hooks, hook: str, kind: type[Part], plugins: frozenset[str]) -> list[tuple[str, list[Part]]]:
    """What each plugin gives to a hook. Something of another kind is that plugin's failure and nobody else's."""
    collected = hooks.collect_by_plugin(hook, only=plugins)
    for plugin, found in collected:
        for each in found:
            if not isinstance(each, kind):
                raise HookError(plugin, hook, TypeError(f"expected a {kind.__name__}, got {each!r}"))
    return collected


def _refuse_faults(
    hooks: Hooks, plugins: frozenset[str], resources: Mapping[str, Resource], by_table: Mapping[str, Resource]
) -> None:
    """What cannot work is the failure of the plugin that declares it."""
    declared: list[tuple[str, str, Sequence[Resource | Extension]]] = [
        *((plugin, "resources", found) for plugin, found in _collect(hooks, "resources", Resource, plugins)),
        *((plugin, "extensions", found) for plugin, found in _collect(hooks, "extensions", Extension, plugins)),
    ]
    for plugin, hook, parts in declared:
        for part in parts:
            for fault in resource_faults(part, by_table):
                raise HookError(plugin, hook, ConfigurationError(fault))
    for plugin, commands in _collect(hooks, "commands", Command, plugins):
        for command in commands:
            for fault in command_faults(command, resources):
                raise HookError(plugin, "commands", ConfigurationError(fault))


def _extend(by_table: dict[str, Resource], extension: Extension, plugin: str) -> None:
    resource = by_table.get(extension.table)
    if resource is None:
        missing = LookupError(f"no plugin that it requires has a resource over the table {extension.table}")
        raise HookError(plugin, "extensions", missing)
    by_table[extension.table] = resource.with_extension(extension)


def _claim(taken: dict[str, Any], name: str, value: Any, kind: str, plugin: str) -> None:
    if name in taken:
        raise ConfigurationError(f"plugin {plugin}: the {kind} {name!r} is given by another plugin already")
    taken[name] = value
