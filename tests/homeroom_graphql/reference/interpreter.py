"""A second way to answer a query: graphql-core executes, and plain Python reads rows that were all fetched before.

It shares no code with the compiler. graphql-core decides what fragments, directives, variables and merging
mean; :mod:`reference.meaning` what scopes and relations mean; this module what filters, orders and pages mean.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from graphql import (
    DocumentNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    print_schema,
)
from reference.groups import Aggregate, Group, Key, Measures, aggregate, measured
from reference.meaning import DEFAULT_ORDER, LEAVES, PLURALS, RELATIONS, Relation, Row, World, value_of
from reference.permission import never, readable, shown, visible

from homeroom.callers import Caller
from homeroom.permissions import Access

__all__ = ["Answer", "Interpreter", "snake"]

PAGE = 50


def snake(name: str) -> str:
    """``bornOn`` as ``born_on``."""
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


@dataclass(frozen=True)
class Answer:
    """What a query must answer.

    Args:
        data: With keys in order.
        errors: Path and the names of which the error there must give one. A path ends at the first list.
    """

    data: Any
    errors: list[tuple[tuple[str, ...], frozenset[str]]]


class _Denied(Exception):  # noqa: N818 - it becomes an error of the answer
    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        super().__init__(", ".join(sorted(self.names)))


@dataclass(frozen=True)
class _Object:
    resource: str
    row: Row | None  # none: a phantom, which stands for whichever row there might be


@dataclass(frozen=True)
class _Term:
    name: str
    descending: bool
    hidden: bool = False


class _Page:
    """The rows of a connection."""

    def __init__(self, resource: str, rows: list[Row], terms: Sequence[_Term], *, phantom: bool) -> None:
        self.resource = resource
        self.terms = terms
        self.total = len(rows)
        self.rows = rows
        self.phantom = phantom
        self.more_after = self.more_before = False


class Interpreter:
    """Answers queries of one caller.

    Args:
        schema: The schema as the product builds it; only its printed text is used.
        world: The rows.
        caller: Who asks.
    """

    def __init__(self, schema: GraphQLSchema, world: World, caller: Caller) -> None:
        self._schema = _printed_and_read(schema)
        self.world = world
        self.caller = caller

    @property
    def access(self) -> Access:
        """What the caller may do."""
        return self.caller.access

    def answer(self, document: DocumentNode, variables: dict[str, Any], operation: str | None) -> Answer:
        """Execute a valid query."""
        self._phantoms = False
        result = self._execute(document, variables, operation)
        # A denial is a matter of the query and not of the rows that happen to be there: a second run, in which
        # every list has one row and every relation leads somewhere, meets each of them once.
        self._phantoms = True
        phantoms = self._execute(document, variables, operation)
        errors: list[tuple[tuple[str, ...], frozenset[str]]] = []
        for error in phantoms.errors or ():
            assert isinstance(error.original_error, _Denied), error
            path: list[str] = []
            for step in error.path or ():
                if isinstance(step, int):
                    break
                path.append(step)
            errors.append((tuple(path), error.original_error.names))
        for error in result.errors or ():
            assert isinstance(error.original_error, _Denied), error
        return Answer(result.data, errors)

    def _execute(self, document: DocumentNode, variables: dict[str, Any], operation: str | None) -> Any:
        return execute_sync(
            self._schema, document, variable_values=variables, operation_name=operation,
            field_resolver=self._resolve, type_resolver=lambda value, *_: value.resource,
        )  # fmt: skip

    # Fields ----------------------------------------------------------------------------------------------

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        parent, name = info.parent_type.name, info.field_name
        if parent == "Query":
            return self._root(name, arguments)
        if parent in ("Viewer", "Space"):
            return source[name]
        if isinstance(source, _Object):
            return self._member(source, name, str(get_named_type(info.return_type)), arguments)
        if isinstance(source, _Page):
            return self._of_page(source, name)
        if parent == "PageInfo":
            return source[name]
        if isinstance(source, Aggregate | Group | Key | Measures):
            return self._of_groups(source, name, str(get_named_type(info.return_type)))
        assert parent.endswith("Edge")
        return source[name]

    def _root(self, name: str, arguments: dict[str, Any]) -> Any:
        if name == "viewer":
            return self._viewer()
        if name in PLURALS:
            resource = PLURALS[name]
            self._must_see(resource)
            return self._page(resource, self.world.rows[resource], DEFAULT_ORDER.get(resource, ()), arguments)
        if name.removesuffix("Aggregate") in PLURALS:
            resource = PLURALS[name.removesuffix("Aggregate")]
            self._must_see(resource)
            return self._aggregate(resource, self.world.rows[resource], arguments)
        resource, _, text = arguments["id"].rpartition("_")
        if name == "node":
            if resource not in RELATIONS:
                return None
        else:
            wanted = name[0].upper() + name[1:]
            if resource != wanted:
                resource, text = wanted, ""
        self._must_see(resource)
        if self._phantoms:
            return _Object(resource, None)
        try:
            row = self.world.by_id[resource].get(UUID(text)) if len(text) == 36 else None
        except ValueError:
            row = None
        return _Object(resource, row) if row is not None and self._sees(resource, row) else None

    def _viewer(self) -> dict[str, Any]:
        space = self.caller.space
        return {
            "login": self.caller.login,
            "name": self.caller.name,
            "roles": sorted(self.caller.roles),
            "id": None if self.caller.account is None else f"Account_{self.caller.account}",
            "commands": self._mutations(),
            "permissions": sorted(self.access.commands),
            "persons": [],
            "space": {
                "slug": space.slug,
                "name": space.name,
                "kind": space.kind,
                "region": space.region,
                "timeZone": space.time_zone.key,
                "locale": space.locale,
                "plugins": sorted(space.plugins),
            },
        }

    def _mutations(self) -> list[str]:
        """Those whose permission, which their description ends with, the caller has."""
        assert self._schema.mutation_type is not None
        permissions = {
            name: (each.description or "").split("`")[-2] for name, each in self._schema.mutation_type.fields.items()
        }
        return sorted(name for name, permission in permissions.items() if permission in self.access.commands)

    def _member(self, source: _Object, name: str, kind: str, arguments: dict[str, Any]) -> Any:
        resource, row = source.resource, source.row
        if name == "id":
            return f"{resource}_{row['id']}" if row is not None else "phantom"
        if not readable(self.access, resource, snake(name)):
            raise _Denied([f"{resource}.{name}"])
        relation = RELATIONS[resource].get(name)
        if relation is not None:
            self._must_see(relation.target)
            if row is not None and not shown(self.access, resource, snake(name), row, self.world):
                return None
            if relation.many:
                rows = [] if row is None else self._related(row, relation)
                order = relation.order or DEFAULT_ORDER.get(relation.target, ())
                return self._page(relation.target, rows, order, arguments)
            if row is None:
                return _Object(relation.target, None)
            found = self.first(row, relation)
            return None if found is None else _Object(relation.target, found)
        if row is None or not shown(self.access, resource, snake(name), row, self.world):
            return None
        leaf = LEAVES.get((resource, name))
        if leaf is not None:
            return leaf(row)
        return _serialised(kind, value_of(resource, snake(name), row))

    def _related(self, row: Row, relation: Relation) -> list[Row]:
        key = row[relation.here]
        return [
            each
            for each in self.world.rows[relation.target]
            if key is not None and each[relation.there] == key and relation.where(each, self.world) is True
        ]

    def first(self, row: Row, relation: Relation) -> Row | None:
        """The row that a relation to one row leads to, if the caller sees any."""
        rows = [each for each in self._related(row, relation) if self._sees(relation.target, each)]
        terms = [_Term(name.lstrip("-"), name.startswith("-"), hidden=True) for name in relation.order]
        ordered = self._sorted(relation.target, rows, terms)
        return ordered[0] if ordered else None

    def _sees(self, resource: str, row: Row) -> bool:
        return visible(resource, self.access.resources.get(resource), row, self.world)

    def _must_see(self, resource: str) -> None:
        if never(resource, self.access.resources.get(resource)):
            raise _Denied([resource])

    # Groups ----------------------------------------------------------------------------------------------

    def _aggregate(self, resource: str, rows: list[Row], arguments: dict[str, Any]) -> Aggregate:
        wanted = arguments.get("filter")
        denied = self._denied_in_filter(resource, wanted)
        chosen = [row for row in rows if self._sees(resource, row) and self._matches(resource, row, wanted)]
        made = aggregate(self, resource, chosen, arguments, self._phantoms)
        if denied or isinstance(made, set):
            raise _Denied(denied | (made if isinstance(made, set) else set()))
        return made

    def _of_groups(self, source: Aggregate | Group | Key | Measures, name: str, kind: str) -> Any:
        if isinstance(source, Aggregate):
            return source.total if name == "totalCount" else source.groups
        if isinstance(source, Group):
            if name == "count":
                return len(source.rows)
            return Key(source) if name == "key" else Measures(source, name)
        if isinstance(source, Measures):
            if not readable(self.access, source.group.resource, snake(name)):
                raise _Denied([f"{source.group.resource}.{name}"])
            return _serialised(kind, measured(self, source.group, source.measure, snake(name)))
        value = source.group.keys.get(snake(name).upper())
        if kind in RELATIONS:
            grouped = snake(name).upper() in source.group.keys
            return _Object(kind, value) if value is not None or (self._phantoms and grouped) else None
        return _serialised(kind, value)

    # Pages -----------------------------------------------------------------------------------------------

    def _page(self, resource: str, rows: list[Row], default_order: tuple[str, ...], arguments: dict[str, Any]) -> _Page:
        wanted = arguments.get("filter")
        order_by = arguments.get("orderBy")
        denied = self._denied_in_filter(resource, wanted)
        for each in order_by or ():
            if not readable(self.access, resource, each["field"].lower()):
                denied.add(f"{resource}.{_camel(each['field'].lower())}")
        if denied:
            raise _Denied(denied)
        terms = self.terms(resource, order_by, default_order)
        rows = [row for row in rows if self._sees(resource, row) and self._matches(resource, row, wanted)]
        page = _Page(resource, self._sorted(resource, rows, terms), terms, phantom=self._phantoms)
        self._cut(page, arguments)
        return page

    def _cut(self, page: _Page, arguments: dict[str, Any]) -> None:
        after, before = arguments.get("after"), arguments.get("before")
        if after is not None:
            page.rows = [row for row in page.rows if self._compare(page, row, after) > 0]
        if before is not None:
            page.rows = [row for row in page.rows if self._compare(page, row, before) < 0]
        last, first = arguments.get("last"), arguments.get("first")
        if last is not None:
            page.more_before = len(page.rows) > last
            page.more_after = before is not None
            page.rows = page.rows[len(page.rows) - last :] if last < len(page.rows) else page.rows
        else:
            size = PAGE if first is None else first
            page.more_after = len(page.rows) > size
            page.more_before = after is not None
            page.rows = page.rows[:size]

    def _compare(self, page: _Page, row: Row, cursor: str) -> int:
        """Where a row lies from a cursor: -1 before, 0 at it, 1 after."""
        stated = [_from_text(*each) for each in zip(self._kinds(page), _decoded(cursor), strict=True)]
        for value, other, term in zip(
            self._cursor_values(page.resource, row, page.terms), stated, [*page.terms, _Term("id", False)], strict=True
        ):
            if value == other:
                continue
            sign = -1 if self.key(value) < self.key(other) else 1
            return -sign if term.descending else sign
        return 0

    def _kinds(self, page: _Page) -> list[str]:
        fields = self._schema.type_map[page.resource].fields  # type: ignore[attr-defined]
        hidden = {"position": "Int"}
        return [hidden.get(t.name) or str(get_named_type(fields[_camel(t.name)].type)) for t in page.terms] + ["UUID"]

    def _cursor_values(self, resource: str, row: Row, terms: Sequence[_Term]) -> list[Any]:
        return [*(self.sort_value(resource, row, term) for term in terms), row["id"]]

    def cursor(self, resource: str, row: Row, order_by: Any, default_order: tuple[str, ...]) -> str:
        """The cursor of a row in a list of this order."""
        return self._cursor(resource, row, self.terms(resource, order_by, default_order))

    def _cursor(self, resource: str, row: Row, terms: Sequence[_Term]) -> str:
        texts = [_as_text(value) for value in self._cursor_values(resource, row, terms)]
        return base64.b64encode(json.dumps(texts, ensure_ascii=False).encode()).decode()

    def terms(self, resource: str, order_by: Any, default_order: tuple[str, ...]) -> list[_Term]:
        """The terms of an order; the id that comes last is not among them."""
        if order_by:
            return [_Term(each["field"].lower(), each.get("direction") == "DESC") for each in order_by]
        names = [(name.lstrip("-"), name.startswith("-")) for name in default_order]
        return [_Term(name, descending) for name, descending in names if readable(self.access, resource, name)]

    def sort_value(self, resource: str, row: Row, term: _Term) -> Any:
        """What a term of an order compares of a row."""
        if not term.hidden and not shown(self.access, resource, term.name, row, self.world):
            return None
        return value_of(resource, term.name, row)

    def _sorted(self, resource: str, rows: list[Row], terms: Sequence[_Term]) -> list[Row]:
        made = sorted(rows, key=lambda row: row["id"])
        for term in reversed(terms):

            def key(row: Row, term: _Term = term) -> Any:
                return self.key(self.sort_value(resource, row, term))

            made.sort(key=key, reverse=term.descending)
        return made

    def key(self, value: Any) -> tuple[bool, Any]:
        """What a value is sorted by: nulls are greater than everything."""
        return (value is None, 0 if value is None else self.world.rank[value] if isinstance(value, str) else value)

    def _of_page(self, page: _Page, name: str) -> Any:
        if name == "totalCount":
            return page.total
        if page.phantom:
            one = _Object(page.resource, None)
            return {
                "nodes": [one],
                "edges": [{"cursor": "", "node": one}],
                "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
            }[name]
        if name == "nodes":
            return [_Object(page.resource, row) for row in page.rows]
        cursors = [self._cursor(page.resource, row, page.terms) for row in page.rows]
        if name == "edges":
            return [
                {"cursor": cursor, "node": _Object(page.resource, row)}
                for cursor, row in zip(cursors, page.rows, strict=True)
            ]
        return {
            "hasNextPage": page.more_after,
            "hasPreviousPage": page.more_before,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }

    # Filters ---------------------------------------------------------------------------------------------

    def _denied_in_filter(self, resource: str, wanted: Any) -> set[str]:
        denied: set[str] = set()
        for name, value in (wanted or {}).items():
            if value is None or name == "id":
                continue
            if name in ("and", "or", "not"):
                for each in value if isinstance(value, list) else [value]:
                    denied |= self._denied_in_filter(resource, each)
                continue
            if not readable(self.access, resource, snake(name)):
                denied.add(f"{resource}.{name}")
            relation = RELATIONS[resource].get(name)
            if relation is not None:
                if never(relation.target, self.access.resources.get(relation.target)):
                    denied.add(relation.target)
                denied |= self._denied_in_filter(relation.target, value)
        return denied

    def _matches(self, resource: str, row: Row, wanted: Any) -> bool:
        if wanted is None:
            return True
        return all(self._entry(resource, row, name, value) for name, value in wanted.items())

    def _entry(self, resource: str, row: Row, name: str, value: Any) -> bool:
        if value is None:
            return True
        if name == "and":
            return all(self._matches(resource, row, each) for each in value)
        if name == "or":
            return any(self._matches(resource, row, each) for each in value)
        if name == "not":
            return not self._matches(resource, row, value)
        if name == "id":
            return self.operators(f"{resource}_{row['id']}", "ID", value)
        visible_here = shown(self.access, resource, snake(name), row, self.world)
        relation = RELATIONS[resource].get(name)
        if relation is not None:
            if not visible_here:
                return False
            if relation.many or relation.there == "id":
                found = [each for each in self._related(row, relation) if self._sees(relation.target, each)]
            else:
                first = self.first(row, relation)
                found = [] if first is None else [first]
            return any(self._matches(relation.target, each, value) for each in found)
        kind = str(get_named_type(self._schema.type_map[resource].fields[name].type))  # type: ignore[attr-defined]
        own = value_of(resource, snake(name), row) if visible_here else None
        return self.operators(own, kind, value)

    def operators(self, own: Any, kind: str, wanted: dict[str, Any]) -> bool:
        """Whether a value meets all conditions of a filter."""
        return all(self._operator(own, kind, operator, value) for operator, value in wanted.items())

    def _operator(self, own: Any, kind: str, operator: str, given: Any) -> bool:
        if operator == "isNull":
            return given is None or (own is None) is given
        if given is None:
            return {"eq": own is None, "ne": own is not None}.get(operator, False)
        if operator == "in":
            return own is not None and own in [_coerced(kind, each) for each in given]
        value = _coerced(kind, given)
        if operator == "ne":
            return own is None or bool(own != value)
        if own is None:
            return False
        if operator == "eq":
            return bool(own == value)
        if operator == "startsWith":
            return bool(own.startswith(value))
        if operator == "contains":
            return value.lower() in own.lower()
        left, right = self.key(own), self.key(value)
        return {"lt": left < right, "lte": left <= right, "gt": left > right, "gte": left >= right}[operator]


@functools.cache
def _printed_and_read(schema: GraphQLSchema) -> GraphQLSchema:
    return build_schema(print_schema(schema))


# Values -------------------------------------------------------------------------------------------------


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _coerced(kind: str, value: Any) -> Any:
    if kind == "Decimal":
        return Decimal(str(value))
    if kind == "BigInt":
        return int(value)
    if kind == "Date":
        return date.fromisoformat(value)
    if kind == "DateTime":
        return datetime.fromisoformat(value)
    return value.lower() if kind in ("GardenerRank", "GrowthStage") else value


def _serialised(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "Decimal":
        return format(value, "f")
    if kind == "BigInt":
        return str(value)
    if kind == "Date":
        return value.isoformat()
    if kind == "DateTime":
        return _moment(value, "T") + ":00"
    if kind == "JSON":
        return json.loads(value) if isinstance(value, str) else value
    return value.upper() if kind in ("GardenerRank", "GrowthStage") else value


def _moment(value: datetime, between: str) -> str:
    """As PostgreSQL writes it: no more digits of a second than needed."""
    value = value.astimezone(UTC)
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return value.strftime(f"%Y-%m-%d{between}%H:%M:%S") + fraction + "+00"


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _moment(value, " ")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _from_text(kind: str, text: str | None) -> Any:
    if text is None:
        return None
    if kind == "UUID":
        return UUID(text)
    if kind == "Boolean":
        return text == "true"
    if kind in ("Int", "BigInt"):
        return int(text)
    return text if kind in ("GardenerRank", "GrowthStage") else _coerced(kind, text)


def _decoded(cursor: str) -> list[str | None]:
    made: list[str | None] = json.loads(base64.b64decode(cursor))
    return made
