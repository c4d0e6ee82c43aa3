"""Making Strawberry types from data, in GraphQL's own notation for types.

Strawberry is the type system: it names, checks, prints and introspects. What it does not do here is resolve; see
:mod:`homeroom_graphql.compiler`.
"""

from __future__ import annotations

import enum
import keyword
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType, Optional

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.scalars import JSON
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from homeroom.errors import ConfigurationError

__all__ = ["BigInt", "FieldSpec", "Types"]

BigInt = NewType("BigInt", int)

BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number beyond 32 bits, as a string.",
    serialize=str,
    parse_value=int,
)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field or an input field.

    Args:
        name: In GraphQL.
        type: In GraphQL notation, ``[Student!]!``.
        description: For the schema.
        arguments: For fields: its arguments.
        default: For input fields and arguments: the default, or ``strawberry.UNSET``.
    """

    name: str
    type: str
    description: str = ""
    arguments: Sequence[FieldSpec] = ()
    default: Any = strawberry.UNSET


@dataclass(slots=True)
class Types:
    """The types of one schema, made by name. A name made twice is refused."""

    made: dict[str, Any] = field(default_factory=dict)
    _namespace: dict[str, Any] = field(
        default_factory=lambda: {
            "Optional": Optional,
            "List": list,
            "ID": strawberry.ID,
            "String": str,
            "Int": int,
            "Float": float,
            "Boolean": bool,
            "Decimal": Decimal,
            "Date": date,
            "DateTime": datetime,
            "JSON": JSON,
            "BigInt": BigInt,
        }
    )

    def object(
        self, name: str, fields: Sequence[FieldSpec], description: str = "", interfaces: Sequence[str] = ()
    ) -> type:
        """An object type; ``interfaces`` must be made before."""
        bases = tuple(self.made[each] for each in interfaces)
        made = strawberry.type(self._class(name, fields, bases), description=description or None)
        return self._add(name, made, fields)

    def interface(self, name: str, fields: Sequence[FieldSpec], description: str = "") -> type:
        """An interface."""
        made = strawberry.interface(self._class(name, fields, ()), description=description or None)
        return self._add(name, made, fields)

    def input(self, name: str, fields: Sequence[FieldSpec], description: str = "") -> type:
        """An input type."""
        made = strawberry.input(self._class(name, fields, ()), description=description or None)
        return self._add(name, made, fields)

    def enum(self, name: str, values: Sequence[str], description: str = "") -> type:
        """An enum of upper case names."""
        make: Any = enum.Enum
        members = make(name, {value: value for value in values})
        made = strawberry.enum(members, name=name, description=description or None)
        return self._add(name, made)

    def __contains__(self, name: str) -> bool:
        return name in self.made

    def _add(self, name: str, made: Any, fields: Sequence[FieldSpec] = ()) -> type:
        if name in self.made:
            raise ConfigurationError(f"the GraphQL type {name} is given twice")
        notations = {spec.name: spec.type for spec in fields}
        for each in made.__strawberry_definition__.fields if fields else ():
            # dataclasses write the types known so far over the fields; types made later are named by text
            if each.graphql_name in notations:
                each.type_annotation = self._annotation(notations[each.graphql_name])
        self.made[name] = self._namespace[name] = made
        return made  # type: ignore[no-any-return]

    def _class(self, name: str, fields: Sequence[FieldSpec], bases: tuple[type, ...]) -> type:
        namespace: dict[str, Any] = {"__annotations__": {}}
        for spec in fields:
            attribute = _attribute(spec.name)
            namespace["__annotations__"][attribute] = self._annotation(spec.type)
            namespace[attribute] = self._field(spec)
        made = types.new_class(name, bases, {}, lambda body: body.update(namespace))
        made.__module__ = __name__
        return made

    def _field(self, spec: FieldSpec) -> StrawberryField:
        made = StrawberryField(
            python_name=_attribute(spec.name),
            graphql_name=spec.name,
            type_annotation=self._annotation(spec.type),
            description=spec.description or None,
            **({} if spec.default is strawberry.UNSET and spec.type.endswith("!") else {"default": spec.default}),
        )
        made.arguments = [
            StrawberryArgument(
                python_name=_attribute(argument.name),
                graphql_name=argument.name,
                type_annotation=self._annotation(argument.type),
                description=argument.description or None,
                default=argument.default,
            )
            for argument in spec.arguments
        ]
        return made

    def _annotation(self, notation: str) -> StrawberryAnnotation:
        return StrawberryAnnotation(_python(notation), namespace=self._namespace)


def _attribute(name: str) -> str:
    """A name that Python allows too: ``in`` as ``in_``."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _python(notation: str) -> str:
    """``[Student!]!`` as ``List[Student]``, ``Student`` as ``Optional[Student]``."""
    required = notation.endswith("!")
    inner = notation.removesuffix("!")
    made = f"List[{_python(inner[1:-1])}]" if inner.startswith("[") else inner
    return made if required else f"Optional[{made}]"
