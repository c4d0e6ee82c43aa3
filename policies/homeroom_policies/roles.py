"""Which roles come with a role."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from homeroom.permissions import Rule

from .errors import InheritanceTooDeep, RoleCycle
from .rules import INHERIT, PolicyLine

__all__ = ["MAX_INHERITANCE", "check_inheritance", "with_inherited"]

#: Links in a chain of inheriting roles. Casbin's role manager looks at ten levels; a caller and the last role
#: are two of them.
MAX_INHERITANCE: Final = 8


def with_inherited(roles: Collection[str], rules: Iterable[Rule]) -> frozenset[str]:
    """The roles and all that they inherit.

    Args:
        roles: Role names.
        rules: The rules that hold in the space; those with the action `inherit` count.
    """
    parents: dict[str, list[str]] = {}
    for rule in rules:
        if rule.action == INHERIT:
            parents.setdefault(rule.role, []).append(rule.object)
    found = set(roles)
    waiting = list(roles)
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found)


def check_inheritance(lines: Iterable[PolicyLine]) -> None:
    """Makes sure that inheritance ends.

    Args:
        lines: Rules; those with the action `inherit` count, as if all held in one space.

    Raises:
        RoleCycle: A role inherits from itself.
        InheritanceTooDeep: A chain is longer than `MAX_INHERITANCE` links.
    """
    parents: dict[str, list[PolicyLine]] = {}
    for line in lines:
        if line.rule.action == INHERIT:
            parents.setdefault(line.rule.role, []).append(line)
    depth: dict[str, int] = {}

    def walk(role: str, above: tuple[str, ...]) -> int:
        known = depth.get(role)
        if known is not None:
            return known
        deepest = 0
        for line in parents.get(role, ()):
            parent = line.rule.object
            if parent == role or parent in above:
                raise RoleCycle(line, f"{parent} comes back to itself")
            below = 1 + walk(parent, (*above, role))
            if below > MAX_INHERITANCE:
                raise InheritanceTooDeep(line, f"more than {MAX_INHERITANCE} roles in a chain")
            deepest = max(deepest, below)
        depth[role] = deepest
        return deepest

    for role in list(parents):
        walk(role, ())
