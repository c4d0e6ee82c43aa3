"""What follows from one declaration is made once per process and shared by all variants in which it means the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from homeroom.resources import Relation
from homeroom.resources.grouping import groupings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["Shared", "resource_meaning"]

Made = TypeVar("Made")

#: Far more than the declarations of an installation; a process that makes ever new plugins, such as a test run, begins
#: again.
_MOST: Final = 20_000


class Shared:
    """Keeps what was made of declarations, which live as long as their plugins."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Hashable], tuple[Any, Any]] = {}

    def of(self, declared: object, meaning: Hashable, make: Callable[[], Made]) -> Made:
        """What follows from a declaration.

        Args:
            declared: A command or a resource, known by its identity: two equal ones may have different functions.
            meaning: What else it follows from.
            make: Makes it.
        """
        found = self._kept.get((id(declared), meaning))
        if found is None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            # The declaration is kept with it, so that nothing else ever has its identity.
            found = self._kept[id(declared), meaning] = (declared, make())
        made: Made = found[1]
        return made


def resource_meaning(resource: Resource, variant: Variant) -> Hashable:
    """What the types of a resource follow from beside itself; None if they are those of one school alone."""
    names = [*resource.fields, *resource.leaves, *resource.relations]
    if any(name.startswith("custom_") for name in names):
        return None
    targets = tuple(
        None if (target := variant.by_table.get(each.target)) is None else (target.name, bool(target.order))
        for each in resource.relations.values()
    )
    by_table = variant.by_table
    ways = resource.statistics.group_by and tuple(
        (each.name, by_table[each.part.target].name if isinstance(each.part, Relation) else each.type)
        for each in groupings_of(resource, by_table).values()
    )
    given = tuple(name for name in names if f"{resource.name}.{name}" in variant.given_by)
    reasons = tuple(variant.deprecated.get(f"{resource.name}.{name}") for name in names) if variant.deprecated else ()
    return targets, given, reasons, ways or ()
