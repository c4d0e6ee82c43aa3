"""Inputs of mutations made from their declarations: what a client may send, with the values under test in them."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4

from homeroom.commands import Command, Ref
from homeroom.resources import camel_case
from homeroom.uploads import Upload

__all__ = ["InputMaker", "mentions"]


def mentions(command: Command, kinds: tuple[type, ...]) -> bool:
    """Whether a command takes a value of one of these types, wherever in its input."""
    return any(_mentions(kind, kinds) for kind, _ in command.parameters.values())


def _mentions(kind: Any, kinds: tuple[type, ...]) -> bool:
    if kind in kinds:
        return True
    if dataclasses.is_dataclass(kind):
        return any(_mentions(each, kinds) for each in typing.get_type_hints(kind, include_extras=True).values())
    return any(_mentions(each, kinds) for each in typing.get_args(kind) if not isinstance(each, Ref | str))


@dataclasses.dataclass
class InputMaker:
    """Makes inputs as JSON.

    Args:
        random: Chooses.
        ids: Resource to the ids of rows that are there.
        values: Type to a maker of its values; other types get plain ones.
    """

    random: Random
    ids: Mapping[str, Sequence[UUID]]
    values: Mapping[type, Callable[[Random], Any]]

    def input(self, command: Command) -> dict[str, Any]:
        """An input of a command; what may be left out is given more often than not."""
        made = {}
        for name, (kind, default) in command.parameters.items():
            if default is inspect.Parameter.empty or self.random.random() < 0.8:
                made[camel_case(name)] = self._value(kind)
        return made

    def _value(self, kind: Any) -> Any:
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            reference = next((each for each in arguments[1:] if isinstance(each, Ref)), None)
            if reference is not None:
                rows = self.ids.get(reference.resource) or [uuid4()]
                return f"{reference.resource}_{self.random.choice(rows)}"
            return self._value(arguments[0])
        if origin in (typing.Union, types.UnionType):
            return self._value(next(each for each in arguments if each is not type(None)))
        if origin is list:
            return [self._value(arguments[0]) for _ in range(self.random.choice((1, 1, 2)))]
        if origin is typing.Literal:
            return str(self.random.choice(arguments)).upper()
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return str(self.random.choice(list(kind)).value).upper()
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind, include_extras=True)
            return {camel_case(each.name): self._value(hints[each.name]) for each in dataclasses.fields(kind)}
        if kind in self.values:
            return self.values[kind](self.random)
        plain: dict[Any, Any] = {
            str: f"x{self.random.randrange(10**6)}",
            int: self.random.choice((1, 2)),
            float: 1.5,
            bool: self.random.random() < 0.5,
            Decimal: "1",
            date: "2025-10-20",
            datetime: "2025-10-20T08:00:00Z",
            UUID: f"Student_{self.random.choice(self.ids.get('Student') or [uuid4()])}",
            Upload: None,
        }
        return plain.get(kind, {})
