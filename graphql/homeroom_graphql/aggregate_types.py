"""The types of statistics: what the aggregates of a resource are asked by and answer with.

``studentsAggregate(filter, groupBy, having, orderBy, first, offset)`` has groups; each has its key, the number of its
rows, and sums, averages, the least and the greatest of their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.resources import Field, Relation, Resource, camel_case
from homeroom.resources.grouping import Grouping, groupings_of, has_groupings, moments_of, numbers_of
from homeroom_graphql.declarations import FieldSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom_graphql.declarations import Declarations

__all__ = ["AGGREGATE", "BUCKETS", "MEASURES", "aggregate_field", "aggregate_types", "shared_types"]

#: What the names of fields with statistics end with, behind the name of their list.
AGGREGATE: Final = "Aggregate"
#: What is made of the numbers of a group, and what it is.
MEASURES: Final = {
    "sum": "The sums; null where a group has no value.",
    "average": "The averages, rounded to six decimals.",
    "min": "The least, or earliest, values.",
    "max": "The greatest, or latest, values.",
}
#: Measures that moments do not have.
_OF_NUMBERS: Final = ("sum", "average")
BUCKETS: Final = ("DAY", "WEEK", "MONTH", "YEAR")


def shared_types(types: Declarations) -> None:
    """Declare what the statistics of all resources have in common."""
    about = "What dates are put together by; the key has the first day. Weeks begin on Monday."
    types.enum("DateBucket", BUCKETS, about)
    types.enum("AggregateMeasure", ("COUNT", *(each.upper() for each in MEASURES)), "What groups can be ordered by.")


def aggregate_field(resource: Resource, by_table: Mapping[str, Resource]) -> FieldSpec:
    """The field of a query that has the statistics of a list.

    Args:
        resource: Whose rows.
        by_table: The resources of the plugins that are on.
    """
    own = resource.name
    arguments = [FieldSpec("filter", f"{own}Filter", "Which rows are counted.")]
    if has_groupings(resource, by_table):
        by = "By what the rows are grouped; without it all rows are one group."
        arguments.append(FieldSpec("groupBy", f"[{own}GroupBy!]", by))
    arguments += [
        FieldSpec("having", f"{own}Having", "Which groups are shown."),
        FieldSpec("orderBy", f"[{own}AggregateOrder!]", "In which order; by the keys unless said."),
        FieldSpec("first", "Int", "How many groups; as many as a page may have unless said."),
        FieldSpec("offset", "Int", "How many groups are left out before them."),
    ]
    about = f"Statistics of the rows of {own} that the caller may see."
    return FieldSpec(f"{resource.plural}{AGGREGATE}", f"{own}Aggregate", about, tuple(arguments), own)


def aggregate_types(types: Declarations, resource: Resource, by_table: Mapping[str, Resource]) -> None:
    """Declare the types of a resource's statistics."""
    own = resource.name
    numbers, moments = numbers_of(resource), moments_of(resource)
    group = [FieldSpec("count", "Int!", "How many rows are in the group.")]
    order = [
        FieldSpec("measure", "AggregateMeasure", "By the number of rows, or by a measure of a number."),
        FieldSpec("direction", "OrderDirection", "Ascending unless said."),
    ]
    having = [FieldSpec("count", "IntFilter", "The number of rows in the group.")]
    groupings = groupings_of(resource, by_table)
    if groupings:
        group.insert(0, FieldSpec("key", f"{own}AggregateKey!", "What the rows of the group have in common."))
        order.insert(0, FieldSpec("key", f"{own}GroupByField", "By something that the rows are grouped by."))
        _grouping_types(types, own, groupings, by_table)
    if numbers:
        values = [_measured(each, "Decimal") for each in numbers]
        types.object(f"{own}AggregateNumbers", values, f"Numbers made of {own} rows.")
        filters = [_measured(each, "DecimalFilter") for each in numbers]
        types.input(f"{own}HavingNumbers", filters, f"Conditions on numbers made of {own} rows.")
        having += [FieldSpec(each, f"{own}HavingNumbers", about) for each, about in MEASURES.items()]
    if numbers or moments:
        measured = [*numbers, *moments]
        types.object(
            f"{own}AggregateExtremes",
            [_measured(each, each.type) for each in measured],
            f"The least or greatest values of {own} rows.",
        )
        types.enum(f"{own}NumberField", [each.name.upper() for each in measured], f"What {own} rows are measured by.")
        order.insert(-1, FieldSpec("of", f"{own}NumberField", "Of which number; the number of rows is of none."))
        for measure, about in MEASURES.items():
            if measure not in _OF_NUMBERS:
                group.append(FieldSpec(measure, f"{own}AggregateExtremes", about))
            elif numbers:
                group.append(FieldSpec(measure, f"{own}AggregateNumbers", about))
    types.object(
        f"{own}Aggregate",
        [
            FieldSpec("groups", f"[{own}AggregateGroup!]!", "The groups; one if the rows are not grouped."),
            FieldSpec("totalCount", "Int!", "How many groups there are, those before and after these among them."),
        ],
        f"Statistics of {own} rows.",
    )
    types.object(f"{own}AggregateGroup", group, f"A group of {own} rows.")
    types.input(f"{own}Having", having, f"Which groups of {own} rows; all of these must hold.")
    types.input(f"{own}AggregateOrder", order, f"How groups of {own} rows are ordered: by a key or by a measure.")


def _grouping_types(
    types: Declarations, own: str, groupings: Mapping[str, Grouping], by_table: Mapping[str, Resource]
) -> None:
    types.object(
        f"{own}AggregateKey",
        [_key(each, by_table) for each in groupings.values()],
        "What the rows of a group have in common; null for what they are not grouped by, and where it is empty or not"
        " to be read.",
    )
    types.enum(f"{own}GroupByField", [name.upper() for name in groupings], f"What {own} rows can be grouped by.")
    by = [FieldSpec("field", f"{own}GroupByField!", "By what.")]
    if any(each.is_dated for each in groupings.values()):
        by.append(FieldSpec("by", "DateBucket", "For dates: what is put together; days unless said."))
    types.input(f"{own}GroupBy", by, f"How {own} rows are grouped.")


def _key(grouping: Grouping, by_table: Mapping[str, Resource]) -> FieldSpec:
    part = grouping.part
    type_name = by_table[part.target].name if isinstance(part, Relation) else grouping.type
    return FieldSpec(camel_case(grouping.name), type_name, part.description or _about(grouping.name))


def _measured(field: Field, type_name: str) -> FieldSpec:
    return FieldSpec(camel_case(field.name), type_name, field.description or _about(field.name))


def _about(name: str) -> str:
    return f"The {name.replace('_', ' ')}."
