"""Coercing the variables of an operation by their declared types, and the shape that a plan depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
)

from homeroom.refusals import ONE_OF, REQUIRED
from homeroom_graphql.inputs import BadInput, Coercer, scalar_coercer
from homeroom_graphql.refusals import NO_SUCH_FIELD, OBJECT_EXPECTED

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ABSENT", "Coercers", "EnumName", "shape"]

#: A variable or input field that was not given, as opposed to null.
ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__bool__": lambda self: False})()


class EnumName(str):
    """The name of an enum value: part of a query's shape, unlike other strings."""

    __slots__ = ()


class Coercers:
    """The coercers of a schema's input types, each made once. Input types may contain themselves.

    Args:
        commands: Input type name to the coercer of its command; those give Python arguments at once.
    """

    def __init__(self, commands: Mapping[str, Coercer]) -> None:
        self._commands = commands
        self._objects: dict[str, Coercer] = {}
        self._enums: dict[str, Coercer] = {}

    def of(self, kind: GraphQLInputType) -> Coercer:
        """The coercer of an input type."""
        if isinstance(kind, GraphQLNonNull):
            return self._required(self.of(kind.of_type))
        inner = self._nullable(kind)
        return lambda value: None if value is None else inner(value)

    def _required(self, inner: Coercer) -> Coercer:
        def coerce(value: Any) -> Any:
            if value is None:
                raise BadInput(REQUIRED)
            return inner(value)

        return coerce

    def _nullable(self, kind: GraphQLInputType) -> Coercer:
        if isinstance(kind, GraphQLList):
            return self._list(self.of(kind.of_type))
        if isinstance(kind, GraphQLScalarType):
            coercer = scalar_coercer(kind.name)
            if coercer is None:
                raise TypeError(f"no coercer for the scalar {kind.name}")
            return coercer
        if isinstance(kind, GraphQLEnumType):
            return self._enum(kind)
        assert isinstance(kind, GraphQLInputObjectType)
        if kind.name in self._commands:
            return self._commands[kind.name]
        return self._object(kind)

    def _enum(self, kind: GraphQLEnumType) -> Coercer:
        known = self._enums.get(kind.name)
        if known is not None:
            return known
        names = {name: EnumName(name) for name in kind.values}

        def coerce(value: Any) -> EnumName:
            if isinstance(value, str) and value in names:
                return names[value]
            raise BadInput(ONE_OF, options=list(names))

        self._enums[kind.name] = coerce
        return coerce

    def _list(self, inner: Coercer) -> Coercer:
        def coerce(value: Any) -> list[Any]:
            if type(value) is not list:
                return [inner(value)]
            made = []
            for index, each in enumerate(value):
                try:
                    made.append(inner(each))
                except BadInput as error:
                    raise error.at(index) from None
            return made

        return coerce

    def _object(self, kind: GraphQLInputObjectType) -> Coercer:
        if kind.name in self._objects:
            return self._objects[kind.name]
        known: dict[str, tuple[Coercer, bool]] = {}

        def fields() -> dict[str, tuple[Coercer, bool]]:
            # When a value comes, and not before: a filter leads to those of most other resources.
            if not known:
                for name, field in kind.fields.items():
                    required = isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined
                    known[name] = (self.of(field.type), required)
            return known

        def coerce(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise BadInput(OBJECT_EXPECTED)
            made = {}
            declared = fields()
            for name, given in value.items():
                if name not in declared:
                    raise BadInput(NO_SUCH_FIELD).at(name)
                try:
                    made[name] = declared[name][0](given)
                except BadInput as error:
                    raise error.at(name) from None
            for name, (_, required) in declared.items():
                if required and name not in made:
                    raise BadInput(REQUIRED).at(name)
            return made

        self._objects[kind.name] = coerce
        return coerce


def shape(value: Any) -> Any:
    """What of a variable's value decides the SQL: which names are given, what is null, enums and booleans."""
    if value is None or value is ABSENT or isinstance(value, (bool, EnumName)):
        return value
    if isinstance(value, dict):
        return tuple((name, shape(each)) for name, each in value.items())
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return tuple(shape(each) for each in value)
    return "value"
