"""The columns of a list: every field of a resource that the caller may read, and the names of what it refers to.

A column is headed by the label of its field (:mod:`homeroom.labels`); the school says what its own fields are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from homeroom.resources import Field, Relation, Resource, camel_case
from homeroom.sheets import Value
from homeroom_graphql.sight import Sight

if TYPE_CHECKING:
    from homeroom.callers import Caller
    from homeroom.labels import Labels
    from homeroom.variants import Variant

__all__ = ["Column", "columns_of", "heads_of", "names_of", "query_of"]

#: What people know a row by: of a row that is referred to, these are shown.
_NAMES: Final = ("code", "full_name", "name", "title", "number")
#: What serves programs, and nobody who reads a list.
_FOR_PROGRAMS: Final = frozenset({"sort_key", "version"})
_READERS: Final[dict[str, Callable[[Any], Value]]] = {
    "Decimal": Decimal,
    "BigInt": int,
    "Date": lambda text: None if "infinity" in text else date.fromisoformat(text),
    "DateTime": lambda text: None if "infinity" in text else datetime.fromisoformat(text),
    "[String!]": ", ".join,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Args:
        title: Its head.
        path: Response keys that lead to it.
        type: The GraphQL type.
    """

    title: str
    path: tuple[str, ...]
    type: str

    def value(self, node: Any) -> Value:
        """Its value in one row of the answer."""
        for key in self.path:
            if node is None:
                return None
            node = node[key]
        if node is None:
            return None
        read = _READERS.get(self.type)
        value: Value = node if read is None else read(node)
        return value


def heads_of(variant: Variant, resource: Resource) -> Iterator[str]:
    """The names of the fields and relations of a resource that head columns, for readers who may read them all."""
    yield from (field.name for field in resource.fields.values() if _shown(field))
    yield from (relation.name for relation, _ in _referred(variant, resource))


def columns_of(variant: Variant, caller: Caller, resource: Resource, labels: Labels) -> list[Column]:
    """The columns of a resource, in the order of its declaration; empty if the caller sees no row of it."""
    sight = Sight(variant, caller.access, lambda name: f":{name}")
    if not sight.some(resource):
        return []
    columns = [
        Column(labels.field(resource, field.name), (camel_case(field.name),), field.type)
        for field in _readable(sight, resource)
        if _shown(field)
    ]
    for relation, target in _referred(variant, resource):
        if not sight.readable(resource, relation.name) or not sight.some(target):
            continue
        columns += [
            Column(
                labels.through(resource, relation.name, target, field.name),
                (camel_case(relation.name), camel_case(field.name)),
                field.type,
            )
            for field in _readable(sight, target)
            if field.name in _NAMES
        ]
    return columns


def names_of(variant: Variant, caller: Caller, resource: Resource) -> list[Field]:
    """What people know a row of a resource by, as far as the caller may read it."""
    sight = Sight(variant, caller.access, lambda name: f":{name}")
    return [field for field in _readable(sight, resource) if field.name in _NAMES] if sight.some(resource) else []


def query_of(resource: Resource, columns: list[Column]) -> str:
    """The query that reads a page of these columns."""
    selections: dict[str, list[str]] = {}
    for column in columns:
        selections.setdefault(column.path[0], []).extend(column.path[1:])
    fields = " ".join(key + (f" {{ {' '.join(inner)} }}" if inner else "") for key, inner in selections.items())
    return (
        f"query List($first: Int!, $after: String, $filter: {resource.name}Filter) {{"
        f" {resource.plural}(first: $first, after: $after, filter: $filter) {{"
        f" pageInfo {{ hasNextPage endCursor }} nodes {{ {fields} }} }} }}"
    )


def _readable(sight: Sight, resource: Resource) -> Iterator[Field]:
    return (field for field in resource.fields.values() if sight.readable(resource, field.name))


def _shown(field: Field) -> bool:
    return field.type != "JSON" and not field.file and not field.search and field.name not in _FOR_PROGRAMS


def _referred(variant: Variant, resource: Resource) -> Iterator[tuple[Relation, Resource]]:
    """The relations to one row that columns tell of, each with what it leads to."""
    for relation in resource.relations.values():
        target = variant.by_table.get(relation.target)
        if not relation.many and target is not None and relation.there == "id":
            yield relation, target
