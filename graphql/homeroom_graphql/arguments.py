"""The arguments of a field: what is known when a plan is made, and where the rest comes from when it runs.

Literals are coerced by the declared type of their place, with the coercers that variables have: ``id: 1`` and a
variable that is 1 mean the same (GraphQL, October 2021, section 3.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from homeroom.refusals import REQUIRED
from homeroom_graphql.inputs import BadInput
from homeroom_graphql.refusals import NUMBER_TOO_LARGE
from homeroom_graphql.variables import ABSENT, EnumName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLSchema

    from homeroom_graphql.variables import Coercers

__all__ = ["Arguments", "Given", "default_value"]


@dataclass(frozen=True, slots=True)
class Given:
    """One value of an argument.

    Args:
        now: Its value as the plan is made; only its shape may decide anything.
        variable: The variable that it comes from, or none for a literal.
        path: Where in the variable it lies.
    """

    now: Any
    variable: str | None = None
    path: tuple[str | int, ...] = ()

    def get(self, variables: Mapping[str, Any]) -> Any:
        """The value as the plan runs."""
        if self.variable is None:
            return self.now
        value: Any = variables[self.variable]
        for step in self.path:
            value = value[step]
        return value

    def items(self) -> list[tuple[str, Given]]:
        """The fields of an object. A literal object holds :class:`Given` values already."""
        return [(name, self._child(name, each)) for name, each in self.now.items()]

    def elements(self) -> list[Given]:
        """The elements of a list; a single value stands for a list of one."""
        if not isinstance(self.now, list):
            return [self]
        return [self._child(index, each) for index, each in enumerate(self.now)]

    def _child(self, step: str | int, value: Any) -> Given:
        if self.variable is None:
            return value if isinstance(value, Given) else Given(value)
        return Given(value, self.variable, (*self.path, step))


class Arguments:
    """Reads the arguments of a schema's fields.

    Args:
        schema: The schema.
        coercers: Of its input types.
    """

    def __init__(self, schema: GraphQLSchema, coercers: Coercers) -> None:
        self._schema = schema
        self._coercers = coercers

    def of(self, type_name: str, node: FieldNode, variables: Mapping[str, Any]) -> dict[str, Given]:
        """The arguments of a field that are given: null is given, an absent variable is not.

        Args:
            type_name: The object type that has the field.
            node: The field, as the document has it.
            variables: Coerced variables.

        Raises:
            BadInput: A value does not fit its type.
        """
        made = {}
        for argument in node.arguments or ():
            name = argument.name.value
            try:
                value = self._given(self._type(type_name, node, name), argument.value, variables)
            except BadInput as error:
                raise error.at(name) from None
            if value is not None:
                made[name] = value
        return made

    def input(self, type_name: str, node: FieldNode, variables: Mapping[str, Any]) -> tuple[Any, bool]:
        """The argument ``input`` of a field, for a coercer that takes JSON.

        Args:
            type_name: The object type that has the field.
            node: The field, as the document has it.
            variables: Coerced variables.

        Returns:
            The value with variables in place, and whether it is one variable, which was coerced as a whole.

        Raises:
            BadInput: It is null.
        """
        written = (node.arguments or ())[0].value
        value = _literal(self._type(type_name, node, "input"), written, variables)
        if value is None or value is ABSENT:  # a variable that may be null where the input may not
            raise BadInput(REQUIRED).at("input")
        return value, isinstance(written, VariableNode)

    def json(self, type_name: str, node: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a field that are given, for a coercer that takes JSON.

        Args:
            type_name: The object type that has the field.
            node: The field, as the document has it.
            variables: Coerced variables.

        Raises:
            BadInput: A number is too large.
        """
        made = {}
        for argument in node.arguments or ():
            name = argument.name.value
            value = _literal(self._type(type_name, node, name), argument.value, variables)
            if value is not ABSENT:
                made[name] = value
        return made

    def _type(self, type_name: str, node: FieldNode, argument: str) -> Any:
        kind: Any = self._schema.type_map[type_name]
        return kind.fields[node.name.value].args[argument].type

    def _given(self, kind: Any, node: ValueNode, variables: Mapping[str, Any]) -> Given | None:
        if isinstance(node, VariableNode):
            value = variables.get(node.name.value, ABSENT)
            if value is ABSENT:
                return None
            if value is None and isinstance(kind, GraphQLNonNull):
                raise BadInput(REQUIRED)
            return Given(value, node.name.value)
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        if isinstance(node, NullValueNode):
            return Given(None)
        if isinstance(kind, GraphQLList):
            nodes = node.values if isinstance(node, ListValueNode) else [node]
            elements = []
            for index, each in enumerate(nodes):
                try:
                    elements.append(self._given(kind.of_type, each, variables) or Given(None))
                except BadInput as error:
                    raise error.at(index) from None
            return Given(elements)
        if isinstance(kind, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
            return Given(self._fields(kind, node, variables))
        return Given(self._coercers.of(kind)(_literal(kind, node, variables)))

    def _fields(
        self, kind: GraphQLInputObjectType, node: ObjectValueNode, variables: Mapping[str, Any]
    ) -> dict[str, Given]:
        made = {}
        for field in node.fields:
            name = field.name.value
            try:
                value = self._given(kind.fields[name].type, field.value, variables)
            except BadInput as error:
                raise error.at(name) from None
            if value is not None:
                made[name] = value
        return made


def default_value(kind: Any, node: ValueNode) -> Any:
    """The default of a variable, for the coercer of its type."""
    return _literal(kind, node, {})


def _literal(kind: Any, node: ValueNode, variables: Mapping[str, Any]) -> Any:
    """A value as JSON would have it, its variables in place; within the scalar ``JSON`` there are no types."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value, ABSENT)
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(node, ObjectValueNode):
        fields = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
        made = {
            each.name.value: _literal(fields[each.name.value].type if fields else None, each.value, variables)
            for each in node.fields
        }
        return {name: value for name, value in made.items() if value is not ABSENT}
    inner = kind.of_type if isinstance(kind, GraphQLList) else kind
    if isinstance(node, ListValueNode):
        values = [_literal(inner if kind is not inner else None, each, variables) for each in node.values]
        return [None if value is ABSENT else value for value in values]
    if kind is not inner:  # a single value stands for a list of one, which the coercer makes
        return _literal(inner, node, variables)
    return _scalar(kind, node)


def _scalar(kind: Any, node: ValueNode) -> Any:
    if isinstance(node, NullValueNode):
        return None
    if isinstance(node, EnumValueNode):
        return EnumName(node.value)
    if isinstance(node, (IntValueNode, FloatValueNode)):
        if getattr(kind, "name", "") == "Decimal":
            return node.value  # a float would round it
        if isinstance(node, IntValueNode):
            return int(node.value)
        number = float(node.value)
        if not math.isfinite(number):
            raise BadInput(NUMBER_TOO_LARGE)
        return number
    assert isinstance(node, (StringValueNode, BooleanValueNode))
    return node.value
