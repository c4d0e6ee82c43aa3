"""A plan: one SQL statement, how to fill its parameters, and what is left to do in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from datetime import date, datetime

    from homeroom.callers import Caller
    from homeroom.database.walls import InSpace
    from homeroom.resources import Leaf

__all__ = ["Getter", "LeafUse", "Plan", "Run", "SeenRows", "SensitiveUse", "plan_key"]


@dataclass(slots=True)
class Run:
    """One execution of a plan.

    Args:
        caller: Who asks.
        variables: Coerced variables.
        context: The space, to be signed by the sender of the statement.
        now: The moment, UTC.
        today: Its date in the space.
        ids: For payloads: the ids that the command returned.
        purpose: Why the caller looks at what is sensitive, where they said so.
        accept: The header ``Accept-Language`` of the request.
    """

    caller: Caller
    variables: Mapping[str, Any]
    context: InSpace
    now: datetime
    today: date
    ids: Any = None
    purpose: str | None = None
    accept: bytes = b""


Getter = Callable[[Run], Any]


def plan_key(caller: Caller) -> tuple[str, frozenset[str]]:
    """What of a caller decides a plan: what they may do, and which reads their space has chosen to have logged."""
    return caller.access.key, caller.space.logged


@dataclass(frozen=True, slots=True)
class LeafUse:
    """A place in the answer that Python fills: keys lead to it, ``*`` through every element of a list."""

    path: tuple[str, ...]
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class SensitiveUse:
    """A place in the answer whose objects carry the id of a row that shows a sensitive field.

    Args:
        path: Keys lead to the objects, ``*`` through every element of a list.
        marker: The member that has the id, those of a group's rows, or null where the field shows nothing. No response
            key is called so.
        table: Of the row.
        field: The field that is shown; with its type's name if the row was found by it.
        found: Whether the row was found by the field; it may not show it at all.
    """

    path: tuple[str, ...]
    marker: str
    table: str
    field: str
    found: bool = False


@dataclass(slots=True)
class SeenRows:
    """What of an answer is sensitive.

    Args:
        shown: (table, id) of each row that shows something, to the names of the fields.
        found: (table, id) of each row that was found by something, to the fields' names in the schema.
        asked: The fields, by their names in the schema, that the operation finds rows by: who asks for the
            number of students with a certain phone learns of it though no row is shown.
    """

    shown: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    found: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


@dataclass(slots=True)
class Plan:
    """A compiled operation, or the compiled payload of a mutation.

    Args:
        sql: One statement whose one value is a JSON object, as bytes in UTF-8: they go to the response as they are.
        getters: How to fill its parameters, in order.
        errors: Errors that every execution has, such as denied fields.
        leaves: What Python fills in.
        sensitive: What must be taken out of the answer and noted in the audit; see :mod:`homeroom_graphql.sensitive`.
        asked: The sensitive fields that it finds rows by, by their names in the schema.
        cost: Judges the lengths of pages that variables give, if there are such; raises TooComplex.
        tagged: Lists of objects of several types that carry their type's name under ``!``, which is taken out. A step
            of a path through such a list has the type's name behind its star.
    """

    sql: str
    getters: list[Getter]
    errors: list[dict[str, Any]] = field(default_factory=list)
    leaves: list[LeafUse] = field(default_factory=list)
    sensitive: list[SensitiveUse] = field(default_factory=list)
    asked: frozenset[str] = frozenset()
    cost: Callable[[Mapping[str, Any]], None] | None = None
    tagged: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def noted(self) -> bool:
        """Whether an execution may be something that the audit keeps."""
        return bool(self.sensitive or self.asked)

    def arguments(self, run: Run) -> list[Any]:
        """The statement's parameters for one execution. Raises BadInput, TooComplex."""
        made = [get(run) for get in self.getters]
        if self.cost is not None:
            self.cost(run.variables)
        return made

    def complete(self, answer: bytes, seen: SeenRows | None = None) -> bytes:
        """The statement's answer with the leaves filled in: parsed at most once, each leaf one call.

        Args:
            answer: As it came.
            seen: Is called with the rows that show something sensitive; needed by a plan that has such.
        """
        if not self.leaves and not self.sensitive:
            return answer
        document = msgspec.json.decode(answer)
        for sensitive in self.sensitive:
            assert seen is not None
            rows = seen.found if sensitive.found else seen.shown
            for shown in _objects(document, sensitive.path):
                marked = shown.pop(sensitive.marker)
                for row in marked if isinstance(marked, list) else () if marked is None else (marked,):
                    rows.setdefault((sensitive.table, row), set()).add(sensitive.field)
        for use in self.leaves:
            places = list(_places(document, use.path))
            values = use.leaf.compute([parent[key] for parent, key in places]) if places else []
            for (parent, key), value in zip(places, values, strict=True):
                parent[key] = value
        for path in self.tagged:
            for each in _objects(document, (*path, "*")):
                each.pop("!", None)
        return msgspec.json.encode(document)


def _objects(value: Any, path: tuple[str, ...]) -> Any:
    """Every object that a path leads to; branches that are null end."""
    if value is None:
        return
    if not path:
        yield value
    elif path[0][0] == "*":
        for each in _elements(value, path[0]):
            yield from _objects(each, path[1:])
    else:
        yield from _objects(value[path[0]], path[1:])


def _elements(value: Any, step: str) -> Any:
    """The elements of a list: all, or those of one type."""
    return value if step == "*" else (each for each in value if each is not None and each.get("!") == step[1:])


def _places(value: Any, path: tuple[str, ...]) -> Any:
    """Every (parent, key) that a path leads to; branches that are null end, and a leaf that is null stays it."""
    if value is None:
        return
    step, rest = path[0], path[1:]
    if step[0] == "*":
        for each in _elements(value, step):
            yield from _places(each, rest)
    elif not rest:
        if value[step] is not None:
            yield value, step
    else:
        yield from _places(value[step], rest)
