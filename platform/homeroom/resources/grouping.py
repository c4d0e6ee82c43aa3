"""What the rows of a resource can be grouped by, and which of their numbers can be summed.

Most of it follows from the columns: rows can be grouped by what has few values (enums, yes or no, references to other
rows) and by dates, also by their weeks, months and years; whole and decimal numbers can be summed. Rows are grouped by
names and other texts only where a resource says so with :func:`statistics`, and never by what is sensitive: the audit
keeps every sight of it with its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homeroom.resources.shapes import Field, Relation, Resource, Statistics

__all__ = [
    "Grouping",
    "groupings_of",
    "has_groupings",
    "moments_of",
    "numbers_of",
    "path_faults",
    "statistics",
]

_NUMBERS: Final = frozenset({"Int", "BigInt", "Decimal"})
_MOMENTS: Final = frozenset({"Date", "DateTime"})
#: What has so few values that rows can be grouped by it without a declaration.
_FEW: Final = frozenset({"Boolean", "PersonKind"})
#: What can be grouped by if a resource says so.
_PLAIN: Final = _FEW | _NUMBERS | _MOMENTS | {"String"}


@dataclass(frozen=True, slots=True)
class Grouping:
    """One thing that rows can be grouped by.

    Args:
        name: Snake case, such as ``school_class``.
        path: The relations that lead from the row to what has the part.
        owner: The resource that has it.
        part: A field, or a relation to one row.
    """

    name: str
    path: tuple[Relation, ...]
    owner: Resource
    part: Field | Relation

    @property
    def is_dated(self) -> bool:
        """Whether it is a date or a moment, of which rows can be grouped by day, week, month or year."""
        return isinstance(self.part, Field) and self.part.type in _MOMENTS

    @property
    def type(self) -> str:
        """The GraphQL type of a field's value as a key."""
        assert isinstance(self.part, Field)
        if self.is_dated:
            return "Date"
        return self.part.enum if self.part.values else self.part.type


def statistics(
    group_by: Sequence[str] | Mapping[str, str] = (), without: Sequence[str] = (), *, none: bool = False
) -> Statistics:
    """What a resource declares about its statistics beyond what follows from its columns.

    Args:
        group_by: What else rows can be grouped by: fields, or ways over relations to one row, such as
            ``{"school_class": "gradebook.school_class"}``. Without a name, the dots of the way become underscores.
        without: Fields and relations that rows can neither be grouped by nor summed.
        none: Whether there are no statistics at all.
    """
    named = group_by if isinstance(group_by, Mapping) else {path.replace(".", "_"): path for path in group_by}
    return Statistics(dict(named), frozenset(without), none)


def groupings_of(resource: Resource, by_table: Mapping[str, Resource]) -> dict[str, Grouping]:
    """By name, what the rows of a resource can be grouped by.

    Args:
        resource: With its extensions.
        by_table: The resources of the plugins that are on. Ways to others are left out.
    """
    found: dict[str, Grouping] = {}
    for name, path in resource.statistics.group_by.items():
        along = _along(resource, name, path, by_table)
        if along is not None:
            found[name] = along
    for each in _derived(resource, by_table):
        found.setdefault(each.name, each)
    return found


def has_groupings(resource: Resource, by_table: Mapping[str, Resource]) -> bool:
    """Whether the rows can be grouped by anything."""
    return any(True for _ in _derived(resource, by_table)) or bool(groupings_of(resource, by_table))


def has_statistics(resource: Resource, by_table: Mapping[str, Resource]) -> bool:
    """Whether there is a sibling of the list with its statistics."""
    return not resource.statistics.none and (has_groupings(resource, by_table) or bool(numbers_of(resource)))


def numbers_of(resource: Resource) -> list[Field]:
    """The fields that can be summed."""
    return [each for each in resource.fields.values() if each.type in _NUMBERS and _is_measured(resource, each)]


def moments_of(resource: Resource) -> list[Field]:
    """The dates and moments that have a first and a last one."""
    return [each for each in resource.fields.values() if each.type in _MOMENTS and _is_measured(resource, each)]


def path_faults(owner: Resource, group_by: Mapping[str, str], by_table: Mapping[str, Resource]) -> Iterator[str]:
    """What is wrong with the ways that a resource, or an extension of it, is said to be grouped by."""
    for name, path in group_by.items():
        resource: Resource | None = owner
        *steps, last = path.split(".")
        for step in steps:
            relation = resource.relations.get(step) if resource is not None else None
            if resource is not None and (relation is None or relation.many):
                yield f"statistics, {name}: {resource.name} has no relation {step} to one row"
            resource = by_table.get(relation.target) if relation is not None else None
        if resource is None:
            continue
        part = resource.fields.get(last) or resource.relations.get(last)
        if part is None or (isinstance(part, Relation) and part.many):
            yield f"statistics, {name}: {resource.name} has no field or relation {last} to group by"
        elif isinstance(part, Field) and not _is_plain(part):
            yield f"statistics, {name}: rows cannot be grouped by {resource.name}.{last}, a {part.type}"
        elif last in resource.sensitive:
            yield f"statistics, {name}: {resource.name}.{last} is sensitive"


def _along(resource: Resource, name: str, path: str, by_table: Mapping[str, Resource]) -> Grouping | None:
    relations: list[Relation] = []
    *steps, last = path.split(".")
    owner = resource
    for step in steps:
        relation = owner.relations.get(step)
        target = by_table.get(relation.target) if relation is not None else None
        if relation is None or target is None:
            return None
        relations.append(relation)
        owner = target
    part = owner.fields.get(last) or owner.relations.get(last)
    if part is None or last in owner.sensitive or (isinstance(part, Relation) and part.target not in by_table):
        return None
    return Grouping(name, tuple(relations), owner, part)


def _derived(resource: Resource, by_table: Mapping[str, Resource]) -> Iterator[Grouping]:
    without = resource.statistics.without | resource.sensitive
    for relation in resource.relations.values():
        known = not relation.many and relation.there == "id" and not relation.where and relation.target in by_table
        if known and relation.name not in without:
            yield Grouping(relation.name, (), resource, relation)
    for field in resource.fields.values():
        if (field.values or field.type in _FEW | _MOMENTS) and field.name not in without and _is_plain(field):
            yield Grouping(field.name, (), resource, field)


def _is_plain(field: Field) -> bool:
    return field.type in _PLAIN and field.search is None and not field.file and not field.kind


def _is_measured(resource: Resource, field: Field) -> bool:
    return (
        not field.values
        and field.name != "version"
        and field.name not in resource.sensitive
        and field.name not in resource.statistics.without
        and _is_plain(field)
    )
