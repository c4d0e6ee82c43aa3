"""Callers of all kinds: what they may do is drawn, and their persons are rows of the garden."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from reference.meaning import RELATIONS, SCOPES

from homeroom.callers import Caller, Space
from homeroom.permissions import Access, Scopes

__all__ = ["access_of", "make_caller"]

_FIELDS = {
    "Gardener": (
        "name", "rank", "born_on", "balance", "profile", "greeting", "initial", "mentor", "duties", "current_duty",
    ),
    "Bed": ("title", "area", "steward", "plants", "oldest_plant"),
    "Duty": ("starts_on", "ends_on", "gardener"),
    "Plant": ("label", "latin", "price", "stage", "notes", "alive", "worth", "bed", "harvests"),
    "Harvest": ("weight", "picked_on", "plant", "gardener"),
}  # fmt: skip


def access_of(
    resources: Mapping[str, Scopes],
    fields: Mapping[str, Mapping[str, Scopes]] | None = None,
    commands: Mapping[str, Scopes] | None = None,
) -> Access:
    """An access whose key is equal for equal content."""
    content = repr(
        [
            sorted((name, sorted(s.allow), sorted(s.deny)) for name, s in resources.items()),
            sorted(
                (name, sorted((f, sorted(s.allow), sorted(s.deny)) for f, s in each.items()))
                for name, each in (fields or {}).items()
            ),
            sorted((name, sorted(s.allow), sorted(s.deny)) for name, s in (commands or {}).items()),
        ]
    )
    key = hashlib.sha256(content.encode()).hexdigest()
    return Access(key=key, resources=dict(resources), commands=dict(commands or {}), fields=dict(fields or {}))


def _scopes(integer: Callable[[int, int], int], resource: str) -> Scopes:
    names = sorted(SCOPES[resource])
    if integer(0, 9) < 5:
        return Scopes(frozenset({"school"}))
    allow = {names[integer(0, len(names) - 1)] for _ in range(integer(0, 2))}
    if integer(0, 9) == 9:
        allow.add("elsewhere")
    deny = {names[integer(0, len(names) - 1)]} if integer(0, 9) >= 7 else set()
    return Scopes(frozenset(allow), frozenset(deny - {"school"} if integer(0, 9) < 8 else deny))


def make_caller(integer: Callable[[int, int], int], space: Space, persons: Sequence[UUID]) -> Caller:
    """Somebody in a space.

    Args:
        integer: Decides everything: gives a number between two, both included.
        space: The space.
        persons: Whom the caller may be.
    """
    resources = {name: _scopes(integer, name) for name in RELATIONS if integer(0, 9) < 9}
    fields: dict[str, dict[str, Scopes]] = {}
    for name, known in _FIELDS.items():
        for _ in range(integer(0, 2)):
            fields.setdefault(name, {})[known[integer(0, len(known) - 1)]] = _scopes(integer, name)
    own = tuple({persons[integer(0, len(persons) - 1)]: None for _ in range(integer(0, 3))})
    roles = frozenset({"keeper", "visitor"} if integer(0, 1) else ())
    return Caller(space=space, persons=own, roles=roles, access=access_of(resources, fields), login="zoë@garden")
