"""Answers that are made up, for checks of what shows answers: papers, pages, parts of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_named_type,
    parse,
    validate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, GraphQLError, GraphQLOutputType, GraphQLSchema, SelectionSetNode

__all__ = ["SCALARS", "SampleAnswer", "document_faults", "operation_in"]

#: Scalar to a value of it, as answers and variables have it.
SCALARS: Final = {
    "ID": "Row_0190a0b0-0000-7000-8000-000000000001",
    "String": "Sample",
    "Int": 1,
    "Float": 1.5,
    "BigInt": 1,
    "Decimal": "7.5",
    "Boolean": True,
    "Date": "2025-10-15",
    "DateTime": "2025-10-15T08:30:00+00:00",
    "JSON": {},
}


def document_faults(schema: GraphQLSchema, text: str) -> list[GraphQLError]:
    """Why a document cannot be asked, each with its place; empty if it can.

    Args:
        schema: That it must be valid in.
        text: The document.
    """
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        return [error]
    return list(validate(schema, document))


def operation_in(text: str) -> OperationDefinitionNode | None:
    """The one operation of a valid document; none if it has none or several."""
    found = [each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode)]
    return found[0] if len(found) == 1 else None


class SampleAnswer:
    """An answer to the one query of a document.

    Args:
        schema: That it is valid in.
        document: With its fragments.
        empty: Whether there is as little in it as there may be: no elements in lists, and null where null may be. The
            first field is no null all the same, because a page of nothing is not shown. Else there is a value in every
            field, and one element in every list.
        without: The path of a field that is null all the same, such as ``students.nodes.currentEnrolment``; empty for
            none.

    Attributes:
        nullable: The paths of the fields that may be null, once the answer is made. The first field is not among them.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, *, empty: bool = False, without: str = ""
    ) -> None:
        self._schema = schema
        self._empty = empty
        self._without = without
        self.nullable: dict[str, None] = {}
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        (self._operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))

    def answer(self) -> dict[str, Any]:
        """The answer."""
        assert self._schema.query_type is not None
        return self._object(self._schema.query_type, self._operation.selection_set, "", first=True)

    def _object(
        self, type: GraphQLObjectType, selected: SelectionSetNode, path: str, *, first: bool = False
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for each in selected.selections:
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                value = self._field(type, each, f"{path}.{key}" if path else key, present=first and not made)
                made[key] = made[key] | value if isinstance(made.get(key), dict) and value else value
            elif isinstance(each, InlineFragmentNode):
                made |= self._object(type, each.selection_set, path, first=first and not made)
            elif isinstance(each, FragmentSpreadNode):
                fragment = self._fragments[each.name.value]
                made |= self._object(type, fragment.selection_set, path, first=first and not made)
        return made

    def _field(self, type: GraphQLObjectType, node: FieldNode, path: str, *, present: bool) -> Any:
        if node.name.value == "__typename":
            return type.name
        kind = type.fields[node.name.value].type
        if present:
            return self._present(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, node.selection_set, path)
        if not isinstance(kind, GraphQLNonNull):
            self.nullable[path] = None
            if path == self._without:
                return None
        return self._value(kind, node.selection_set, path)

    def _value(self, type: GraphQLOutputType, selected: SelectionSetNode | None, path: str) -> Any:
        if isinstance(type, GraphQLNonNull):
            return self._present(type.of_type, selected, path)
        return None if self._empty else self._present(type, selected, path)

    def _present(self, type: GraphQLOutputType, selected: SelectionSetNode | None, path: str) -> Any:
        if isinstance(type, GraphQLList):
            return [] if self._empty else [self._value(type.of_type, selected, path)]
        if isinstance(type, GraphQLEnumType):
            return next(iter(type.values))
        if isinstance(type, GraphQLObjectType) and selected is not None:
            return self._object(type, selected, path)
        if selected is not None:  # an interface: one of its types
            (first, *_) = self._schema.get_possible_types(get_named_type(type))  # type: ignore[arg-type]
            return self._object(first, selected, path)
        found = SCALARS.get(get_named_type(type).name, "Sample")
        return 0 if self._empty and found == 1 and found is not True else found
