"""The frame of a statement: what its parts share while they are compiled, whatever they write.

Filters, orders, connections and aggregates take a frame; :mod:`homeroom_graphql.compiler` walks the selection in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from homeroom.database.sql import fill
from homeroom.resources import EVERYTHING, Field, Leaf, Relation, Resource, camel_case
from homeroom_graphql.budget import Budget
from homeroom_graphql.json_text import encode
from homeroom_graphql.placeholders import Placeholders
from homeroom_graphql.schema import OTHER_PERSON
from homeroom_graphql.selections import collect
from homeroom_graphql.sight import Asked, Denials, Denied, Kept, Sight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import FieldNode, FragmentDefinitionNode

    from homeroom.permissions import Access
    from homeroom_graphql.operations import Operations

Part = TypeVar("Part")

__all__ = ["Frame"]


class Frame:
    """Aliases, placeholders, permissions, the budget and names; a new one for each plan.

    Args:
        operations: The schema that is asked, and its limits.
        access: What the caller may do.
        logged: The fields whose reads the space has chosen to have logged.
        fragments: The document's fragments.
        variables: Coerced variables; their shape is part of the plan's key.
        taken: How many placeholders another part of the statement has taken.
    """

    def __init__(
        self,
        operations: Operations,
        access: Access,
        logged: frozenset[str],
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        taken: int = 0,
    ) -> None:
        self.variant = variant = operations.variant
        self.arguments = operations.arguments
        self.access = access
        self.fragments = fragments
        self.variables = variables
        self.budget = Budget(operations.limits)
        self.placeholders = Placeholders(taken)
        self.sight = Sight(variant, access, self.placeholders.named)
        self.denials = Denials()
        self.kept = Kept(variant, access, self.placeholders.named, logged)
        self.asked = Asked(self.kept)
        self._aliases = 0
        self._prefixes: str | None = None

    def alias(self) -> str:
        """A fresh alias: ``t1``, ``t2``, ..."""
        self._aliases += 1
        return f"t{self._aliases}"

    def selection(
        self, nodes: Sequence[FieldNode], type_name: str, interfaces: frozenset[str] = frozenset()
    ) -> dict[str, list[FieldNode]]:
        """What is selected of an object, by response key.

        Args:
            nodes: The merged nodes of the field that has the object.
            type_name: The object's type.
            interfaces: The interfaces that it implements.
        """
        sets = [node.selection_set for node in nodes if node.selection_set]
        return collect(sets, type_name, interfaces, self.fragments, self.variables)

    # Rows and permissions --------------------------------------------------------------------------------

    def some(self, resource: Resource) -> bool:
        """Whether the caller may see any row; if not, an error at this place says so."""
        seen = self.sight.some(resource)
        if not seen:
            self.denials.tell(resource)
        return seen

    def fill(self, predicate: str, row: str) -> str:
        """A predicate's text over ``row``."""
        return fill(predicate, row, self.placeholders.named)

    def where(self, resource: Resource, row: str, conditions: Sequence[str], *, seen: bool) -> str:
        """The conditions over a row and, unless something else has settled it, that the caller may see it."""
        filled = [self.fill(each.replace("{other}", row), row) for each in conditions]
        visible = EVERYTHING if seen else self.sight.visible(resource, row)
        return " AND ".join([*filled, *([visible] if visible != EVERYTHING else [])]) or EVERYTHING

    def at(self, key: str, build: Callable[..., str], *arguments: Any) -> str:
        """Build one field at its place; a denial inside its arguments makes it null."""
        with self.denials.at(key):
            try:
                return build(*arguments)
            except Denied as denied:
                self.denials.add(str(denied))
                return "'null'"

    # Names and values ------------------------------------------------------------------------------------

    def field_named(self, resource: Resource, name: str) -> Field | None:
        """A field by its GraphQL name."""
        return _by_graphql_name(resource.fields, name)

    def leaf_named(self, resource: Resource, name: str) -> Leaf | None:
        """A leaf by its GraphQL name."""
        return _by_graphql_name(resource.leaves, name)

    def relation_named(self, resource: Resource, name: str) -> Relation:
        """A relation by its GraphQL name. Raises KeyError."""
        relation = _by_graphql_name(resource.relations, name)
        if relation is None:
            raise KeyError(f"{resource.name}.{name}")
        return relation

    def value_of(self, field: Field, row: str) -> str:
        """SQL of a field's value, as the schema shows it and filters compare it."""
        sql = self.fill(field.sql, row)
        if field.type != "PersonKind":
            return sql
        persons = list(self.variant.persons)
        known = self.placeholders.value(lambda _run: persons, "text[]")
        return f"CASE WHEN {sql} = ANY({known}) THEN {sql} WHEN {sql} IS NOT NULL THEN '{OTHER_PERSON}' END"

    def prefix(self, kind: str) -> str:
        """SQL that writes what an id begins with, for SQL that names a resource or a table; nothing for others."""
        if self._prefixes is None:
            names = {table: each.name for table, each in self.variant.by_table.items()}
            known = encode(names | {name: name for name in self.variant.resources}).decode()
            self._prefixes = self.placeholders.value(lambda _run: known, "jsonb")
        return f"coalesce(({self._prefixes} ->> ({kind})) || '_', '')"


def _by_graphql_name(parts: Mapping[str, Part], name: str) -> Part | None:
    for own_name, part in parts.items():
        if camel_case(own_name) == name:
            return part
    return None
