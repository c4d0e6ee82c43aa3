"""What a function declares by its signature: the parameters, the value and the docstring of a command or a query."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

__all__ = ["REQUIRED", "DeclaredFunction", "declared_function", "documented", "documented_result", "prose"]

#: The default of a parameter that must be given.
REQUIRED: Final[Any] = inspect.Parameter.empty

#: A section of a docstring: its head at the margin and what is indented below.
_SECTION = re.compile(r"^(Args|Returns|Raises|Yields):\n((?:[ ]+.*\n?|\n)+)", re.MULTILINE)
_ARGUMENT: Final = re.compile(r"^ {4}(\w+): (.+(?:\n {6,}.+)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DeclaredFunction:
    """What a function declares.

    Args:
        parameters: Parameter name to (type, default); ``inspect.Parameter.empty`` where it is required.
        value: The type of what it returns; none if it returns nothing.
        description: The docstring.
    """

    parameters: Mapping[str, tuple[Any, Any]]
    value: Any
    description: str


def declared_function(
    what: str, function: Callable[..., Awaitable[Any]], *, reserved: Collection[str]
) -> DeclaredFunction:
    """Read the signature of ``async def verb_noun(context, *, ...)``.

    Args:
        what: For messages, such as ``command school.room.create``.
        function: The function.
        reserved: Names that no parameter may have.

    Raises:
        ConfigurationError: It is not async, has no docstring, or a parameter is not keyword-only and annotated.
    """
    if not inspect.iscoroutinefunction(function):
        raise ConfigurationError(f"{what}: {function.__qualname__} must be async")
    if not function.__doc__:
        raise ConfigurationError(f"{what}: {function.__qualname__} needs a docstring")
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or parameter.name not in hints:
            raise ConfigurationError(f"{what}: {parameter.name} must be keyword-only and annotated")
        if parameter.name in reserved:
            raise ConfigurationError(f"{what}: every call has a {parameter.name} already; rename it")
        kind = hints[parameter.name]
        if (msgspec.UnsetType in typing.get_args(kind)) is not (parameter.default is msgspec.UNSET):
            raise ConfigurationError(f"{what}: {parameter.name} has the type Unset and the default UNSET, or neither")
        parameters[parameter.name] = (kind, parameter.default)
    value = hints.get("return")
    return DeclaredFunction(parameters, None if value is types.NoneType else value, inspect.cleandoc(function.__doc__))


def documented(docstring: str | None) -> dict[str, str]:
    """What a docstring says about its arguments, by name."""
    return {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(_section(docstring, "Args"))}


def documented_result(docstring: str | None) -> str:
    """What a docstring says about what its function returns; empty if it says nothing."""
    return " ".join(_section(docstring, "Returns").split())


def prose(docstring: str) -> str:
    """A docstring without its sections, which speak of Python: for people who know no Python."""
    return re.sub(r"\n{3,}", "\n\n", _SECTION.sub("", inspect.cleandoc(docstring) + "\n")).strip()


def _section(docstring: str | None, head: str) -> str:
    found = (each for each in _SECTION.finditer(inspect.cleandoc(docstring or "") + "\n") if each[1] == head)
    return next((each[2] for each in found), "")
