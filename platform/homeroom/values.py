"""Declared values: what commands and computed queries answer with when that is no row of a table.

The annotation of what a function returns declares it: a scalar (``str``, ``int``, ``float``, ``bool``, ``Decimal``,
``date``, ``datetime``, ``UUID``), an enum, ``dict`` for JSON, a dataclass of such, a list or a ``tuple[X, ...]`` of
these, or one of these ``| None``. A dataclass becomes an object type of its own name; its docstring, with ``Args:``,
describes it and its fields. ``Annotated[UUID, Ref("Student")]`` is the id of a row as GraphQL shows it; nobody learns
more by it than the function tells.

A type of Strawberry (``@strawberry.type``) is a dataclass, too. Its fields have the descriptions and names that
``strawberry.field`` gives them, and may be a ``strawberry.ID``. A field with a resolver is refused: the function that
makes the value gives all of it.

What only programs read has the class variable ``for_programs = True``: its fields and values need no labels.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from homeroom.commands import Ref
from homeroom.resources import camel_case
from homeroom.signatures import documented

__all__ = ["Kind", "Part", "Shared", "kind_of", "value_faults"]

_SCALARS: Mapping[Any, str] = {
    str: "String",
    int: "Int",
    float: "Float",
    bool: "Boolean",
    Decimal: "Decimal",
    date: "Date",
    datetime: "DateTime",
    UUID: "ID",
    dict: "JSON",
}


class Shared:
    """A large value that does not change and is one object for many readers; what was shown of it is kept a while.

    A dataclass that derives from it is declared with ``eq=False``: it is known by its identity.
    """


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One type of a declared value, taken apart.

    Args:
        python: A scalar type, an enum, a dataclass, or none for a list.
        scalar: The GraphQL scalar, if it is one.
        optional: Whether it may be none.
        element: Of a list, the kind of its elements.
        resource: Of an id, the resource whose id it is, if that is declared.
    """

    python: Any
    scalar: str = ""
    optional: bool = False
    element: Kind | None = None
    resource: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Of a dataclass, the fields in order."""
        return _parts_of(self.python)


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A field of a declared dataclass.

    Args:
        name: In Python.
        field: In GraphQL.
        kind: Its type.
        description: What it is.
    """

    name: str
    field: str
    kind: Kind
    description: str


@functools.lru_cache(maxsize=1024)
def _parts_of(python: type) -> tuple[Part, ...]:
    """The fields of a dataclass, taken apart once: every schema and every answer asks for them."""
    hints = typing.get_type_hints(python, include_extras=True)
    described = documented(python.__doc__)
    # Strawberry's fields are those of a dataclass that also have a description and a name in GraphQL.
    return tuple(
        Part(
            each.name,
            getattr(each, "graphql_name", None) or camel_case(each.name),
            kind_of(hints[each.name]),
            getattr(each, "description", None) or described.get(each.name, ""),
        )
        for each in dataclasses.fields(python)
    )


def kind_of(annotation: Any) -> Kind:
    """Take an annotation apart. Raises TypeError, which says what cannot be answered."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        kind = kind_of(arguments[0])
        reference = next((each for each in arguments[1:] if isinstance(each, Ref)), None)
        return kind if reference is None else dataclasses.replace(kind, resource=reference.resource)
    if origin in (typing.Union, types.UnionType):
        rest = [each for each in arguments if each is not types.NoneType]
        if len(rest) == 1 and len(arguments) == 2:
            return dataclasses.replace(kind_of(rest[0]), optional=True)
    elif origin in (list, Sequence) or (origin is tuple and arguments[1:] == (...,)):
        return Kind(None, element=kind_of(arguments[0]))
    elif isinstance(annotation, typing.NewType):  # strawberry.ID is one
        kind = kind_of(annotation.__supertype__)
        return dataclasses.replace(kind, scalar="ID") if annotation.__name__ == "ID" else kind
    elif annotation in _SCALARS or origin is dict:
        return Kind(origin or annotation, _SCALARS[origin or annotation])
    elif isinstance(annotation, type) and (issubclass(annotation, enum.Enum) or dataclasses.is_dataclass(annotation)):
        return Kind(annotation)
    raise TypeError(f"a value of the type {annotation} cannot be answered")


def value_faults(annotation: Any, resources: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the declaration of a value.

    Args:
        annotation: The declaration.
        resources: The resources that an id may be of, by name.
    """
    yield from _faults(annotation, resources, set())


def _faults(annotation: Any, resources: Mapping[str, Any], seen: set[Any]) -> Iterator[str]:
    try:
        kind = kind_of(annotation)
        while kind.element is not None:
            kind = kind.element
    except TypeError as error:
        yield str(error)
        return
    if kind.resource and (kind.python is not UUID or kind.resource not in resources):
        yield f"there is no resource {kind.resource}"
    if isinstance(kind.python, type) and dataclasses.is_dataclass(kind.python) and kind.python not in seen:
        seen.add(kind.python)
        hints = typing.get_type_hints(kind.python, include_extras=True)
        for each in dataclasses.fields(kind.python):
            if getattr(each, "base_resolver", None) is not None:
                yield f"{kind.python.__name__}.{each.name}: a field of a declared value has no resolver"
                continue
            yield from (
                f"{kind.python.__name__}.{each.name}: {fault}" for fault in _faults(hints[each.name], resources, seen)
            )
