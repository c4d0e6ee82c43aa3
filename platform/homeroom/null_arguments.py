"""Finding the values in a command's arguments that are None and must not be; made once per command.

A parameter that may be left out and is never empty has a type such as ``str | Unset``. GraphQL lets a client send
``null`` for everything that it may leave out, so that the host refuses it by name.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.errors import Problem
from homeroom.refusals import REQUIRED

if TYPE_CHECKING:
    from homeroom.text_arguments import Finder

__all__ = ["null_finder", "null_problems"]


def null_finder(kind: Any, camel_case: Callable[[str], str]) -> Finder | None:
    """How values that must not be None are found in a parameter of a type; none where there can be none.

    Args:
        kind: The parameter's type, as :func:`homeroom.commands.command` takes them.
        camel_case: Spells the field of a nested input.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return null_finder(arguments[0], camel_case)
    if origin in (typing.Union, types.UnionType):
        if msgspec.UnsetType in arguments and types.NoneType not in arguments:
            return _null
        inner = next((each for each in arguments if each not in (types.NoneType, msgspec.UnsetType)), None)
        found = null_finder(inner, camel_case)
        return _within(found) if found is not None else None
    if origin is list or (isinstance(origin, type) and issubclass(origin, Sequence)):
        found = null_finder(arguments[0], camel_case)
        return _rows(found) if found is not None else None
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        named = [
            (each.name, camel_case(each.name), found)
            for each in dataclasses.fields(kind)
            if (found := null_finder(hints[each.name], camel_case)) is not None
        ]
        return _fields(named) if named else None
    return None


def null_problems(finders: Mapping[str, tuple[str, Finder]], arguments: Mapping[str, Any]) -> list[Problem]:
    """What is None in a command's arguments and must not be, each with its field and row.

    Args:
        finders: Parameter to its field and what finds the values.
        arguments: The arguments, of their Python types.
    """
    return [
        Problem(REQUIRED, at, row)
        for name, (field, find) in finders.items()
        if name in arguments
        for _, at, row in find(arguments[name], field, None)
    ]


def _null(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
    if value is None:
        yield "", field, row


def _within(inner: Finder) -> Finder:
    def find(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
        if value is not None and value is not msgspec.UNSET:
            yield from inner(value, field, row)

    return find


def _rows(inner: Finder) -> Finder:
    def find(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
        for number, each in enumerate(value):
            yield from inner(each, field, number if row is None else row)

    return find


def _fields(named: Sequence[tuple[str, str, Finder]]) -> Finder:
    def find(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
        for attribute, spelt, inner in named:
            yield from inner(getattr(value, attribute), f"{field}.{spelt}", row)

    return find
