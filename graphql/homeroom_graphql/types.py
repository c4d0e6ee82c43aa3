"""The types of a schema, made from declarations when somebody first asks for them.

A schema of eighty resources has a thousand types, and a process that serves schools with different plugins, or with
fields of their own, has many schemas. An operation touches a dozen types. So a schema begins as declarations by name,
which variants share, and a type is made when a document names it. Only a request for the schema itself sees all of it;
that is answered with a copy, which is discarded afterwards (:meth:`LazySchema.whole`).

Strawberry says what the scalars are. It would make all object types at once, in thirty times the time that graphql-core
takes. Nothing resolves here; see :mod:`homeroom_graphql.compiler`.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NewType

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    introspection_types,
    specified_directives,
    specified_scalar_types,
)
from graphql.type.schema import InterfaceImplementations

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from homeroom_graphql.declarations import FieldSpec, TypeSpec

__all__ = ["LazySchema", "make_schema"]

BigInt = NewType("BigInt", int)

Upload = NewType("Upload", object)


@functools.cache
def _scalars() -> Mapping[str, GraphQLNamedType]:
    """The scalars of every schema, as Strawberry reads and writes them, and the types of introspection."""
    import strawberry
    from strawberry.scalars import JSON
    from strawberry.schema.config import StrawberryConfig

    upload = strawberry.scalar(
        name="Upload",
        description="A file, sent by the GraphQL multipart request specification.",
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
    )
    big_int = strawberry.scalar(
        name="BigInt",
        description="A whole number beyond 32 bits, as a string.",
        serialize=str,
        parse_value=int,
    )
    kinds: dict[str, Any] = {
        "decimal": Decimal, "day": date, "moment": datetime, "json": JSON, "big": BigInt, "file": Upload,
    }  # fmt: skip
    query = strawberry.type(type("Query", (), {"__annotations__": kinds}))
    config = StrawberryConfig(scalar_map={BigInt: big_int, Upload: upload})
    made = strawberry.Schema(query=query, config=config)._schema.type_map
    of_strawberry = {name: each for name, each in made.items() if isinstance(each, GraphQLScalarType)}
    return {**of_strawberry, **specified_scalar_types, **introspection_types}


def make_schema(
    specs: Iterable[TypeSpec], shown: Sequence[str], complete: Callable[[TypeSpec], TypeSpec] = lambda spec: spec
) -> LazySchema:
    """Make a schema.

    Args:
        specs: Its types; one that is given again with the same meaning is one.
        shown: Names of types that are in the schema although no field may lead to them.
        complete: Describes what describes itself, when a type is made.

    Raises:
        ConfigurationError: A name is given to two types.
    """
    known: dict[str, TypeSpec] = {}
    meanings: dict[str, Hashable] = {}
    for spec in specs:
        first = known.setdefault(spec.name, spec)
        if first is not spec:
            if spec.name not in meanings:
                meanings[spec.name] = first.meaning
            if spec.meaning is None or spec.meaning != meanings[spec.name]:
                raise ConfigurationError(f"the GraphQL type {spec.name} is given twice")
    return LazySchema(known, shown, complete)


class LazySchema(GraphQLSchema):
    """A schema whose types are made when they are asked for.

    Args:
        specs: Name to declaration.
        shown: Names of types that no field need lead to.
        complete: Describes what describes itself.
    """

    def __init__(
        self, specs: Mapping[str, TypeSpec], shown: Sequence[str], complete: Callable[[TypeSpec], TypeSpec]
    ) -> None:
        # Not that of graphql-core: it would make every type to find those that there are. What it finds wrong, the host
        # finds when it starts (homeroom.claims), and the tests by graphql.validate_schema.
        self._given = (specs, shown, complete)
        self.assume_valid = True
        self._validation_errors = []
        self.description = None
        self.extensions = {}
        self.ast_node = None
        self.extension_ast_nodes = ()
        self.directives = specified_directives
        types = _Types(specs, complete)
        self.type_map = types  # type: ignore[assignment]
        self.query_type, self.mutation_type, self.subscription_type = (
            types.get(name) for name in ("Query", "Mutation", "Subscription")
        )
        self._sub_type_map = {}
        for spec in specs.values():
            for interface in spec.interfaces:
                self._sub_type_map.setdefault(interface, set()).add(spec.name)
        self._implementations_map = {}

    def get_implementations(self, interface_type: GraphQLInterfaceType) -> InterfaceImplementations:
        """All that implement an interface. They are made for this."""
        names = self._sub_type_map.get(interface_type.name, ())
        objects: Any = [self.type_map[name] for name in self.type_map if name in names]
        return InterfaceImplementations(objects=objects, interfaces=[])

    def whole(self) -> GraphQLSchema:
        """The same schema with all types that anything leads to, as graphql-core makes it."""
        specs, shown, complete = self._given
        types = _Types(specs, complete)
        return GraphQLSchema(
            query=types.get("Query"),
            mutation=types.get("Mutation"),
            subscription=types.get("Subscription"),
            types=[types[name] for name in shown],
        )


class _Types(Mapping[str, Any]):
    """The types of one schema by name; each is made once, when it is asked for."""

    def __init__(self, specs: Mapping[str, TypeSpec], complete: Callable[[TypeSpec], TypeSpec]) -> None:
        self._specs = specs
        self._complete = complete
        self._made: dict[str, Any] = dict(_scalars())
        self._wrapped: dict[str, Any] = {}
        # A query is read on the event loop while another one is prepared in a thread; a name has one type all the same.
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> Any:
        found = self._made.get(name)
        if found is None:
            with self._lock:
                found = self._made.get(name)
                if found is None:
                    found = self._made[name] = self._make(self._specs[name])
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._made or name in self._specs

    def __iter__(self) -> Iterator[str]:
        yield from self._specs
        yield from (name for name in _scalars() if name not in self._specs)

    def __len__(self) -> int:
        return len(self._specs) + len(_scalars())

    def _make(self, spec: TypeSpec) -> Any:
        if spec.kind == "enum":
            whole = self._complete(spec)
            texts = whole.descriptions or ("",) * len(whole.values)
            values = {
                name: GraphQLEnumValue(name, description=text or None)
                for name, text in zip(whole.values, texts, strict=True)
            }
            return GraphQLEnumType(spec.name, values, description=whole.description or None)
        if spec.kind == "input":
            return GraphQLInputObjectType(spec.name, lambda: self._inputs(spec), description=self._about(spec))
        kind: Any = GraphQLInterfaceType if spec.kind == "interface" else GraphQLObjectType
        made = kind(spec.name, {}, interfaces=[self[each] for each in spec.interfaces], description=self._about(spec))
        # In place of graphql-core's own, which is made of all fields at once: the fields of a query are some hundreds.
        made.fields = _Fields(self, spec)
        return made

    def _about(self, spec: TypeSpec) -> str | None:
        return spec.description or self._complete(spec).description or None

    def complete(self, spec: TypeSpec) -> TypeSpec:
        """A declaration with its descriptions."""
        return self._complete(spec)

    def field(self, spec: FieldSpec) -> GraphQLField:
        """A field of an object."""
        return GraphQLField(
            self._type(spec.type),
            args={
                each.name: GraphQLArgument(self._type(each.type), description=each.description or None)
                for each in spec.arguments
            },
            description=spec.description or None,
            deprecation_reason=spec.deprecated or None,
        )

    def _inputs(self, spec: TypeSpec) -> dict[str, GraphQLInputField]:
        return {
            each.name: GraphQLInputField(
                self._type(each.type),
                description=each.description or None,
                deprecation_reason=each.deprecated or None,
            )
            for each in self._complete(spec).fields
        }

    def _type(self, notation: str) -> Any:
        """A type in GraphQL's own notation, such as ``[Student!]!``."""
        found = self._wrapped.get(notation)
        if found is None:
            if notation.endswith("!"):
                found = GraphQLNonNull(self._type(notation[:-1]))
            elif notation.startswith("["):
                found = GraphQLList(self._type(notation[1:-1]))
            else:
                return self[notation]
            self._wrapped[notation] = found
        return found


class _Fields(Mapping[str, GraphQLField]):
    """The fields of one object type by name, each made when it is asked for."""

    def __init__(self, types: _Types, spec: TypeSpec) -> None:
        self._types = types
        self._spec = spec
        self._made: dict[str, GraphQLField] = {}

    @functools.cached_property
    def _specs(self) -> dict[str, FieldSpec]:
        return {each.name: each for each in self._types.complete(self._spec).fields}

    def __getitem__(self, name: str) -> GraphQLField:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._types.field(self._specs[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)
