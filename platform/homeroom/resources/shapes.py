"""What a declaration is made of: values that the compiler turns into SQL; see :mod:`homeroom.resources`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from homeroom.errors import ConfigurationError

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
]

#: Every row of the space.
EVERYTHING = "TRUE"


@dataclass(frozen=True, slots=True)
class Through:
    """The rows whose reference leads to a row within a scope of its own resource."""

    column: str
    target: str
    scope: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The rows that at least one of several predicates lets through."""

    predicates: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """The rows that every one of several predicates lets through."""

    predicates: tuple[Predicate, ...]


Predicate = str | Through | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Field:
    """One readable value of a row.

    Args:
        name: Snake case; GraphQL shows it in camel case.
        type: ``ID``, ``String``, ``Int``, ``BigInt``, ``Decimal``, ``Boolean``, ``Date``, ``DateTime``, ``JSON``,
            ``PersonKind`` or ``[String!]``; with ``values`` it is an enum.
        sql: The value over ``{row}``.
        description: For the schema.
        values: The codes of an enum (lower snake case in the database, upper case in GraphQL).
        enum: The enum's GraphQL name, if ``values``.
        enum_description: What the enum is, if ``values``.
        search: For a field that is only asked by words: makes of the words what ``sql`` must all be LIKE.
        file: The column that refers to a file, if this is its address; see :mod:`homeroom.files.addresses`.
        kind: For the id of a row of whatever table: SQL over ``{row}`` that names the resource or the table. The field
            shows the id as the row itself does, ``Student_0190...``.
        holds: The :class:`~homeroom.columns.ColumnKind` of its column, which says what may stand in it; none where the
            column does not say so.
    """

    name: str
    type: str
    sql: str
    description: str = ""
    values: tuple[str, ...] = ()
    enum: str = ""
    file: str = ""
    enum_description: str = ""
    search: Callable[[str], list[str]] | None = None
    kind: str = ""
    holds: Any = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that must be made in Python, for all rows of an answer in one call.

    Args:
        name: Snake case.
        type: As for :class:`Field`.
        needs: Names of fields of the same resource that the function gets.
        compute: Takes a list of dictionaries (the needs of each row, as JSON values), gives a list of JSON
            values of the same length.
        description: For the schema.
    """

    name: str
    type: str
    needs: tuple[str, ...]
    compute: Callable[[list[dict[str, Any]]], list[Any]]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from a row to rows of another resource.

    Args:
        name: Snake case.
        target: The table name of the other resource.
        here: The column of this row that is compared.
        there: The column of the other row that is compared.
        many: A connection, or at most one row.
        where: A further predicate; ``{row}`` is the other row.
        order: Columns of the other row that decide which comes first, ``-`` before a name for descending.
        description: For the schema.
        carries: Scopes that carry over: a row within the scope that is named first never leads to a row outside the
            scope of the other resource that is named second. One's own mark is in a column of one's own book. What is
            seen that way is not asked for again, so it must hold whatever is written.
        holds: Of a reference, as for :class:`Field`.
        filter: Whether the resource that declares it can be filtered by it.
    """

    name: str
    target: str
    here: str
    there: str
    many: bool
    where: str = ""
    order: tuple[str, ...] = ()
    description: str = ""
    carries: Mapping[str, str] = field(default_factory=dict)
    holds: Any = None
    filter: bool = False

    def first(self, row: str) -> str:
        """SQL that leaves the first of several rows, for a relation that shows at most one."""
        order = [f"{row}.{name.lstrip('-')}{' DESC' if name.startswith('-') else ''}" for name in self.order]
        return f"ORDER BY {', '.join([*order, f'{row}.id'])} LIMIT 1"


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a resource declares about its statistics; see :func:`homeroom.resources.statistics`.

    Args:
        group_by: Name to the field, or the way to it over relations, that rows can be grouped by.
        without: Fields and relations that rows can neither be grouped by nor summed.
        none: Whether there are no statistics.
    """

    group_by: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    none: bool = False


_DERIVED: Final = Statistics()


@dataclass(frozen=True, slots=True)
class Resource:
    """What can be read of one table. Made by :func:`resource`.

    ``columns`` is every column of the table, shown or not, to the SQL type that its values are cast to.
    ``sensitive`` names the fields and leaves of which every sight is kept in the audit.
    ``unlisted`` names a boolean field: the list of all rows leaves out those in which it is true, unless its filter
    names the field. By their ids and by relations these rows are found as others are.
    ``single`` means that a school has at most one row: it is read without an id, and there is no list.
    ``alike`` has groups of fields of which each tells what the others tell.
    ``statistics`` is what its rows can be grouped by beside what follows from the columns.
    """

    name: str
    plural: str
    table: str
    description: str
    fields: Mapping[str, Field]
    leaves: Mapping[str, Leaf]
    relations: Mapping[str, Relation]
    scopes: Mapping[str, Predicate]
    filters: tuple[str, ...]
    order: tuple[str, ...]
    default_order: tuple[str, ...]
    restricted: frozenset[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()
    singular: str = ""
    unlisted: str = ""
    single: bool = False
    alike: tuple[frozenset[str], ...] = ()
    statistics: Statistics = _DERIVED

    def with_extension(self, extension: Extension) -> Resource:
        """This resource with the fields of an extension. Raises ConfigurationError on a clash."""
        taken = {*self.fields, *self.leaves, *self.relations}
        for part in extension.parts:
            if part.name in taken:
                raise ConfigurationError(
                    f"two plugins give {self.name} a field {part.name!r}; one of them must rename it"
                )
            taken.add(part.name)
        for name in extension.scopes:
            # A scope that another plugin widens would let its roles see more than their rules say.
            if name in self.scopes:
                raise ConfigurationError(f"two plugins give {self.name} a scope {name!r}; one of them must rename it")
        return replace(
            self,
            fields={**self.fields, **{p.name: p for p in extension.parts if isinstance(p, Field)}},
            leaves={**self.leaves, **{p.name: p for p in extension.parts if isinstance(p, Leaf)}},
            relations={**self.relations, **{p.name: p for p in extension.parts if isinstance(p, Relation)}},
            scopes={**self.scopes, **extension.scopes},
            restricted=self.restricted | extension.restricted,
            sensitive=self.sensitive | extension.sensitive,
            filters=(*self.filters, *extension.filters),
            order=(*self.order, *extension.order),
            statistics=replace(self.statistics, group_by={**self.statistics.group_by, **extension.group_by})
            if extension.group_by
            else self.statistics,
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """Fields that a plugin adds to another plugin's resource. Made by :func:`extend`."""

    table: str
    parts: tuple[Field | Leaf | Relation, ...]
    scopes: Mapping[str, Predicate] = field(default_factory=dict)
    restricted: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    group_by: Mapping[str, str] = field(default_factory=dict)
