"""Filters and orders as SQL. A field that the caller may not read can be neither."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError
from homeroom_graphql.implied import by_reference, seen_with
from homeroom_graphql.inputs import NO_ID, BadInput, decode_id, scalar_coercer
from homeroom_graphql.limits import TooComplex
from homeroom_graphql.refusals import BAD_CURSOR, ORDER_TERMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeroom.resources import Relation, Resource
    from homeroom_graphql.arguments import Given
    from homeroom_graphql.frame import Frame
    from homeroom_graphql.plans import Run

__all__ = [
    "OrderTerm",
    "cursor_condition",
    "cursor_content",
    "cursor_text",
    "cursor_value",
    "filter_condition",
    "names_field",
    "operators",
    "order_terms",
]

#: GraphQL type to the SQL type of its parameter.
SQL_TYPES = {
    "ID": "uuid",
    "String": "text",
    "Int": "integer",
    "BigInt": "bigint",
    "Decimal": "numeric",
    "Boolean": "boolean",
    "Date": "date",
    "DateTime": "timestamptz",
}

MAX_ORDER_TERMS = 10

_COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def filter_condition(frame: Frame, resource: Resource, row: str, given: Given) -> str:
    """A filter input as a SQL condition over ``row``. Raises Denied for a field that may not be read."""
    if given.now is None:
        return "TRUE"
    with frame.budget.filter_level():
        parts = [_entry(frame, resource, row, name, each) for name, each in given.items()]
    return _join(parts, "AND", "TRUE")


def names_field(given: Given | None, name: str) -> bool:
    """Whether a filter input names a field of its own rows, at any depth of its ``and``, ``or`` and ``not``."""
    if given is None or given.now is None:
        return False
    for key, each in given.items():
        if key == name and each.now is not None:
            return True
        if key in ("and", "or") and each.now is not None and any(names_field(one, name) for one in each.elements()):
            return True
        if key == "not" and names_field(each, name):
            return True
    return False


def _entry(frame: Frame, resource: Resource, row: str, name: str, given: Given) -> str:
    frame.budget.field()
    if given.now is None and name in ("and", "or", "not"):
        return "TRUE"
    if name in ("and", "or"):
        parts = [filter_condition(frame, resource, row, each) for each in given.elements()]
        return _join(parts, name.upper(), "TRUE" if name == "and" else "FALSE")
    if name == "not":
        return f"(NOT coalesce({filter_condition(frame, resource, row, given)}, FALSE))"
    if given.now is None:
        return "TRUE"
    if name == "id":
        return operators(frame, f"{row}.id", "ID", given, resource.name)
    field = frame.field_named(resource, name)
    if field is not None:
        frame.sight.require(resource, field.name)
        frame.asked.tell(resource, field.name)
        sql = frame.sight.masked(resource, field.name, frame.value_of(field, row), row)
        if field.search is not None:
            return _matches(frame, sql, field.search, given)
        return operators(frame, sql, "enum" if field.values else field.type, given)
    relation = frame.relation_named(resource, name)
    frame.sight.require(resource, relation.name)
    condition = _exists(frame, resource, relation, row, given)
    # Where the caller may not follow the relation, no row is found through it either.
    return frame.sight.masked(resource, relation.name, condition, row)


def _matches(frame: Frame, sql: str, patterns: Callable[[str], list[str]], given: Given) -> str:
    """That a text has all the words that are asked for."""
    text = _coerce("String")
    parts = [
        f"({sql}) LIKE ALL({frame.placeholders.argument(each, 'text[]', lambda asked: patterns(text(asked)))})"
        for _, each in given.items()
        if each.now is not None
    ]
    return _join(parts, "AND", "TRUE")


def _exists(frame: Frame, resource: Resource, relation: Relation, row: str, given: Given) -> str:
    """That the relation leads to a row that fits: to any of them, or to the one that it shows."""
    target = frame.variant.by_table[relation.target]
    alias = frame.alias()
    reference = f"{row}.{relation.here}"
    seen = seen_with(frame.access, resource, relation, target)
    visible = "TRUE" if seen else frame.sight.visible(target, alias)
    link = [f"{alias}.{relation.there} = {reference}", visible]
    if relation.where:
        link.append(frame.fill(relation.where, alias))
    with frame.budget.filter_level(relation=True):
        wanted = filter_condition(frame, target, alias, given)
    if relation.there == "id" and not relation.where and visible == "TRUE":
        without = by_reference(wanted, alias, reference)
        if without is not None:
            return _join([f"{reference} IS NOT NULL", without], "AND", "TRUE")
    if relation.many or relation.there == "id" or wanted == "TRUE":
        return f"EXISTS (SELECT FROM {target.table} {alias} WHERE {_join([*link, wanted], 'AND', 'TRUE')})"
    first = f"SELECT * FROM {target.table} {alias} WHERE {_join(link, 'AND', 'TRUE')} {relation.first(alias)}"
    return f"EXISTS (SELECT FROM ({first}) {alias} WHERE {wanted})"


def operators(frame: Frame, sql: str, kind: str, given: Given, resource: str = "") -> str:
    """The operators of a filter input as a SQL condition over a value.

    Args:
        frame: The frame of the statement.
        sql: The value.
        kind: Its GraphQL type, or ``enum``.
        given: The input.
        resource: Whose id the value is, if it is one.
    """
    parts = [_operator(frame, sql, kind, name, each, resource) for name, each in given.items()]
    return _join(parts, "AND", "TRUE")


def _operator(frame: Frame, sql: str, kind: str, name: str, given: Given, resource: str) -> str:
    if name == "isNull":
        if given.now is None:
            return "TRUE"
        return f"(({sql}) IS NULL) = {frame.placeholders.argument(given, 'boolean', _coerce('Boolean'))}"
    if given.now is None:
        return {"eq": f"({sql}) IS NULL", "ne": f"({sql}) IS NOT NULL"}.get(name, "FALSE")
    coerce = _enum_value if kind == "enum" else _id_value(resource) if kind == "ID" else _coerce(kind)
    sql_type = SQL_TYPES.get(kind, "text")
    if name == "in":
        return f"({sql}) = ANY({_list(frame, given, sql_type, coerce)})"
    placeholder = frame.placeholders.argument(given, sql_type, coerce)
    if name == "eq":
        return f"({sql}) = {placeholder}"
    if name == "ne":
        return f"({sql}) IS DISTINCT FROM {placeholder}"
    if name == "startsWith":
        return f"starts_with({sql}, {placeholder})"
    if name == "contains":
        return f"position(lower({placeholder}) in lower({sql})) > 0"
    return f"({sql}) {_COMPARISONS[name]} {placeholder}"


def _list(frame: Frame, given: Given, sql_type: str, coerce: Callable[[Any], Any]) -> str:
    """A placeholder for a list, which may be a variable or a literal with variables in it."""
    if given.variable is not None:
        return frame.placeholders.argument(given, f"{sql_type}[]", lambda values: [coerce(v) for v in _as_list(values)])
    elements = given.elements()
    if all(each.variable is None for each in elements):
        constant = [coerce(each.now) for each in elements]
        return frame.placeholders.value(lambda _run: constant, f"{sql_type}[]")
    return frame.placeholders.value(lambda run: [coerce(each.get(run.variables)) for each in elements], f"{sql_type}[]")


def _as_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _coerce(kind: str) -> Callable[[Any], Any]:
    coercer = scalar_coercer(kind)
    assert coercer is not None
    return coercer


def _enum_value(value: Any) -> str:
    return str(value).lower()


def _id_value(resource: str) -> Callable[[Any], Any]:
    if not resource:  # of a row of whatever table: with its type, as the API hands it out, or without
        return lambda value: decode_id(value, value.rpartition("_")[0]) or NO_ID
    return lambda value: decode_id(value, resource) or NO_ID


def _join(parts: list[str], word: str, empty: str) -> str:
    parts = [part for part in parts if part != ("TRUE" if word == "AND" else "FALSE")]
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else "(" + f" {word} ".join(parts) + ")"


# Order and cursors --------------------------------------------------------------------------------------


class OrderTerm:
    """One term of an order: nulls last when ascending, first when descending, as PostgreSQL does."""

    __slots__ = ("descending", "sql", "sql_type", "unique")

    def __init__(self, sql: str, sql_type: str, *, descending: bool, unique: bool = False) -> None:
        self.sql = sql
        self.sql_type = sql_type
        self.unique = unique
        self.descending = descending


def order_terms(
    frame: Frame, resource: Resource, row: str, given: Given | None, default: tuple[str, ...], *, cursors: bool
) -> list[OrderTerm]:
    """The terms of an order; the id comes last, so that an order is total.

    Args:
        frame: The frame of the statement.
        resource: Whose rows.
        row: Their alias.
        given: The order that is asked for; it tells of its fields as a filter does.
        default: The relation's own order.
        cursors: Whether cursors are asked for, which carry the values of the fields.
    """
    terms = []
    if given is not None and given.now:
        elements = given.elements()
        if len(elements) > MAX_ORDER_TERMS:
            raise TooComplex(ORDER_TERMS, most=MAX_ORDER_TERMS)
        for each in elements:
            parts = dict(each.items())
            name = str(parts["field"].now).lower()
            direction = parts.get("direction")
            frame.asked.tell(resource, name)
            terms.append(_term(frame, resource, row, name, direction is not None and direction.now == "DESC"))
    else:
        for each_name in default or resource.default_order:
            name = each_name.lstrip("-")
            if frame.sight.readable(resource, name):
                if cursors:
                    frame.asked.tell(resource, name)
                terms.append(_term(frame, resource, row, name, each_name.startswith("-")))
    terms.append(OrderTerm(f"{row}.id", "uuid", descending=False, unique=True))
    return terms


def _term(frame: Frame, resource: Resource, row: str, name: str, descending: bool) -> OrderTerm:
    field = resource.fields.get(name)
    if field is None:  # a column that is not shown
        if name not in resource.columns:
            raise ConfigurationError(f"{resource.name} cannot be ordered by {name!r}: it is no column and no field")
        return OrderTerm(f"{row}.{name}", resource.columns[name], descending=descending)
    frame.sight.require(resource, name)
    sql = frame.sight.masked(resource, name, frame.fill(field.sql, row), row)
    return OrderTerm(sql, SQL_TYPES.get(field.type, "text"), descending=descending)


def cursor_content(terms: list[OrderTerm]) -> str:
    """SQL that writes what a row's cursor says, of which :func:`cursor_text` makes the cursor."""
    values = ", ".join(f"({term.sql})::text" for term in terms)
    return f"json_build_array({values})::text"


def cursor_text(content: str) -> str:
    """SQL that writes a cursor: costly, so not done for rows whose cursor nobody asked for."""
    return f"translate(encode(convert_to({content}, 'UTF8'), 'base64'), E'\\n', '')"


def cursor_value(terms: list[OrderTerm]) -> str:
    """SQL that writes the cursor of a row."""
    return cursor_text(cursor_content(terms))


def cursor_condition(frame: Frame, terms: list[OrderTerm], given: Given, *, before: bool) -> str:
    """The rows beyond a cursor, in the order of the terms."""
    options = []
    equal: list[str] = []
    for index, term in enumerate(terms):
        value = f"{frame.placeholders.value(_from_cursor(given, index, len(terms)), 'text')}::{term.sql_type}"
        descending = term.descending != before
        sql = term.sql
        if term.unique:
            beyond = f"{sql} {'<' if descending else '>'} {value}"
        elif term.descending:  # nulls come first
            beyond = (
                f"(({sql}) > {value} OR (({sql}) IS NULL AND {value} IS NOT NULL))"
                if before
                else f"(({sql}) < {value} OR ({value} IS NULL AND ({sql}) IS NOT NULL))"
            )
        else:  # nulls come last
            beyond = (
                f"(({sql}) < {value} OR ({value} IS NULL AND ({sql}) IS NOT NULL))"
                if before
                else f"(({sql}) > {value} OR (({sql}) IS NULL AND {value} IS NOT NULL))"
            )
        options.append(_join([*equal, beyond], "AND", "TRUE"))
        equal.append(f"({sql}) IS NOT DISTINCT FROM {value}")
    return _join(options, "OR", "FALSE")


def _from_cursor(given: Given, index: int, length: int) -> Callable[[Run], str | None]:
    def get(run: Run) -> str | None:
        value = given.get(run.variables)
        try:
            decoded = json.loads(base64.b64decode(value, validate=True))
        except (ValueError, binascii.Error, RecursionError):
            decoded = None
        if (
            not isinstance(decoded, list)
            or len(decoded) != length
            or not all(each is None or (isinstance(each, str) and "\0" not in each) for each in decoded)
            or decoded[-1] is None
        ):
            raise BadInput(BAD_CURSOR)
        each: str | None = decoded[index]
        return each

    return get
