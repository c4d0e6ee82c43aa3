"""The schema of a set of plugins: types from resources, mutations from commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from homeroom.resources import Field, Leaf, Relation, Resource, camel_case
from homeroom.resources.grouping import has_statistics
from homeroom.signatures import documented_result, prose
from homeroom_graphql.aggregate_types import aggregate_field, aggregate_types, shared_types
from homeroom_graphql.declarations import Declarations, FieldSpec, TypeSpec
from homeroom_graphql.descriptions import Descriptions
from homeroom_graphql.inputs import command_input, query_arguments
from homeroom_graphql.sharing import Shared, resource_meaning
from homeroom_graphql.values import declare_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.subscriptions import Subscription
    from homeroom.variants import Variant
    from homeroom_graphql.types import LazySchema

__all__ = ["FILTER_OPERATORS", "OTHER_PERSON", "REMOVED", "build_schema", "declare", "payload_field", "singular"]

#: Scalar to the operators of its filter.
FILTER_OPERATORS = {
    "ID": ("eq", "ne", "in", "isNull"),
    "String": ("eq", "ne", "in", "startsWith", "contains", "lt", "lte", "gt", "gte", "isNull"),
    "Int": ("eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"),
    "BigInt": ("eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"),
    "Decimal": ("eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"),
    "Date": ("eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"),
    "DateTime": ("eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"),
    "Boolean": ("eq", "ne", "isNull"),
    "PersonKind": ("eq", "ne", "in", "isNull"),
}

#: The field of a payload that has the ids of what was removed.
REMOVED = "removed"

#: Replaces, in answers, kinds of persons that no plugin of the school declares (any more).
OTHER_PERSON: Final = "OTHER"

_OPERATOR_HELP = {
    "eq": "Equal to; null finds what is empty.",
    "ne": "Not equal to.",
    "in": "One of.",
    "startsWith": "Begins with, to the letter.",
    "contains": "Contains, whatever the case.",
    "lt": "Less than.",
    "lte": "At most.",
    "gt": "Greater than.",
    "gte": "At least.",
    "isNull": "Whether it is empty.",
}

_PAGING = (
    FieldSpec("first", "Int", "How many rows from the start; 50 unless said. The installation says how many at most."),
    FieldSpec("after", "String", "Rows after this cursor."),
    FieldSpec("last", "Int", "How many rows from the end."),
    FieldSpec("before", "String", "Rows before this cursor."),
)
_BY_ID = (FieldSpec("id", "ID!", "The row's id."),)
_SHARED: Final = Shared()


def build_schema(variant: Variant) -> LazySchema:
    """The GraphQL schema of a variant.

    Raises:
        ConfigurationError: Two plugins give one type, or a command speaks of a resource that is not there.
    """
    # Here and not above: the names are asked for wherever a host is made, and Strawberry takes long to import.
    from homeroom_graphql.types import make_schema

    specs = declare(variant).specs
    shown = [each.name for each in variant.resources.values()]
    return make_schema(specs, shown, Descriptions(variant, specs).type)


def declare(variant: Variant) -> Declarations:
    """The types of a variant's schema."""
    types = Declarations()
    _base_types(types, [variant.resources[name] for name in variant.persons])
    query_fields = [
        FieldSpec("viewer", "Viewer!", "Who asks."),
        FieldSpec("node", "Node", "Any row by its id.", _BY_ID),
        FieldSpec(
            "nodes", "[Node]!", "Rows by their ids, in this order; null for what is not there.",
            (FieldSpec("ids", "[ID!]!", "The rows' ids, at most as many as a page has rows."),),
        ),
    ]  # fmt: skip
    for resource in variant.resources.values():
        specs, fields = _of_resource(resource, variant)
        types.specs += specs
        query_fields += fields
    values: dict[str, Any] = {}
    computed = [_computed(types.of(name), query, values) for name, query in variant.queries.items()]
    types.object("Query", [*query_fields, *computed], "What can be read in this space.")
    mutations = []
    for name, command in variant.commands.items():
        if command.value is not None:  # two commands may answer with the same value, which is declared once
            mutations.append(_mutation(types.of(name), command, variant, values))
            continue
        specs, field = _of_command(name, command, variant)
        types.specs += specs
        mutations.append(field)
    if mutations:
        types.object("Mutation", mutations, "What can be done in this space.")
    if variant.subscriptions:
        subscriptions = [_subscription(each) for each in variant.subscriptions.values()]
        types.object("Subscription", subscriptions, "What one can listen to in this space, over a WebSocket.")
    return types


def singular(resource: Resource) -> str:
    """The name of a resource's root field for one row: ``TeachingAssignment`` as ``teachingAssignment``."""
    return resource.singular or resource.name[0].lower() + resource.name[1:]


def payload_field(command: Command, variant: Variant) -> str | None:
    """The payload's field for what a command returns, or none."""
    if command.returns is None:
        return None
    resource = variant.resources[command.returns]
    return resource.plural if command.many else singular(resource)


def _base_types(types: Declarations, people: Sequence[Resource]) -> None:
    types.interface("Node", [FieldSpec("id", "ID!", "Unique in the installation.")], "Anything with an id.")
    types.object(
        "PageInfo",
        [
            FieldSpec("hasNextPage", "Boolean!", "Whether rows follow."),
            FieldSpec("hasPreviousPage", "Boolean!", "Whether rows come before."),
            FieldSpec("startCursor", "String", "The cursor of the first row."),
            FieldSpec("endCursor", "String", "The cursor of the last row."),
        ],
        "Where a page lies in its list.",
    )
    types.enum(
        "PersonKind",
        [*(each.name for each in people), OTHER_PERSON],
        f"A kind of person, by the name of its type; {OTHER_PERSON} for rows of a plugin that is off now.",
    )
    types.enum("OrderDirection", ("ASC", "DESC"), "Ascending or descending.")
    shared_types(types)
    types.object(
        "UserError",
        [
            FieldSpec("code", "String!", "Stable, for programs."),
            FieldSpec("message", "String!", "For people."),
            FieldSpec("field", "String", "The input field that is wrong."),
            FieldSpec("row", "Int", "The zero-based row that is wrong; in a file, the line."),
            FieldSpec("column", "String", "In a file, the header of the column."),
        ],
        "One thing that is wrong with an input.",
    )
    types.object(
        "Space",
        [
            FieldSpec("slug", "String!", "Its short name."),
            FieldSpec("name", "String!", "Its name."),
            FieldSpec("kind", "String!", "school or district."),
            FieldSpec("region", "String!", "The preset that it was made from."),
            FieldSpec("timeZone", "String!", "IANA name."),
            FieldSpec("locale", "String!", "BCP 47 language tag."),
            FieldSpec("plugins", "[String!]!", "What is switched on."),
        ],
        "A school or a district.",
    )
    types.object(
        "Viewer",
        [
            FieldSpec("id", "ID", "The account. It has no id where the installation itself asks."),
            FieldSpec("login", "String!", "The name by which the account signs in."),
            FieldSpec("name", "String!", "The account's name, for people; empty where the installation itself asks."),
            FieldSpec("roles", "[String!]!", "The roles in force."),
            FieldSpec("commands", "[String!]!", "The mutations that these roles may run, by their names."),
            FieldSpec(
                "permissions",
                "[String!]!",
                "The names of the permissions to run something: mutations, computed queries, jobs and other rights.",
            ),
            FieldSpec("space", "Space!", "Where the caller is."),
            FieldSpec("persons", "[Node!]!", "The people of this space that the account stands for."),
            *(
                FieldSpec(
                    singular(resource),
                    resource.name,
                    f"The first {resource.name} that the account stands for in this space.",
                    source=resource.name,
                )
                for resource in people
            ),
        ],
        "Who asks.",
    )
    matches = "Has all these words, in any order, however they are accented, written or transcribed."
    types.input("SearchFilter", [FieldSpec("matches", "String", matches)])
    for scalar, operators in FILTER_OPERATORS.items():
        types.input(f"{scalar}Filter", [_operator(scalar, each) for each in operators])


def _operator(scalar: str, operator: str) -> FieldSpec:
    kind = {"in": f"[{scalar}!]", "isNull": "Boolean"}.get(operator, scalar)
    return FieldSpec(operator, kind, _OPERATOR_HELP[operator])


def _enums(types: Declarations, resource: Resource, variant: Variant) -> None:
    for field in resource.fields.values():
        if field.values:
            own = types.of(_source(resource, field.name, variant))
            own.enum(field.enum, [value.upper() for value in field.values], field.description)
            operators = [_operator(field.enum, each) for each in ("eq", "ne", "in", "isNull")]
            own.input(f"{field.enum}Filter", operators)


def _source(resource: Resource, part: str, variant: Variant) -> str:
    """The declaration that a part of a resource comes from: an extension, or the resource itself."""
    extended = f"{resource.name}.{part}"
    return extended if extended in variant.given_by else resource.name


def _resource_types(types: Declarations, resource: Resource, variant: Variant) -> None:
    fields = [FieldSpec("id", "ID!", "Unique in the installation.")]
    parts: list[Field | Leaf | Relation] = [each for each in resource.fields.values() if each.search is None]
    parts += [*resource.leaves.values(), *resource.relations.values()]
    for part in parts:
        made = _resource_field(part, variant)
        if made is not None:
            reason = variant.deprecated.get(f"{resource.name}.{part.name}", "")
            fields.append(replace(made, source=_source(resource, part.name, variant), deprecated=reason))
    types.object(resource.name, fields, resource.description, interfaces=("Node",))
    if resource.single:
        return
    types.object(
        f"{resource.name}Edge",
        [
            FieldSpec("cursor", "String!", "Where this row lies in the list."),
            FieldSpec("node", f"{resource.name}!", "The row."),
        ],
        f"A place in a list of {resource.name}.",
    )
    types.object(
        f"{resource.name}Connection",
        [
            FieldSpec("edges", f"[{resource.name}Edge!]!", "Rows with cursors."),
            FieldSpec("nodes", f"[{resource.name}!]!", "The rows themselves."),
            FieldSpec("pageInfo", "PageInfo!", "Where this page lies in the list."),
            FieldSpec("totalCount", "Int!", "How many rows there are on all pages."),
        ],
        f"A list of {resource.name}.",
    )
    types.input(f"{resource.name}Filter", list(_filter_fields(resource, variant)), f"Which {resource.name} rows.")
    if resource.order:
        types.enum(f"{resource.name}OrderField", [name.upper() for name in resource.order])
        types.input(
            f"{resource.name}Order",
            [
                FieldSpec("field", f"{resource.name}OrderField!", "By what."),
                FieldSpec("direction", "OrderDirection", "Ascending unless said."),
            ],
            f"How {resource.name} rows are ordered.",
        )


def _resource_field(part: Field | Leaf | Relation, variant: Variant) -> FieldSpec | None:
    name = camel_case(part.name)
    if isinstance(part, Field):
        return FieldSpec(name, _field_type(part), part.description)
    if isinstance(part, Leaf):
        return FieldSpec(name, part.type, part.description)
    target = variant.by_table.get(part.target)
    if target is None:
        return None  # the plugin of the other resource shows none; see its own checks
    return _connection(name, target, part.description) if part.many else FieldSpec(name, target.name, part.description)


def _field_type(field: Field) -> str:
    return field.enum if field.values else field.type


def _filter_fields(resource: Resource, variant: Variant) -> Iterable[FieldSpec]:
    own = f"{resource.name}Filter"
    yield FieldSpec("and", f"[{own}!]", "All of these.")
    yield FieldSpec("or", f"[{own}!]", "At least one of these.")
    yield FieldSpec("not", own, "Not this.")
    yield FieldSpec("id", "IDFilter", "By id.")
    for name in resource.filters:
        if name in resource.fields:
            field = resource.fields[name]
            kind = "Search" if field.search else _field_type(field)
            yield FieldSpec(camel_case(name), f"{kind}Filter", field.description)
        elif name in resource.relations and resource.relations[name].target in variant.by_table:
            target = variant.by_table[resource.relations[name].target]
            help_text = "At least one such row." if resource.relations[name].many else "Such a row."
            yield FieldSpec(camel_case(name), f"{target.name}Filter", help_text)


def _connection(name: str, target: Resource, description: str) -> FieldSpec:
    arguments = [*_PAGING, FieldSpec("filter", f"{target.name}Filter", "Which rows.")]
    if target.order:
        arguments.append(FieldSpec("orderBy", f"[{target.name}Order!]", "In which order."))
    return FieldSpec(name, f"{target.name}Connection", description, arguments)


def _of_resource(resource: Resource, variant: Variant) -> tuple[list[TypeSpec], tuple[FieldSpec, ...]]:
    """The types of a resource and its fields of a query; shared by all variants in which they are the same."""

    def make() -> tuple[list[TypeSpec], tuple[FieldSpec, ...]]:
        types = Declarations()
        _enums(types, resource, variant)
        _resource_types(types.of(resource.name), resource, variant)
        if resource.single:
            about = f"The {resource.name} of this space; null if the caller may not see them."
            return types.specs, (FieldSpec(singular(resource), resource.name, about, source=resource.name),)
        rows = f"The rows of {resource.name} that the caller may see."
        return types.specs, (
            FieldSpec(singular(resource), resource.name, f"One row of {resource.name}.", _BY_ID, resource.name),
            replace(_connection(resource.plural, resource, rows), source=resource.name),
            *_statistics(types.of(resource.name), resource, variant),
        )

    meaning = resource_meaning(resource, variant)
    return make() if meaning is None else _SHARED.of(resource, meaning, make)


def _statistics(types: Declarations, resource: Resource, variant: Variant) -> tuple[FieldSpec, ...]:
    """The field of a resource's statistics; none if there is nothing to group by or to sum."""
    if not has_statistics(resource, variant.by_table):
        return ()
    aggregate_types(types, resource, variant.by_table)
    return (aggregate_field(resource, variant.by_table),)


def _of_command(name: str, command: Command, variant: Variant) -> tuple[list[TypeSpec], FieldSpec]:
    """The types of a command and its mutation; shared like those of a resource."""

    def make() -> tuple[list[TypeSpec], FieldSpec]:
        types = Declarations()
        field = _mutation(types.of(name), command, variant, {})
        return types.specs, field

    return _SHARED.of(command, (name, payload_field(command, variant), variant.deprecated.get(command.name)), make)


def _subscription(subscription: Subscription) -> FieldSpec:
    arguments = [
        FieldSpec(camel_case(name), "ID", f"Only what concerns this {resource}.")
        for name, resource in subscription.about.items()
    ]
    return FieldSpec(subscription.field, subscription.resource, subscription.description, arguments)


def _computed(types: Declarations, query: ComputedQuery, values: dict[str, Any]) -> FieldSpec:
    notation = declare_value(types, query.value, values).removesuffix("!")
    description = f"{prose(query.description)}\n\nPermission: `{query.name}`."
    return FieldSpec(query.field, notation, description, query_arguments(types, query), query.name)


def _mutation(types: Declarations, command: Command, variant: Variant, values: dict[str, Any]) -> FieldSpec:
    name = command.field[0].upper() + command.field[1:]
    fields = [
        FieldSpec(
            "errors", "[UserError!]!", "What is wrong. Nothing was done then, unless the mutation keeps good rows."
        )
    ]
    result = payload_field(command, variant)
    if result is not None:
        kind = f"[{command.returns}!]" if command.many else str(command.returns)
        fields.insert(0, FieldSpec(result, kind, "What the command changed, as far as the caller may see it."))
    elif command.value is not None:
        notation = declare_value(types, command.value, values).removesuffix("!")
        result = documented_result(command.description) or "What the command answers."
        fields.insert(0, FieldSpec("result", notation, result))
    if command.removes:
        fields.insert(0, FieldSpec(REMOVED, "[ID!]", "The ids of what was removed."))
    types.object(f"{name}Payload", fields, f"The outcome of {command.field}.")
    input_type = command_input(types, command, f"{name}Input")
    description = f"{prose(command.description)}\n\nPermission: `{command.name}`."
    if command.confirmed:
        description += " A session needs a recent proof of its password (`CONFIRMATION_REQUIRED`)."
    arguments = (FieldSpec("input", f"{input_type}!", "What to do."),)
    reason = variant.deprecated.get(command.name, "")
    return FieldSpec(command.field, f"{name}Payload", description, arguments, command.name, reason)
