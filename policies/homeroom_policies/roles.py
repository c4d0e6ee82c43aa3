"""Which roles come with a role."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from .errors import InheritanceTooDeep, RoleCycle
from .rules import RoleLink

__all__ = ["MAX_INHERITANCE", "check_links", "with_inherited"]

#: Links in a chain of inheriting roles. Casbin's role manager looks at ten levels, and a caller and the last
#: role are two of them.
MAX_INHERITANCE: Final = 8


def _parents(links: Iterable[RoleLink]) -> dict[str, list[RoleLink]]:
    parents: dict[str, list[RoleLink]] = {}
    for link in links:
        parents.setdefault(link.role, []).append(link)
    return parents


def with_inherited(roles: Collection[str], links: Iterable[RoleLink]) -> frozenset[str]:
    """The roles and all that they inherit.

    Args:
        roles: Role names.
        links: The links that hold in the space.
    """
    parents = _parents(links)
    found = set(roles)
    open_ = list(roles)
    while open_:
        for link in parents.get(open_.pop(), ()):
            if link.inherits not in found:
                found.add(link.inherits)
                open_.append(link.inherits)
    return frozenset(found)


def check_links(links: Collection[RoleLink]) -> None:
    """Makes sure that inheritance ends.

    Raises:
        RoleCycle: a role inherits from itself.
        InheritanceTooDeep: a chain is longer than `MAX_INHERITANCE` links.
    """
    parents = _parents(links)
    depth: dict[str, int] = {}

    def walk(role: str, above: tuple[str, ...]) -> int:
        known = depth.get(role)
        if known is not None:
            return known
        deepest = 0
        for link in parents.get(role, ()):
            if link.inherits == role or link.inherits in above:
                raise RoleCycle(link, f"{link.inherits} comes back to itself")
            below = 1 + walk(link.inherits, (*above, role))
            if below > MAX_INHERITANCE:
                raise InheritanceTooDeep(link, f"more than {MAX_INHERITANCE} roles in a chain")
            deepest = max(deepest, below)
        depth[role] = deepest
        return deepest

    for role in parents:
        walk(role, ())
