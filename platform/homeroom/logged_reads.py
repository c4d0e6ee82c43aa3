"""Fields whose reads are logged because a school, or its district, has chosen so.

A plugin declares some fields as sensitive; their reads are logged always. A school chooses further ones, such as names,
birth dates and marks, because its law or its own rule asks for a record of each access by staff; see
:mod:`homeroom.privacy.reads`. The choice is known with the space (:attr:`homeroom.callers.Space.logged`), in every
process, as the names of resources and fields: ``Student.birth_date``.

What tells the same is logged with it: the other fields of a group that the resource declares as ``alike``, a computed
field that is made of a chosen column, a leaf that needs a chosen field, and the columns that a chosen computed field is
made of. A field of another resource that writes out the value by SQL of its own has to be chosen itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from homeroom.resources import Resource

__all__ = ["chosen_of", "logged_fields", "logged_with"]

_COLUMN: Final = re.compile(r"\{row\}\.(\w+)")


def logged_fields(resource: Resource, logged: Collection[str]) -> frozenset[str]:
    """The fields and leaves of a resource whose reads are logged by choice, without those declared as sensitive.

    Args:
        resource: The resource.
        logged: What was chosen, such as ``Student.birth_date``; names that the resource does not have are left out.
    """
    chosen = chosen_of(resource, logged)
    return logged_with(resource, chosen) - resource.sensitive if chosen else frozenset()


def chosen_of(resource: Resource, logged: Collection[str]) -> frozenset[str]:
    """The fields and leaves of a resource that were chosen by their names."""
    prefix = f"{resource.name}."
    named = {each.removeprefix(prefix) for each in logged if each.startswith(prefix)}
    return frozenset(name for name in named if name in resource.fields or name in resource.leaves)


def logged_with(resource: Resource, chosen: Collection[str]) -> frozenset[str]:
    """Fields and leaves of a resource, and those that tell the same.

    Args:
        resource: The resource.
        chosen: Names that it has.
    """
    names = set(chosen)
    for group in resource.alike:
        if not names.isdisjoint(group):
            names |= group
    for name in tuple(names):
        if name in resource.leaves:
            names.update(resource.leaves[name].needs)
    columns = {column for name in names if name in resource.fields for column in _columns(resource, name)}
    names.update(name for name in resource.fields if not columns.isdisjoint(_columns(resource, name)))
    names.update(leaf.name for leaf in resource.leaves.values() if not names.isdisjoint(leaf.needs))
    return frozenset(names)


def _columns(resource: Resource, name: str) -> set[str]:
    """The columns that a field is made of. The id says which row it is, and nothing of it."""
    return {*_COLUMN.findall(resource.fields[name].sql)} - {"id"}
