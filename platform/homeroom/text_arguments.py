"""Finding the texts in a command's arguments: made once per command, quick where there are none."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from homeroom.errors import Problem
from homeroom.refusals import BAD_CHARACTER
from homeroom.texts import forbidden

__all__ = ["Finder", "character_problems", "text_finder"]

#: Finds the texts of a value, each with its field and row.
Finder = Callable[[Any, str, "int | None"], Iterator[tuple[str, str, "int | None"]]]


def text_finder(kind: Any, camel_case: Callable[[str], str]) -> Finder | None:
    """How the texts in a parameter of a type are found; none where it holds no text that people write.

    Args:
        kind: The parameter's type, as :func:`homeroom.commands.command` takes them.
        camel_case: Spells the field of a nested input.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is str:
        return _found
    if origin is typing.Annotated:
        return text_finder(arguments[0], camel_case)
    if origin in (typing.Union, types.UnionType):
        finders = [found for each in arguments if (found := text_finder(each, camel_case)) is not None]
        return _optional(finders[0]) if finders else None
    if origin is list or (isinstance(origin, type) and issubclass(origin, Sequence)):
        inner = text_finder(arguments[0], camel_case)
        return _rows(inner) if inner is not None else None
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        named = [
            (each.name, camel_case(each.name), found)
            for each in dataclasses.fields(kind)
            if (found := text_finder(hints[each.name], camel_case)) is not None
        ]
        return _fields(named) if named else None
    return None


def _found(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
    if type(value) is str and not value.isprintable():
        yield value, field, row


def _optional(inner: Finder) -> Finder:
    def find(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
        if value is not None and value is not msgspec.UNSET:
            yield from inner(value, field, row)

    return find


def _rows(inner: Finder) -> Finder:
    def find(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
        for number, each in enumerate(value or ()):
            yield from inner(each, field, number if row is None else row)

    return find


def _fields(named: Sequence[tuple[str, str, Finder]]) -> Finder:
    def find(value: Any, field: str, row: int | None) -> Iterator[tuple[str, str, int | None]]:
        for attribute, spelt, inner in named:
            yield from inner(getattr(value, attribute), f"{field}.{spelt}", row)

    return find


def character_problems(finders: Mapping[str, tuple[str, Finder]], arguments: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the characters of a command's arguments, each with its field and row.

    In a text of several lines, such as a file's, the row is the line, counted from 1.

    Args:
        finders: Parameter to its field and what finds its texts.
        arguments: The arguments, of their Python types.
    """
    problems = []
    for name, (field, find) in finders.items():
        for text, at, row in find(arguments.get(name), field, None):
            bad = forbidden(text)
            if bad is not None:
                line = _line(text, bad) if row is None and "\n" in text else row
                problems.append(Problem(BAD_CHARACTER, at, line, character=bad))
    return problems


def _line(text: str, character: str) -> int:
    """The line of a text, such as a file's, in which a character occurs first; as `forbidden` names it."""
    return text.count("\n", 0, text.index(chr(int(character.removeprefix("U+"), 16)))) + 1
