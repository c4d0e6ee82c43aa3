"""What there is to decide about: the declared roles, resources with their fields, and commands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from homeroom.permissions import GIVE

from .rules import DENY, READ, RUN, WHOLE_SPACE

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.jobs import Job
    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["Catalogue", "CommandEntry", "ResourceEntry", "catalogue_of"]

_NO_SCOPES: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class ResourceEntry:
    """A readable resource.

    Args:
        name: its GraphQL type name, without dots.
        fields: the names of all its fields.
        scopes: the scopes it declares a predicate for.
        restricted: the fields that a rule on the whole resource does not open; they want a rule of their own.
    """

    name: str
    fields: frozenset[str]
    scopes: frozenset[str]
    restricted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command that can be run.

    Args:
        name: its dotted name.
        scopes: the scopes in which it can be granted.
    """

    name: str
    scopes: frozenset[str]


def _reaches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a policy can speak about; what is not in it is denied to everybody.

    Args:
        roles: the role names.
        resources: by name.
        commands: by name.
    """

    roles: frozenset[str]
    resources: Mapping[str, ResourceEntry] = field(default_factory=lambda: MappingProxyType({}))
    commands: Mapping[str, CommandEntry] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(
        cls,
        roles: Iterable[str],
        resources: Iterable[ResourceEntry] = (),
        commands: Iterable[CommandEntry] = (),
    ) -> Catalogue:
        """Makes one from plain lists."""
        return cls(
            roles=frozenset(roles),
            resources=MappingProxyType({entry.name: entry for entry in resources}),
            commands=MappingProxyType({entry.name: entry for entry in commands}),
        )

    @classmethod
    def declared(
        cls,
        roles: Iterable[str],
        resources: Iterable[Resource],
        commands: Iterable[Command | ComputedQuery | Job],
        rights: Iterable[str] = (),
    ) -> Catalogue:
        """Makes one from what plugins declare.

        A command declares no scopes: it looks its rows up through resources, and so can be granted in any
        scope that some resource has.

        Args:
            roles: Role names.
            resources: The resources, extensions applied.
            commands: The commands, the computed queries, and the jobs: who may not run a job may ask for it in vain.
            rights: The names of other rights; each holds in the whole space or not at all.
        """
        entries = [
            ResourceEntry(
                each.name,
                frozenset({"id", *each.fields, *each.leaves, *each.relations}),
                frozenset(each.scopes),
                each.restricted,
            )
            for each in resources
        ]
        everywhere = frozenset({WHOLE_SPACE}).union(*(entry.scopes for entry in entries))
        runs = [CommandEntry(each.name, everywhere) for each in commands]
        runs += [CommandEntry(each, frozenset({WHOLE_SPACE})) for each in rights]
        return cls.of(roles, entries, runs)

    def scopes(self, action: str, name: str) -> frozenset[str]:
        """The scopes in which `action` on the object `name` can be asked for; none if it does not exist."""
        if action == RUN:
            command = self.commands.get(name)
            return command.scopes if command else _NO_SCOPES
        if action != READ:
            return _NO_SCOPES
        owner, dot, part = name.partition(".")
        resource = self.resources.get(owner)
        if resource is None or (dot and part not in resource.fields):
            return _NO_SCOPES
        return resource.scopes

    def covers(self, action: str, name: str, scope: str, pattern: str, rule_scope: str, effect: str) -> bool:
        """Whether a rule's object reaches what is asked for. This is the `covers` of the Casbin model.

        A rule on a resource reaches its fields, but an allowing one not the restricted fields: these want a
        rule that names the resource and the field (`Student.id_number`, `Student.*`). An allowing rule counts only
        where the object declares the rule's scope, since it has no predicate for another.

        Args:
            action: asked for.
            name: the object asked for.
            scope: the scope asked for.
            pattern: the rule's object.
            rule_scope: the rule's scope.
            effect: the rule's effect.
        """
        scopes = self.scopes(action, name)
        if scope not in scopes:
            return False
        if rule_scope not in scopes and not (effect == DENY and rule_scope == WHOLE_SPACE):
            return False
        if action == RUN:
            return _reaches(pattern, name)
        owner, dot, part = name.partition(".")
        if "." in pattern:
            return bool(dot) and pattern.partition(".")[0] == owner and _reaches(pattern, name)
        if not _reaches(pattern, owner):
            return False
        return not dot or effect == DENY or part not in self.resources[owner].restricted

    def objects(self, action: str, pattern: str) -> list[str]:
        """The names of all resources, fields or commands that a rule's object can be meant for, sorted."""
        owner, dot, part = pattern.partition(".")
        if action == RUN:
            names: Collection[str] = self.commands.keys()
        elif action != READ:
            return []
        elif not dot:
            names = self.resources.keys()
        else:
            resource = self.resources.get(owner)
            if resource is None:
                return []
            names = [pattern] if part in resource.fields else [f"{owner}.{each}" for each in resource.fields]
        if pattern in names:  # most rules name one thing, and a host checks thousands of them at its start
            return [pattern]
        return sorted(name for name in names if _reaches(pattern, name)) if pattern.endswith("*") else []


_PART: Final = "policies.catalogue"


def catalogue_of(variant: Variant) -> Catalogue:
    """What can be decided about in a space with these plugins; made once per variant."""
    found = variant.parts.get(_PART)
    if not isinstance(found, Catalogue):
        runs: list[Command | ComputedQuery | Job] = [
            *variant.commands.values(),
            *variant.queries.values(),
            *variant.jobs.values(),
        ]
        rights = [*variant.rights, *(GIVE + role for role in variant.roles)]
        found = Catalogue.declared(variant.roles, variant.resources.values(), runs, rights)
        variant.parts[_PART] = found
    return found
