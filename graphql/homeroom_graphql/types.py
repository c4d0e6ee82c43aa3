"""Making Strawberry types from data, in GraphQL's own notation for types.

Strawberry is the type system: it names, checks, prints and introspects. What it does not do here is resolve; see
:mod:`homeroom_graphql.compiler`.
"""

from __future__ import annotations

import enum
import keyword
import types
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType, Optional

import strawberry
from graphql import GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from homeroom.errors import ConfigurationError
from homeroom_graphql.declarations import FieldSpec, TypeSpec

__all__ = ["make_schema"]

BigInt = NewType("BigInt", int)

Upload = NewType("Upload", object)

UPLOAD = strawberry.scalar(
    name="Upload",
    description="A file, sent by the GraphQL multipart request specification.",
    specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
)
BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number beyond 32 bits, as a string.",
    serialize=str,
    parse_value=int,
)


def make_schema(specs: Sequence[TypeSpec], shown: Sequence[str]) -> GraphQLSchema:
    """Make a schema.

    Args:
        specs: Its types; one that is given again with the same meaning is one.
        shown: Names of types that are in the schema although no field may lead to them.

    Raises:
        ConfigurationError: A name is given to two types.
    """
    types = _Types()
    meanings: dict[str, Hashable] = {}
    for spec in specs:
        if spec.name not in types.made:
            types.make(spec)
            meanings[spec.name] = spec.meaning
        elif spec.meaning is None or spec.meaning != meanings[spec.name]:
            raise ConfigurationError(f"the GraphQL type {spec.name} is given twice")
    schema = strawberry.Schema(
        query=types.made["Query"],
        mutation=types.made.get("Mutation"),
        subscription=types.made.get("Subscription"),
        types=[types.made[name] for name in shown],
        config=StrawberryConfig(auto_camel_case=False, scalar_map={BigInt: BIG_INT, Upload: UPLOAD}),
    )
    return schema._schema


@dataclass(slots=True)
class _Types:
    """The types of one schema, made by name."""

    made: dict[str, Any] = field(default_factory=dict)
    _annotations: dict[str, StrawberryAnnotation] = field(default_factory=dict)
    #: What the annotations of fields are read with. No type of GraphQL begins as the first two do.
    _namespace: dict[str, Any] = field(
        default_factory=lambda: {
            "__Optional": Optional,
            "__List": list,
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
            "Upload": Upload,
        }
    )

    def make(self, spec: TypeSpec) -> None:
        """Make a type; its interfaces must be made before."""
        about = spec.description or None
        if spec.kind == "enum":
            make: Any = enum.Enum
            told = spec.told or ("",) * len(spec.values)
            values = zip(spec.values, told, strict=True)
            members = make(
                spec.name, {name: strawberry.enum_value(name, description=text or None) for name, text in values}
            )
            self.made[spec.name] = strawberry.enum(members, name=spec.name, description=about)
        else:
            bases = tuple(self.made[each] for each in spec.interfaces)
            decorate: Any = {"object": strawberry.type, "interface": strawberry.interface, "input": strawberry.input}
            made = decorate[spec.kind](self._class(spec.name, spec.fields, bases), description=about)
            notations = {each.name: each.type for each in spec.fields}
            for each in made.__strawberry_definition__.fields:
                # dataclasses write the types known so far over the fields; types made later are named by text
                if each.graphql_name in notations:
                    each.type_annotation = self._annotation(notations[each.graphql_name])
            self.made[spec.name] = made
        self._namespace[spec.name] = self.made[spec.name]

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
            deprecation_reason=spec.deprecated or None,
            **({} if spec.type.endswith("!") else {"default": strawberry.UNSET}),
        )
        made.arguments = [
            StrawberryArgument(
                python_name=_attribute(argument.name),
                graphql_name=argument.name,
                type_annotation=self._annotation(argument.type),
                description=argument.description or None,
                default=strawberry.UNSET,
            )
            for argument in spec.arguments
        ]
        return made

    def _annotation(self, notation: str) -> StrawberryAnnotation:
        # One for all fields of a type: it is read from its text once, which takes longer than all else.
        found = self._annotations.get(notation)
        if found is None:
            found = self._annotations[notation] = StrawberryAnnotation(_python(notation), namespace=self._namespace)
        return found


def _attribute(name: str) -> str:
    """A name that Python allows too: ``in`` as ``in_``."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _python(notation: str) -> str:
    """``[Student!]!`` as a list of them, ``Student`` as one or none, in Python's notation."""
    required = notation.endswith("!")
    inner = notation.removesuffix("!")
    made = f"__List[{_python(inner[1:-1])}]" if inner.startswith("[") else inner
    return made if required else f"__Optional[{made}]"
