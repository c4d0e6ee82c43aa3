"""The arguments of a field: what is known when a plan is made, and where the rest comes from when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from homeroom_graphql.variables import ABSENT, EnumName

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Given", "field_arguments", "literal"]


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


def field_arguments(node: FieldNode, variables: Mapping[str, Any]) -> dict[str, Given]:
    """The arguments of a field that are given (null is given, an absent variable is not)."""
    made = {}
    for argument in node.arguments or ():
        value = _given(argument.value, variables)
        if value is not None:
            made[argument.name.value] = value
    return made


def _given(node: ValueNode, variables: Mapping[str, Any]) -> Given | None:
    if isinstance(node, VariableNode):
        value = variables.get(node.name.value, ABSENT)
        return None if value is ABSENT else Given(value, node.name.value)
    if isinstance(node, ObjectValueNode):
        fields = {field.name.value: _given(field.value, variables) for field in node.fields}
        return Given({name: value for name, value in fields.items() if value is not None})
    if isinstance(node, ListValueNode):
        elements = [_given(each, variables) or Given(None) for each in node.values]
        return Given(elements)
    return Given(_scalar(node))


def _scalar(node: ValueNode) -> Any:
    if isinstance(node, NullValueNode):
        return None
    if isinstance(node, IntValueNode):
        return int(node.value)
    if isinstance(node, FloatValueNode):
        return float(node.value)
    if isinstance(node, EnumValueNode):
        return EnumName(node.value)
    assert isinstance(node, (StringValueNode, BooleanValueNode))
    return node.value


def literal(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    """A value as JSON, its variables in place: for inputs of commands, whose coercers take JSON."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value, ABSENT)
    if isinstance(node, ObjectValueNode):
        made = {field.name.value: literal(field.value, variables) for field in node.fields}
        return {name: value for name, value in made.items() if value is not ABSENT}
    if isinstance(node, ListValueNode):
        values = [literal(each, variables) for each in node.values]
        return [None if value is ABSENT else value for value in values]
    return _scalar(node)
