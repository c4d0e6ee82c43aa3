"""The statements that a document becomes, without running it: for checks of documents that plugins bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    type_from_ast,
)

from homeroom.variants import full_access
from homeroom_graphql.compiler import Compiler
from homeroom_graphql.samples import SCALARS
from homeroom_graphql.schema import payload_field
from homeroom_graphql.selections import collect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLInputType

    from homeroom_graphql.operations import Operation, Operations

__all__ = ["statements_in"]


def statements_in(operations: Operations, document: str) -> Iterator[str]:
    """The SQL of a document's one operation, for a reader who may see everything: of a query, of the rows that a
    mutation answers with, of those that a subscription shows. What computed queries and commands run is not among it.

    Args:
        operations: The schema.
        document: Valid in it.

    Raises:
        RequestError: It cannot be asked.
        BadInput, TooComplex: It cannot be planned.
    """
    operation = operations.get(document, None)
    variables = {
        each.variable.name.value: _given(type_from_ast(operations.schema, each.type))  # type: ignore[arg-type]
        for each in operation.definition.variable_definitions or ()
    }
    if operation.kind == "query":  # else no plan depends on them, and commands want ids of their own nouns
        variables, _ = operation.coerce(variables)
    root = operation.root(variables)
    if operation.kind == "query":
        rest = {key: nodes for key, nodes in root.items() if nodes[0].name.value not in operations.apart}
        if rest:
            yield _compiler(operations, operation, variables).query(rest).sql
        return
    for key, nodes in root.items():
        name = nodes[0].name.value
        if operation.kind == "subscription":
            resource = operations.variant.resources[operations.variant.subscriptions[name].resource]
            yield _compiler(operations, operation, variables).payload(resource, nodes, key, many=False).sql
            continue
        command, _ = operations.commands[name]
        if command.returns not in operations.variant.resources:
            continue
        resource = operations.variant.resources[str(command.returns)]
        sets = [each.selection_set for each in nodes if each.selection_set]
        payload = f"{name[0].upper()}{name[1:]}Payload"
        for inner, fields in collect(sets, payload, frozenset(), operation.fragments, variables).items():
            if fields[0].name.value == payload_field(command, operations.variant):
                compiler = _compiler(operations, operation, variables)
                yield compiler.payload(resource, fields, inner, many=command.many).sql


def _compiler(operations: Operations, operation: Operation, variables: dict[str, Any]) -> Compiler:
    access = full_access(operations.variant)
    return Compiler(operations, access, frozenset(), operation.fragments, variables)


def _given(type: GraphQLInputType) -> Any:
    """A value of a type: of an input, with those fields alone that must be given."""
    if isinstance(type, GraphQLNonNull):
        return _given(type.of_type)
    if isinstance(type, GraphQLList):
        return [_given(type.of_type)]
    if isinstance(type, GraphQLEnumType):
        return next(iter(type.values))
    if isinstance(type, GraphQLInputObjectType):
        fields = {name: each.type for name, each in type.fields.items()}
        return {name: _given(each) for name, each in fields.items() if isinstance(each, GraphQLNonNull)}
    return SCALARS.get(get_named_type(type).name, "Sample")
