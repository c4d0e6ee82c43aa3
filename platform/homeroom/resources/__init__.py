"""Declaring what can be read: resources, their fields, relations and the rows that scopes let through.

A resource is declared once over a table and gives the GraphQL type, its connections with filters, order,
cursors and totals, the permission names, the audit noun and the export. Nothing here touches a
database: these are values that the compiler turns into SQL.

Predicates are SQL texts over one row of the resource's table. ``{row}`` stands for that row; the parameters are
``:persons`` (uuid[], the caller's persons in this space), ``:account`` (uuid, the caller's account; null for the
installation itself), ``:roles`` (text[], the roles in force), ``:today`` (date in the space's time zone) and
``:now`` (timestamptz). Tables that a predicate mentions stand under row level security like any other.
"""

from __future__ import annotations

from homeroom.resources.declare import (
    all_of,
    along,
    any_of,
    camel_case,
    computed,
    extend,
    leaf,
    many,
    one,
    resource,
    searchable,
    through,
)
from homeroom.resources.grouping import statistics
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

__all__ = [
    "EVERYTHING",
    "AllOf",
    "AnyOf",
    "Extension",
    "Field",
    "Leaf",
    "Predicate",
    "Relation",
    "Resource",
    "Statistics",
    "Through",
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
    "statistics",
    "through",
]
