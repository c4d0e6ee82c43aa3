"""What a permission is, as data: rules that plugins declare, and the compiled answer for one caller.

Rules are roles x actions, never one per row. Which rows a permission reaches is a *scope*: a name for a
predicate that the resource declares. :class:`Access` is the compiled form that reads and commands consult; it is
made by whichever plugin implements :func:`homeroom.hookspecs.compile_access`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from homeroom.errors import Forbidden
from homeroom.refusals import NOT_PERMITTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

__all__ = ["EVERYBODY", "GIVE", "NOBODY", "WHOLE_SPACE", "Access", "Rule", "Scopes", "allow", "beyond"]

#: The role that everybody has who has any role in a space: rules may speak of it, and nobody need be given it.
EVERYBODY: Final = "member"
#: What the rights to give and take a role begin with: ``roles.give.teacher``. Each role of a space has one.
GIVE: Final = "roles.give."
#: The scope that is every row of the space.
WHOLE_SPACE: Final = "school"


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission of one role.

    Args:
        role: The role's name, such as ``teacher``.
        object: ``Student`` (a resource), ``Student.birth_date`` (one field), ``Student.*`` (every field,
            the restricted ones too), ``gradebook.mark.enter`` (a command), or a pattern that ends in ``*``;
            with ``inherit`` the role whose rules this role receives.
        action: ``read`` for resources and fields, ``run`` for commands, ``inherit`` for roles.
        scope: Which rows: a scope that the resource declares. ``school`` is every row of the space.
        effect: ``deny`` wins over ``allow``; a deny takes away just its scope's rows.
    """

    role: str
    object: str
    action: Literal["read", "run", "inherit"] = "read"
    scope: str = "school"
    effect: Literal["allow", "deny"] = "allow"


def allow(
    roles: str | Iterable[str],
    *objects: str,
    action: Literal["read", "run"] = "read",
    scope: str | Iterable[str] = WHOLE_SPACE,
) -> tuple[Rule, ...]:
    """Rules that give roles the same permissions.

    Args:
        roles: A role, or several.
        objects: What each may read or run, as of :class:`Rule`.
        action: ``read`` or ``run``.
        scope: On which rows: a scope, or several.

    Example:
        RULES = (*allow(("admin", "registrar"), "Shelf", "Shelf.*"), *allow("registrar", "lost.*", action="run"))
    """
    scopes = (scope,) if isinstance(scope, str) else tuple(scope)
    named = (roles,) if isinstance(roles, str) else tuple(roles)
    return tuple(Rule(role, each, action, one) for role in named for each in objects for one in scopes)


@dataclass(frozen=True, slots=True)
class Scopes:
    """The rows that a permission reaches: in any allowed scope and in no denied one."""

    allow: frozenset[str]
    deny: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that one combination of roles may do under one policy.

    Args:
        key: Equal for equal content, in whichever space; plans are shared by it.
        resources: Resource name to the rows that may be read. Absent: none.
        fields: Resource name to field name to the rows in which that field may be read, for fields that
            differ from their resource. An empty ``allow`` denies the field.
        commands: Command name to the rows that it may be run on. Absent: it may not be run. Jobs and other rights stand
            among them.
        valid_until: When the grant behind this expires, or none.
    """

    key: str
    resources: Mapping[str, Scopes]
    commands: Mapping[str, Scopes]
    fields: Mapping[str, Mapping[str, Scopes]] = field(default_factory=dict)
    valid_until: datetime | None = None

    def scopes(self, name: str) -> Scopes:
        """The rows that a command, a computed query or a job may be run on. Raises Forbidden if it may not be run."""
        found = self.commands.get(name)
        if found is None:
            raise Forbidden(NOT_PERMITTED, permission=name)
        return found

    def field(self, resource: str, name: str) -> Scopes | None:
        """The rows in which a field may be read: the field's own scopes, else its resource's."""
        own = self.fields.get(resource)
        if own is not None and name in own:
            return own[name]
        return self.resources.get(resource)


#: May do nothing at all.
NOBODY = Access(key="nobody", resources={}, commands={})


def beyond(given: Access, held: Access, *, own_rows: bool = True) -> Iterator[str]:
    """The names of what one access permits and another does not, or does on fewer rows: nobody gives that away.

    Args:
        given: What would be given.
        held: What the giver holds.
        own_rows: Whether a scope such as ``own_class`` means the same rows for both. Where it does not, only what the
            giver holds in the whole space counts as held.
    """
    for name in sorted(given.commands):
        if not _within(given.commands[name], held.commands.get(name), own_rows=own_rows):
            yield name
    for name in sorted(given.resources):
        if not _within(given.resources[name], held.resources.get(name), own_rows=own_rows):
            yield name
        for part in sorted({*given.fields.get(name, ()), *held.fields.get(name, ())}):
            if not _within(given.field(name, part), held.field(name, part), own_rows=own_rows):
                yield f"{name}.{part}"


def _within(given: Scopes | None, held: Scopes | None, *, own_rows: bool) -> bool:
    if given is None or not given.allow:
        return True
    if held is None or not held.deny <= given.deny:
        return False
    return WHOLE_SPACE in held.allow or (own_rows and given.allow <= held.allow)
