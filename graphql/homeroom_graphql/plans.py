"""A plan: one SQL statement, how to fill its parameters, and what is left to do in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from datetime import date, datetime

    from homeroom.callers import Caller
    from homeroom.resources import Leaf

__all__ = ["Getter", "LeafUse", "Plan", "Run"]


@dataclass(slots=True)
class Run:
    """One execution of a plan.

    Args:
        caller: Who asks.
        variables: Coerced variables.
        context: The signed context.
        now: The moment, UTC.
        today: Its date in the space.
        ids: For payloads: the ids that the command returned.
    """

    caller: Caller
    variables: Mapping[str, Any]
    context: str
    now: datetime
    today: date
    ids: Any = None


Getter = Callable[[Run], Any]


@dataclass(frozen=True, slots=True)
class LeafUse:
    """A place in the answer that Python fills: keys lead to it, ``*`` through every element of a list."""

    path: tuple[str, ...]
    leaf: Leaf


@dataclass(slots=True)
class Plan:
    """A compiled operation, or the compiled payload of a mutation.

    Args:
        sql: One statement whose one value is a JSON object, as bytes in UTF-8: they go to the response as they are.
        getters: How to fill its parameters, in order.
        errors: Errors that every execution has, such as denied fields.
        leaves: What Python fills in.
    """

    sql: str
    getters: list[Getter]
    errors: list[dict[str, Any]] = field(default_factory=list)
    leaves: list[LeafUse] = field(default_factory=list)

    def arguments(self, run: Run) -> list[Any]:
        """The statement's parameters for one execution. Raises BadInput."""
        return [get(run) for get in self.getters]

    def complete(self, answer: bytes) -> bytes:
        """The statement's answer with the leaves filled in: parsed at most once, each leaf one call."""
        if not self.leaves:
            return answer
        document = msgspec.json.decode(answer)
        for use in self.leaves:
            places = list(_places(document, use.path))
            values = use.leaf.compute([parent[key] for parent, key in places]) if places else []
            for (parent, key), value in zip(places, values, strict=True):
                parent[key] = value
        return msgspec.json.encode(document)


def _places(value: Any, path: tuple[str, ...]) -> Any:
    """Every (parent, key) that a path leads to; branches that are null end, and a leaf that is null stays it."""
    if value is None:
        return
    step, rest = path[0], path[1:]
    if step == "*":
        for each in value:
            yield from _places(each, rest)
    elif not rest:
        if value[step] is not None:
            yield value, step
    else:
        yield from _places(value[step], rest)
