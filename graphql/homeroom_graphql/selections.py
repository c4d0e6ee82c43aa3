"""Collecting fields as the GraphQL specification says (section 6.3.2), fragments and directives resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
)

from homeroom.refusals import REQUIRED
from homeroom_graphql.inputs import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["collect"]


def collect(
    selection_sets: Sequence[SelectionSetNode],
    type_name: str,
    interfaces: frozenset[str],
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> dict[str, list[FieldNode]]:
    """The fields of an object by response key, in order.

    Args:
        selection_sets: The selection sets of all nodes that are merged here.
        type_name: The object type.
        interfaces: The interfaces that it implements.
        fragments: The document's fragments.
        variables: Coerced variables; those of ``@skip`` and ``@include`` are read.

    Raises:
        BadInput: One of these is null.
    """
    made: dict[str, list[FieldNode]] = {}
    visited: set[str] = set()
    fits = {type_name, *interfaces}

    def walk(selections: SelectionSetNode) -> None:
        for node in selections.selections:
            if not _included(node, variables):
                continue
            if isinstance(node, FieldNode):
                made.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or node.type_condition.name.value in fits:
                    walk(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = fragments[node.name.value]
                if fragment.type_condition.name.value in fits:
                    walk(fragment.selection_set)

    for selections in selection_sets:
        walk(selections)
    return made


def _included(node: Any, variables: Mapping[str, Any]) -> bool:
    for directive in node.directives or ():
        name = directive.name.value
        if name in ("skip", "include"):
            value = directive.arguments[0].value
            given = variables[value.name.value] if isinstance(value, VariableNode) else value.value
            if given is None:  # the one value that a variable's type lets through and the directive's does not
                raise BadInput(REQUIRED).at(f"@{name}")
            if given is (name == "skip"):
                return False
    return True
