"""Queries for the garden: valid by construction, and otherwise as odd as possible."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from garden.planting import TEXTS
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_required_input_field,
)
from reference.interpreter import Interpreter
from reference.meaning import DEFAULT_ORDER, PLURALS, RELATIONS

__all__ = ["Request", "make_request"]

Item = TypeVar("Item")


@dataclass(frozen=True)
class Request:
    """One request.

    Args:
        query: The document.
        variables: As they come in JSON.
        operation: The operation's name, where there are several.
    """

    query: str
    variables: dict[str, Any]
    operation: str | None


@dataclass(frozen=True)
class _Enum:
    name: str


@dataclass(frozen=True)
class _Variable:
    name: str
    value: Any  # what it amounts to, for anyone who must know; _ABSENT if it is not given


_ABSENT: Any = object()
#: Root fields of which the reference knows what they mean; parts of the host bring others.
_ROOTS = {"viewer", "node", *PLURALS, *(f"{name}Aggregate" for name in PLURALS), *(name.lower() for name in RELATIONS)}


@dataclass
class _Place:
    """One object of the answer: whatever selects from it must agree on what a response key means."""

    members: dict[str, tuple[str, str, _Place]] = field(default_factory=dict)


@dataclass
class _Maker:
    integer: Callable[[int, int], int]
    schema: GraphQLSchema
    reference: Interpreter
    ids: Mapping[str, Sequence[str]]
    aggregates: bool = False
    declared: dict[str, tuple[str, str | None, Any]] = field(default_factory=dict)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    budget: int = 40
    aliases: int = 0

    def chance(self, percent: int) -> bool:
        """True so often; false when Hypothesis looks for the smallest example."""
        return self.integer(0, 99) >= 100 - percent

    def one_of(self, items: Sequence[Item]) -> Item:
        """One of them."""
        return items[self.integer(0, len(items) - 1)]

    # Selections ------------------------------------------------------------------------------------------

    def selection(self, kind: Any, place: _Place, depth: int, *, fresh: bool = False) -> str:
        """A selection set on an object or interface type."""
        parts = [self._part(kind, place, depth, fresh) for _ in range(self.integer(1, 5))]
        return "{ " + " ".join(parts) + " }"

    def _part(self, kind: Any, place: _Place, depth: int, fresh: bool) -> str:
        roll = self.integer(0, 99)
        if depth > 0 and self.budget > 0:
            if roll >= 93:
                head = f"...{self._condition(kind)}{self._directive()}"
                return f"{head} {self.selection(kind, place, depth - 1, fresh=fresh)}"
            if roll >= 87 and kind.name != "Query":
                return self._spread(kind) + self._directive()
            if roll >= 83 and isinstance(kind, GraphQLObjectType) and kind.name in RELATIONS:
                return f"... on Node {self.selection(self.schema.type_map['Node'], place, 0, fresh=fresh)}"
        if isinstance(kind, GraphQLInterfaceType) and depth > 0 and roll >= 30:
            name = self.one_of(sorted(RELATIONS))
            inner = self.selection(self.schema.type_map[name], place, depth - 1, fresh=True)
            return f"... on {name}{self._directive()} {inner}"
        return self._field(kind, place, depth, fresh)

    def _condition(self, kind: Any) -> str:
        return f" on {kind.name}" if self.chance(60) else ""

    def _spread(self, kind: Any) -> str:
        known = [name for name, (of, _) in self.fragments.items() if of == kind.name]
        if known and self.chance(50):
            return f"...{self.one_of(known)}"
        text = self.selection(kind, _Place(), 1, fresh=True)
        name = f"F{len(self.fragments)}"
        self.fragments[name] = (kind.name, f"fragment {name} on {kind.name} {text}")
        return f"...{name}"

    def _directive(self) -> str:
        if not self.chance(12):
            return ""
        name = self.one_of(("include", "skip"))
        return f" @{name}(if: {self._render(self.value(GraphQLNonNull(self.schema.type_map['Boolean'])))})"

    def _field(self, kind: Any, place: _Place, depth: int, fresh: bool) -> str:
        self.budget -= 1
        names = ["__typename", *(name for name in kind.fields if kind.name != "Query" or name in _ROOTS)]
        if self.aggregates and kind.name == "Query":
            names = ["__typename", *(f"{name}Aggregate" for name in sorted(PLURALS))]
        if depth <= 0 or self.budget <= 0:
            names = [
                n for n in names if n == "__typename" or not is_composite_type(get_named_type(kind.fields[n].type))
            ]
        name = self.one_of(names)
        if kind.name == "Query" and name == "__typename" and self.chance(80):
            name = self.one_of(sorted(PLURALS)) + ("Aggregate" if self.chance(25) else "")
        if fresh or self.chance(20):
            self.aliases += 1
            key, alias = f"k{self.aliases}", f"k{self.aliases}: "
        else:
            key, alias = name, ""
        if key in place.members:
            name, arguments, inner = place.members[key]
        else:
            declared = kind.fields.get(name)
            arguments = "" if declared is None else self._arguments(kind, name, declared)
            inner = _Place()
            place.members[key] = (name, arguments, inner)
        text = f"{alias}{name}{arguments}{self._directive()}"
        if name == "__typename":
            return text
        target = get_named_type(kind.fields[name].type)
        if is_composite_type(target):
            # Below a page, an edge costs no depth: the rows are what is meant.
            step = 0 if target.name.endswith(("Connection", "Edge")) or "Aggregate" in target.name else 1
            text += " " + self.selection(target, inner, max(depth - step, 0 if step else depth))
        return text

    def _arguments(self, parent: Any, name: str, declared: GraphQLField) -> str:
        given: dict[str, Any] = {}
        if "id" in declared.args:
            target = None if name == "node" else str(get_named_type(declared.type))
            given["id"] = self.value(declared.args["id"].type, resource=target)
        if "filter" in declared.args and self.chance(45):
            given["filter"] = self.value(declared.args["filter"].type)
        if "having" in declared.args:
            self._grouping(declared, given)
        elif "orderBy" in declared.args and self.chance(45):
            given["orderBy"] = self.value(declared.args["orderBy"].type)
        if "after" in declared.args:
            self._paging(parent, name, declared, given)
        given = {key: each for key, each in given.items() if each is not _ABSENT}
        if not given:
            return ""
        keys = sorted(given, key=lambda _key: self.integer(0, 9))
        return "(" + ", ".join(f"{key}: {self._render(given[key])}" for key in keys) + ")"

    def _grouping(self, declared: GraphQLField, given: dict[str, Any]) -> None:
        """The arguments of an aggregate: it is ordered by measures and by what it is grouped by."""
        by: Any = get_named_type(declared.args["groupBy"].type)
        fields: Any = get_named_type(by.fields["field"].type)
        chosen: dict[str, Any] = {}
        for _ in range(self.integer(0, 3)):
            name = self.one_of(sorted(fields.values))
            dated = name.endswith(("_ON", "_AT")) or name == "WATERED"
            chosen[name] = {"field": _Enum(name)} | (
                {"by": _Enum(self.one_of(("DAY", "WEEK", "MONTH", "YEAR")))} if dated and self.chance(80) else {}
            )
        if chosen:
            given["groupBy"] = self._maybe_variable(declared.args["groupBy"].type, list(chosen.values()))
            if _plain(given["groupBy"]) is None:
                chosen = {}
        if self.chance(30):
            given["having"] = self.value(declared.args["having"].type)
        if self.chance(45):
            order: Any = get_named_type(declared.args["orderBy"].type)
            terms = [self._group_order(order, sorted(chosen)) for _ in range(self.integer(1, 3))]
            given["orderBy"] = self._maybe_variable(declared.args["orderBy"].type, terms)
        for name, numbers in (("first", (2, 0, 1, 500, None)), ("offset", (1, 0, 3, None))):
            if self.chance(25):
                given[name] = self._maybe_variable(declared.args[name].type, self.one_of(numbers))

    def _group_order(self, kind: Any, keys: list[str]) -> dict[str, Any]:
        direction = {"direction": _Enum(self.one_of(("ASC", "DESC")))} if self.chance(60) else {}
        if keys and self.chance(50):
            return {"key": _Enum(self.one_of(keys)), **direction}
        if "of" not in kind.fields or self.chance(40):
            return {"measure": _Enum("COUNT"), **direction}
        of: Any = get_named_type(kind.fields["of"].type)
        name = self.one_of(sorted(of.values))
        measures = ("MIN", "MAX") if name.endswith(("_ON", "_AT")) else ("SUM", "AVERAGE", "MIN", "MAX")
        return {"measure": _Enum(self.one_of(measures)), "of": _Enum(name), **direction}

    def _paging(self, parent: Any, name: str, declared: GraphQLField, given: dict[str, Any]) -> None:
        if self.chance(45):
            which, other = self.one_of((("first", "last"), ("last", "first")))
            number: Any = self.one_of((2, 0, 1, 3, 7, 500, None))
            given[which] = self._maybe_variable(declared.args[which].type, number)
            if self.chance(10):
                given[other] = None
        target = str(get_named_type(declared.type)).removesuffix("Connection")
        relation = RELATIONS.get(parent.name, {}).get(name)
        default = (relation.order if relation else ()) or DEFAULT_ORDER.get(target, ())
        for which in ("after", "before"):
            if self.chance(22):
                order_by = _plain(given.get("orderBy"))
                if isinstance(order_by, dict):
                    order_by = [order_by]
                row = self.one_of(self.reference.world.rows[target])
                cursor = None if self.chance(5) else self.reference.cursor(target, row, order_by, default)
                given[which] = self._maybe_variable(declared.args[which].type, cursor)

    # Values ----------------------------------------------------------------------------------------------

    def value(self, kind: Any, depth: int = 2, *, resource: str | None = None, variables: bool = True) -> Any:
        """A value of an input type: null, a scalar, a list, a dictionary, an enum or a variable."""
        required = isinstance(kind, GraphQLNonNull)
        inner = kind.of_type if required else kind
        if not required and self.chance(4):
            made: Any = None
        else:
            wants_variable = variables and self.chance(18)
            made = self._inner_value(inner, depth, resource, variables=variables and not wants_variable)
            if wants_variable:
                return self._variable(kind, made)
        return made

    def _maybe_variable(self, kind: Any, value: Any) -> Any:
        return self._variable(kind, value) if self.chance(35) else value

    def _variable(self, kind: Any, value: Any) -> Any:
        """A variable of (at least) the type of its place."""
        required = isinstance(kind, GraphQLNonNull)
        stated = str(kind)
        default = None
        given = value
        if not required:
            if value is not None and self.chance(25):
                stated += "!"
            elif self.chance(15):
                given = _ABSENT
            elif self.chance(15):
                given, default = _ABSENT, value
        elif self.chance(20):
            stated, default = stated.removesuffix("!"), value
            given = _ABSENT if self.chance(60) else value
        same = [
            name for name, (of, text, known) in self.declared.items()
            if of == stated and text == (None if default is None else self._render(default)) and known == given
        ]  # fmt: skip
        if same and self.chance(60):
            name = same[0]
        else:
            name = f"v{len(self.declared)}"
            self.declared[name] = (stated, None if default is None else self._render(default), given)
        return _Variable(name, default if given is _ABSENT and default is not None else given)

    def _inner_value(self, kind: Any, depth: int, resource: str | None, *, variables: bool) -> Any:
        if isinstance(kind, GraphQLList):
            if self.chance(12):  # a single value stands for a list of one
                single = self.value(kind.of_type, depth, resource=resource, variables=False)
                return [] if single is None else single
            count = self.integer(0, 3)
            return [self.value(kind.of_type, depth, resource=resource, variables=variables) for _ in range(count)]
        if isinstance(kind, GraphQLEnumType):
            return _Enum(self.one_of(sorted(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, depth, resource, variables=variables)
        return self._scalar(kind.name, resource)

    def _object(
        self, kind: GraphQLInputObjectType, depth: int, resource: str | None, *, variables: bool
    ) -> dict[str, Any]:
        own = kind.name.removesuffix("Filter")
        names = [name for name, each in kind.fields.items() if not is_required_input_field(each)]
        if depth <= 0:
            names = [n for n in names if not _nests(kind.fields[n].type)]
        required = [name for name, each in kind.fields.items() if is_required_input_field(each)]
        count = self.integer(0, 2) if names else 0
        chosen = [*required, *(self.one_of(names) for _ in range(count))]
        made = {}
        for name in dict.fromkeys(chosen):
            of = own if name == "id" else resource if own == "ID" else None
            made[name] = self.value(kind.fields[name].type, depth - 1, resource=of, variables=variables)
        return made

    def _scalar(self, name: str, resource: str | None) -> Any:
        if name == "ID":
            pool = self.ids[resource or self.one_of(sorted(RELATIONS))]
            return self.one_of(pool)
        options: dict[str, tuple[Any, ...]] = {
            "Boolean": (True, False),
            "Int": (0, 1, -3, 2, 30, 38, 2**31 - 1, -(2**31)),
            "BigInt": (0, "0", -1, 2**53 + 1, str(2**62), "-576460752303423488", 7),
            "Decimal": ("7.25", 7.25, 0, "-0.001", -3.5, "1234567.890", "1000", "0.5", 12),
            "Date": ("1990-02-28", "2010-09-05", "2026-03-10", "2026-03-11", "2024-02-29", "1800-01-01", "2200-12-31"),
            "DateTime": (
                "2026-03-10T17:30:00Z",
                "2026-03-11T00:30:00+07:00",
                "2025-12-31T23:59:59.999999+00:00",
                "1969-07-20T00:00:00Z",
            ),
            "String": TEXTS,
        }
        return self.one_of(options[name])

    def _render(self, value: Any) -> str:
        if isinstance(value, _Variable):
            return f"${value.name}"
        if isinstance(value, _Enum):
            return value.name
        if isinstance(value, list):
            return "[" + ", ".join(self._render(each) for each in value) + "]"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{name}: {self._render(each)}" for name, each in value.items()) + "}"
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=self.chance(50)).replace("\x7f", "\\u007f")
        return json.dumps(value)

    # The whole -------------------------------------------------------------------------------------------

    def request(self) -> Request:
        """A document with its variables."""
        body = self.selection(self.schema.query_type, _Place(), self.integer(1, 4))
        head = ", ".join(
            f"${name}: {kind}" + ("" if default is None else f" = {default}")
            for name, (kind, default, _) in self.declared.items()
        )
        several = self.chance(10)
        name = " Wanted" if several or self.chance(30) else ""
        query = f"query{name}{f'({head})' if head else ''} {body}" if head or name else body
        parts = [query, *(text for _, text in self.fragments.values())]
        if several:
            parts.insert(self.integer(0, len(parts)), "query Other { __typename }")
        variables = {n: _json(value) for n, (_, _, value) in self.declared.items() if value is not _ABSENT}
        if self.chance(5):
            variables["nobody_asked"] = 1
        return Request("\n".join(parts), variables, "Wanted" if several else None)


def _nests(kind: Any) -> bool:
    named = get_named_type(kind)
    return isinstance(named, GraphQLInputObjectType) and named.name.removesuffix("Filter") in RELATIONS


def _plain(value: Any) -> Any:
    if isinstance(value, _Variable):
        return None if value.value is _ABSENT else _plain(value.value)
    if isinstance(value, _Enum):
        return value.name
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _json(value: Any) -> Any:
    return _plain(value)


def make_request(
    integer: Callable[[int, int], int],
    schema: GraphQLSchema,
    reference: Interpreter,
    ids: Mapping[str, Sequence[str]],
    *,
    aggregates: bool = False,
) -> Request:
    """A request that is valid against the schema (but for rare clashes, which the caller passes over).

    Args:
        integer: Decides everything: gives a number between two, both included.
        schema: The schema.
        reference: Knows the cursors of rows, and the caller's access.
        ids: Resource name to ids, malformed and foreign ones among them.
        aggregates: Whether it asks for aggregates alone.
    """
    return _Maker(integer, schema, reference, ids, aggregates).request()
