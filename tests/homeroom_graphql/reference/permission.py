"""Who may read what, said again in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from reference.meaning import SCOPES, Row, World

from homeroom.permissions import Access, Scopes

__all__ = ["never", "readable", "shown", "visible"]

Reach = Literal["all", "some", "none"]


def _reach(resource: str, scope: str) -> Reach:
    if scope not in SCOPES[resource]:
        return "none"
    return "all" if scope == "school" else "some"


def never(resource: str, scopes: Scopes | None) -> bool:
    """Whether no row can ever be within these scopes, whatever it holds."""
    if scopes is None or "school" in scopes.deny:
        return True
    return all(_reach(resource, scope) == "none" for scope in scopes.allow)


def visible(resource: str, scopes: Scopes | None, row: Row, world: World) -> bool:
    """Whether a row is within the scopes: in an allowed one for certain, and certainly in no denied one."""
    if never(resource, scopes) or scopes is None:
        return False

    def truths(names: frozenset[str]) -> list[bool | None]:
        known: dict[str, Callable[[Row, World], bool | None]] = SCOPES[resource]
        return [known[name](row, world) for name in names if name in known]

    return any(truth is True for truth in truths(scopes.allow)) and all(truth is False for truth in truths(scopes.deny))


def readable(access: Access, resource: str, name: str) -> bool:
    """Whether a field (snake case) may be read in any row."""
    return not never(resource, access.field(resource, name))


def shown(access: Access, resource: str, name: str, row: Row, world: World) -> bool:
    """Whether a field may be read in this row, which the caller sees."""
    own = access.fields.get(resource, {}).get(name)
    return own is None or visible(resource, own, row, world)
