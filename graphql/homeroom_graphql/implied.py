"""What need not be asked of the database, because something that was asked already says it.

A row that a relation leads to is visible by its own scopes. Where those are defined through the very reference that
the relation follows, a row that was found visible has settled it: the lines of a book that may be read may be read.
And a row of which only the id is wanted need not be looked up where the reference to it is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from homeroom.database.sql import DENIED
from homeroom.resources import EVERYTHING, AllOf, AnyOf, Predicate, Through

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.permissions import Access
    from homeroom.resources import Relation, Resource

__all__ = ["by_reference", "seen_with"]

_OF_ROW = re.compile(r"\{row\}(?:\.(\w+))?")


def seen_with(access: Access, resource: Resource, relation: Relation, target: Resource) -> bool:
    """Whether every row that a relation leads to is visible because the row that it starts from is.

    Args:
        access: What the caller may do.
        resource: Where the relation starts.
        relation: The relation.
        target: Where it leads.

    Returns:
        True only if each scope by which the first row can be visible carries over to the other row: where the relation
        says so, where one of the two is defined through the reference between them, or where both say the same of the
        id and of the reference.
    """
    own, other = access.resources.get(resource.name), access.resources.get(target.name)
    if own is None or other is None or other.deny:
        return False
    second = [target.scopes.get(name, DENIED) for name in other.allow]
    return all(
        relation.carries.get(name) in other.allow or _covered(first, second, resource, relation, target)
        for name in own.allow
        if (first := resource.scopes.get(name, DENIED)) != DENIED
    )


def _covered(
    first: Predicate, second: Sequence[Predicate], resource: Resource, relation: Relation, target: Resource
) -> bool:
    if isinstance(first, AnyOf):
        return all(_covered(each, second, resource, relation, target) for each in first.predicates)
    if isinstance(first, AllOf) and any(
        _covered(each, second, resource, relation, target) for each in first.predicates
    ):
        return True
    return any(_covers(first, each, resource, relation, target) for each in second)


def _covers(first: Predicate, second: Predicate, resource: Resource, relation: Relation, target: Resource) -> bool:
    if second == EVERYTHING:
        return True
    if isinstance(second, AnyOf):
        return any(_covers(first, each, resource, relation, target) for each in second.predicates)
    if isinstance(second, AllOf) and all(
        _covers(first, each, resource, relation, target) for each in second.predicates
    ):
        return True
    if isinstance(second, Through) and (relation.here, relation.there, resource.table) == (
        "id", second.column, second.target,
    ):  # fmt: skip
        return first != EVERYTHING and first == resource.scopes.get(second.scope)
    if isinstance(first, Through) and (relation.here, relation.there, target.table) == (
        first.column, "id", first.target,
    ):  # fmt: skip
        return second == target.scopes.get(first.scope)
    if isinstance(first, str) and isinstance(second, str):
        return _over(first, relation.here) == _over(second, relation.there) is not None
    return False


def _over(predicate: str, column: str) -> str | None:
    """A predicate that speaks of one column alone, without that column's name; none if it speaks of others too."""
    if {column} != set(_OF_ROW.findall(predicate)):
        return None
    return predicate.replace(f"{{row}}.{column}", "{column}")


def by_reference(sql: str, alias: str, reference: str) -> str | None:
    """SQL over a row of which nothing but the id is used, over the reference to that row instead.

    Args:
        sql: The text.
        alias: The row's alias, used by nobody else.
        reference: A column that holds the row's id.

    Returns:
        The text, or none if it uses more of the row.
    """
    if {"id"} < {*re.findall(rf"\b{alias}\b(?:\.(\w+))?", sql), "id"}:
        return None
    return re.sub(rf"\b{alias}\.id\b", reference, sql)
