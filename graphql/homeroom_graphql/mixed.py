"""Rows of several types in one list: ``nodes`` and the persons of the viewer.

Every type is compiled as if it were alone, and PostgreSQL puts the objects in their order. Where Python has something
left to do in the objects of one type, they carry the type's name in a hidden member, which :class:`Plan` takes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom_graphql.inputs import NO_ID, decode_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.resources import Resource
    from homeroom_graphql.arguments import Given
    from homeroom_graphql.compiler import Compiler
    from homeroom_graphql.plans import Run

__all__ = ["nodes_by_id", "person", "persons"]


@dataclass(frozen=True, eq=False)
class _Length:
    """The length of a list that a variable gives, as the budget asks for it."""

    given: Given

    @property
    def variable(self) -> str | None:
        """The variable, if the whole list is one."""
        return self.given.variable

    def get(self, variables: Mapping[str, Any]) -> int:
        """The length in an execution."""
        return len(_listed(self.given.get(variables)))


def nodes_by_id(compiler: Compiler, nodes: Sequence[FieldNode], given: Given) -> str:
    """SQL that writes the rows of a list of ids, in its order, null for what is not there.

    Args:
        compiler: The compiler of the operation.
        nodes: The merged field nodes.
        given: The ids. The types in them are part of the plan's key, their number is not.
    """
    budget = compiler.budget
    values = [each.now for each in given.elements()]
    budget.list_size(len(values))
    found = dict.fromkeys(_type_of(each) for each in values)
    resources = [compiler.variant.resources[name] for name in found if name in compiler.variant.resources]

    def ids(run: Run) -> list[str]:
        asked = (
            [str(each.get(run.variables)) for each in given.elements()]
            if given.variable is None
            else [str(each) for each in _listed(given.get(run.variables))]
        )
        budget.list_size(len(asked))
        return asked

    uuids = compiler.placeholders.value(
        lambda run: [decode_id(each, _type_of(each)) or NO_ID for each in ids(run)], "uuid[]"
    )
    kinds = compiler.placeholders.value(lambda run: [_type_of(each) for each in ids(run)], "text[]")
    with budget.page_of(len(values), _Length(given)):
        cases = [
            f"WHEN '{resource.name}' THEN (SELECT {inner} FROM {resource.table} {row}"
            f" WHERE {row}.id = given.id AND {compiler.sight.visible(resource, row)})"
            for resource in resources
            if compiler.some(resource)
            for row, inner in [_one(compiler, resource, nodes)]
        ]
    shown = f"CASE given.kind {' '.join(cases)} END" if cases else "NULL"
    return (
        f"(SELECT '[' || coalesce(string_agg(coalesce({shown}, 'null'), ',' ORDER BY given.n), '') || ']'"
        f" FROM unnest({uuids}, {kinds}) WITH ORDINALITY AS given (id, kind, n))"
    )


def persons(compiler: Compiler, nodes: Sequence[FieldNode]) -> str:
    """SQL that writes the rows that the caller is in this space, as far as the caller may see them."""
    who = compiler.placeholders.named("persons")
    parts = [
        f"SELECT {inner} AS shown, {row}.id AS id FROM {resource.table} {row}"
        f" WHERE {row}.id = ANY({who}) AND {compiler.sight.visible(resource, row)}"
        for resource in map(compiler.variant.resources.__getitem__, compiler.variant.persons)
        if compiler.sight.some(resource)
        for row, inner in [_one(compiler, resource, nodes)]
    ]
    if not parts:
        return "'[]'"
    union = " UNION ALL ".join(parts)
    return f"(SELECT '[' || coalesce(string_agg(shown, ',' ORDER BY id), '') || ']' FROM ({union}) persons)"


def person(compiler: Compiler, resource: Resource, nodes: Sequence[FieldNode]) -> str:
    """SQL that writes the row of one kind that the caller is in this space, or null."""
    if not compiler.sight.some(resource):
        return "'null'"
    row = compiler.alias()
    inner = compiler.object(resource, row, nodes)
    return (
        f"coalesce((SELECT {inner} FROM {resource.table} {row} WHERE {row}.id = ANY("
        f"{compiler.placeholders.named('persons')}) AND {compiler.sight.visible(resource, row)}"
        f" ORDER BY {row}.id LIMIT 1), 'null')"
    )


def _one(compiler: Compiler, resource: Resource, nodes: Sequence[FieldNode]) -> tuple[str, str]:
    row = compiler.alias()
    before = compiler.unfinished
    inner = compiler.object(resource, row, nodes, f"*{resource.name}")
    if compiler.unfinished > before:
        inner = f"""overlay({inner} placing '{{"!":"{resource.name}",' from 1 for 1)"""
        compiler.tagged()
    return row, inner


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _type_of(value: Any) -> str:
    return str(value).rpartition("_")[0]
