"""Declaring resources over tables: columns become fields, references relations; see :mod:`homeroom.resources`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from piccolo.columns import (
    JSON,
    JSONB,
    Array,
    BigInt,
    Boolean,
    Column,
    Date,
    Integer,
    Numeric,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns import UUID as UUIDColumn

from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import ConfigurationError
from homeroom.permissions import WHOLE_SPACE
from homeroom.resources.lists import Lists, default_lists
from homeroom.resources.shapes import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Extension,
    Field,
    Leaf,
    Predicate,
    Relation,
    Resource,
    Statistics,
    Through,
)
from homeroom.spelling import camel_case, snake_case

__all__ = [
    "all_of",
    "along",
    "any_of",
    "camel_case",
    "computed",
    "extend",
    "leaf",
    "many",
    "one",
    "resource",
    "searchable",
    "through",
]


def through(reference: Any, scope: str) -> Through:
    """The rows whose ``reference`` (a :func:`belongs_to` column) leads to a row within ``scope`` there.

    Example: the marks of the caller's own class are ``through(Mark.student_id, "own_class")``.
    """
    target = reference_of(reference)
    if target is None:
        raise ConfigurationError(f"through(): {reference!r} is not a belongs_to column")
    return Through(reference._meta.db_column_name, target, scope)


def along(reference: Any, *scopes: str) -> dict[str, Predicate]:
    """All rows of the school, and those whose reference leads to a row within a scope of the same name there.

    Args:
        reference: A :func:`belongs_to` column.
        scopes: Scopes of what it leads to.

    Example:
        scopes = along(Seat.student_id, "own_class", "self", "children")
    """
    return {"school": EVERYTHING, **{each: through(reference, each) for each in scopes}}


def any_of(*predicates: Predicate) -> AnyOf:
    """The rows that at least one of the predicates lets through."""
    return AnyOf(predicates)


def all_of(*predicates: Predicate) -> AllOf:
    """The rows that every one of the predicates lets through.

    Example: ``all_of(through(Mark.student_id, "own_class"), "{row}.published")``.

    Example:
        scopes = {"published": all_of("{row}.published", through(Work.student_id, "own_class"))}
    """
    return AllOf(predicates)


def resource(
    table: type[SchoolTable],
    *parts: Field | Leaf | Relation,
    scopes: Mapping[str, Predicate] | None = None,
    name: str | None = None,
    singular: str = "",
    plural: str | None = None,
    description: str | None = None,
    exclude: Sequence[str] = (),
    filters: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    default_order: Sequence[str] | None = None,
    restricted: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    alike: Sequence[Sequence[str]] = (),
    enums: Mapping[str, str] | None = None,
    carrying: Mapping[str, Mapping[str, str]] | None = None,
    kinds: Mapping[str, str] | None = None,
    person_kinds: Sequence[str] = (),
    unlisted: str = "",
    single: bool = False,
    statistics: Statistics | None = None,
) -> Resource:
    """Declare a resource over a table: its columns become fields, its references relations.

    Args:
        table: A table of a school.
        parts: Further fields, leaves and relations.
        scopes: Scope name to the rows it lets through; by default the scope ``school`` alone, with every row.
        name: The GraphQL type; by default the table's class name.
        singular: For the root field of one row, camel case; by default the name.
        plural: For the root connection, camel case; by default the name with an s.
        description: By default the first paragraph of the table's docstring.
        exclude: Columns that are not shown.
        filters: Fields and relations that one may filter by, beside the parts that are filters themselves. By default
            what follows from the columns; see :func:`homeroom.resources.lists.default_lists`.
        order: Fields that one may order by; by default as for filters.
        default_order: Fields, ``-`` before one for descending; the id always comes last. By default dated rows with the
            latest first, others in the order of their first unique key.
        restricted: Fields that a rule on the whole resource does not open; each needs a rule of its own.
        sensitive: Fields and leaves of which every sight is kept in the audit: who, why, of which row. A query that
            shows none of them pays nothing for it; one that does writes an entry with a line for each row.
        alike: Groups of fields of which each tells what the others tell, such as the whole name, its parts and what it
            is searched by. A school that has the reads of one logged has those of all logged.
        enums: Column name to the GraphQL name of its enum, for columns with ``choices``.
        carrying: Name of a reference's relation to the scopes that carry over; see :class:`Relation`.
        kinds: Column with the id of a row of whatever table to the column that names its resource or its table.
        person_kinds: Columns that hold a kind of person: an enum of the kinds that the plugins of a school declare.
        unlisted: A boolean column; the list of all rows leaves out those in which it is true unless its filter names
            the field, which one must be able to filter by.
        single: Whether a school has at most one row, such as its settings. The root field has the name ``singular``,
            takes no id and gives the row or null; there is no connection, filter or order. The table must be unique
            per school.
        statistics: What its rows can be grouped by and summed beside what follows from the columns; see
            :func:`homeroom.resources.statistics`.
    """
    type_name = name or table.__name__
    fields: dict[str, Field] = {}
    relations: dict[str, Relation] = {}
    for column in table._meta.columns:
        attribute = column._meta.name
        if attribute in ("tenant_id", "id") or attribute in exclude:
            continue
        target = reference_of(column)
        if target is not None:
            relation_name = attribute.removesuffix("_id")
            relations[relation_name] = Relation(
                relation_name, target, here=column._meta.db_column_name, there="id", many=False,
                description=_help(column), carries=(carrying or {}).get(relation_name, {}), holds=_holds(column),
            )  # fmt: skip
        else:
            fields[attribute] = _field_of(column, type_name, (enums or {}).get(attribute))
            if attribute in person_kinds:
                fields[attribute] = replace(fields[attribute], type="PersonKind")
            if attribute in (kinds or {}):
                fields[attribute] = replace(fields[attribute], kind=f"{{row}}.{(kinds or {})[attribute]}")
    given = Extension(table._meta.tablename, tuple(parts))
    usual = Lists() if single else default_lists(table, without=(*exclude, *sensitive))
    filters = (
        *(usual.filters if filters is None else filters),
        *(each.name for each in parts if isinstance(each, Relation) and each.filter),
    )
    order = usual.order if order is None else order
    default_order = usual.default_order if default_order is None else default_order
    one_row = singular or type_name[0].lower() + type_name[1:]
    made = Resource(
        name=type_name,
        plural=one_row if single else plural or camel_case(snake_case(type_name)) + "s",
        singular=one_row,
        table=table._meta.tablename,
        description=description or _first_paragraph(table.__doc__),
        fields=fields,
        leaves={},
        relations=relations,
        scopes=dict({WHOLE_SPACE: EVERYTHING} if scopes is None else scopes),
        filters=tuple(filters),
        order=tuple(order),
        default_order=tuple(default_order),
        restricted=frozenset(restricted),
        sensitive=frozenset(sensitive),
        alike=tuple(map(frozenset, alike)),
        columns={each._meta.db_column_name: _sql_type(each) for each in table._meta.columns},
        unlisted=unlisted,
        single=single,
        statistics=statistics or Statistics(none=single),
    ).with_extension(given)
    orderable = {*made.fields, *made.columns}
    _refuse_unknown(
        f"resource {type_name}",
        ("filters", filters, {*made.fields, *made.relations}),
        ("order", order, {*made.fields}),
        ("default_order", (each.lstrip("-") for each in default_order), orderable),
        ("restricted", restricted, {*made.fields, *made.relations, *made.leaves}),
        ("sensitive", sensitive, {*made.fields, *made.leaves}),
        ("statistics", made.statistics.without, {*made.fields, *made.relations}),
        (
            "statistics",
            (path.split(".")[0] for path in made.statistics.group_by.values()),
            {*made.fields, *made.relations},
        ),
        ("alike", (name for group in alike for name in group), {*made.fields, *made.leaves}),
    )
    if single and (plural or filters or order or default_order or unlisted):
        raise ConfigurationError(f"resource {type_name}: a single row has no list, so no plural, filters or order")
    if unlisted and (unlisted not in filters or made.fields[unlisted].type != "Boolean"):
        raise ConfigurationError(f"resource {type_name}: {unlisted} must be a boolean field that one may filter by")
    _refuse_sensitive_order(f"resource {type_name}", made.sensitive, (*order, *default_order))
    return made


def computed(name: str, type: str, sql: str, description: str = "") -> Field:
    """A field made by SQL over ``{row}``; also with the parameters of predicates.

    Example:
        places_left = computed("places_left", "Int", "{row}.places - {row}.taken", "How many are free.")
    """
    return Field(name, type, sql, description)


def searchable(name: str, sql: str, patterns: Callable[[str], list[str]], description: str = "") -> Field:
    """A way to find rows by words; it is a filter with the operator ``matches`` and shows nothing.

    Args:
        name: Snake case.
        sql: The text that is searched, over ``{row}``.
        patterns: Makes of the words asked for what the text must all be LIKE.
        description: For the schema.
    """
    return Field(name, "String", sql, description, search=patterns)


def leaf(
    name: str,
    type: str,
    needs: Sequence[str],
    compute: Callable[[list[dict[str, Any]]], list[Any]],
    description: str = "",
) -> Leaf:
    """A field made in Python from other fields, for all rows of an answer at once."""
    return Leaf(name, type, tuple(needs), compute, description)


def many(
    name: str,
    reference: Any,
    *,
    where: str = "",
    order: Sequence[str] = (),
    description: str = "",
    carries: Mapping[str, str] | None = None,
    filter: bool = False,
) -> Relation:
    """A connection to the rows of another table whose ``reference`` points here.

    Args:
        name: Snake case plural, such as ``marks``.
        reference: The other table's :func:`belongs_to` column.
        where: Which of them; ``{row}`` is the other row.
        order: Default order, columns of the other row.
        description: For the schema.
        carries: Scopes that carry over; see :class:`Relation`.
        filter: Whether one may filter by it, in the list of this resource.
    """
    column: Column = reference
    return Relation(
        name, column._meta.table._meta.tablename, here="id", there=column._meta.db_column_name, many=True,
        where=where, order=tuple(order), description=description, carries=carries or {}, filter=filter,
    )  # fmt: skip


def one(
    name: str,
    reference: Any,
    *,
    where: str = "",
    order: Sequence[str] = (),
    description: str = "",
    carries: Mapping[str, str] | None = None,
    filter: bool = False,
) -> Relation:
    """The first row of another table whose ``reference`` points here, or none: the enrolment of today."""
    made = many(name, reference, where=where, order=order, description=description, carries=carries, filter=filter)
    return replace(made, many=False)


def extend(
    table: type[SchoolTable],
    *parts: Field | Leaf | Relation,
    scopes: Mapping[str, Predicate] | None = None,
    restricted: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    filters: Sequence[str] = (),
    order: Sequence[str] = (),
    group_by: Mapping[str, str] | None = None,
) -> Extension:
    """Fields for another plugin's resource; they exist only where this plugin is on.

    Args:
        table: The table of the resource.
        parts: Fields, leaves and relations.
        scopes: Further scopes: name to the rows it lets through.
        restricted: Those of the parts that a rule on the whole resource does not open.
        sensitive: Those fields and leaves of which every read is kept in the audit.
        filters: Those fields and relations that one may filter by, beside the relations that say so themselves.
        order: Those fields that one may order by.
        group_by: Name to a way that the rows can be grouped by, as in :func:`homeroom.resources.statistics`. Of the
            parts themselves, enums, booleans, dates and numbers are in the statistics anyway.

    Raises:
        ConfigurationError: A name is none of the parts, or a sensitive field is in the order.
    """
    what = f"extension of {table.__name__}"
    filters = (*filters, *(each.name for each in parts if isinstance(each, Relation) and each.filter))
    fields, leaves, relations = ({each.name for each in parts if isinstance(each, k)} for k in (Field, Leaf, Relation))
    _refuse_unknown(
        what,
        ("filters", filters, fields | relations),
        ("order", order, fields),
        ("restricted", restricted, fields | leaves | relations),
        ("sensitive", sensitive, fields | leaves),
    )
    _refuse_sensitive_order(what, sensitive, order)
    return Extension(
        table._meta.tablename, parts, dict(scopes or {}), frozenset(restricted), frozenset(sensitive),
        tuple(filters), tuple(order), dict(group_by or {}),
    )  # fmt: skip


def _refuse_unknown(what: str, *named: tuple[str, Iterable[str], Collection[str]]) -> None:
    """Raise ConfigurationError for a name that is not known."""
    for kind, names, known in named:
        for each in names:
            if each not in known:
                raise ConfigurationError(f"{what}: {kind} names {each!r}, which it has not")


def _refuse_sensitive_order(what: str, sensitive: Iterable[str], order: Iterable[str]) -> None:
    for each in {*sensitive} & {name.lstrip("-") for name in order}:
        raise ConfigurationError(f"{what}: {each} is sensitive, and cursors would carry it: no order")


_TYPES: tuple[tuple[type[Column], str], ...] = (
    (UUIDColumn, "ID"),
    (Boolean, "Boolean"),
    (BigInt, "BigInt"),
    (SmallInt, "Int"),
    (Integer, "Int"),
    (Numeric, "Decimal"),
    (Date, "Date"),
    (Timestamptz, "DateTime"),
    (JSONB, "JSON"),
    (JSON, "JSON"),
    (Array, "[String!]"),
    (Varchar, "String"),
    (Text, "String"),
)


def _field_of(column: Column, type_name: str, enum: str | None) -> Field:
    name = column._meta.name
    sql = f"{{row}}.{column._meta.db_column_name}"
    choices = column._meta.choices
    if choices is not None:
        values = tuple(str(choice.value) for choice in choices)
        about = _first_paragraph(choices.__doc__)
        return Field(
            name, "String", sql, _help(column) or about, values, enum or type_name + _pascal_case(name),
            enum_description=about, holds=_holds(column),
        )  # fmt: skip
    for kind, graphql_type in _TYPES:
        if isinstance(column, kind):
            return Field(name, graphql_type, sql, _help(column), holds=_holds(column))
    raise ConfigurationError(f"{type_name}.{name}: no GraphQL type for a {type(column).__name__} column")


def _sql_type(column: Column) -> str:
    name: str = column.column_type.split("(")[0].lower()
    return "text" if name == "varchar" else name


def _pascal_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _holds(column: Column) -> Any:
    """What may stand in a column: what it says itself, or the length of a plain text."""
    said = getattr(column, "_homeroom_kind", None)
    if said is None and isinstance(column, Varchar) and column._meta.choices is None:
        from homeroom.columns.kinds import TextKind  # which needs commands, and they need resources

        return TextKind(column.length or 255, optional=True)
    return said


def _help(column: Column) -> str:
    return column._meta.help_text or ""


def _first_paragraph(docstring: str | None) -> str:
    return " ".join((docstring or "").strip().split("\n\n")[0].split())
