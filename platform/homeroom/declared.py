"""Whether what a plugin declares can work: found when the host starts, and not by the first person who asks."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from homeroom.commands import Command, Ref, Unset
from homeroom.computed_queries import ComputedQuery
from homeroom.personal_data import PersonKind
from homeroom.resources import AllOf, AnyOf, Extension, Field, Leaf, Predicate, Relation, Resource, Through
from homeroom.resources.grouping import path_faults
from homeroom.subscriptions import Subscription
from homeroom.uploads import Upload
from homeroom.values import value_faults

__all__ = ["command_faults", "query_faults", "resource_faults", "subscription_faults"]

_VALUES = frozenset({str, int, float, bool, Decimal, date, datetime, UUID, Upload, PersonKind})
_TYPES = frozenset(
    {"ID", "String", "Int", "BigInt", "Float", "Decimal", "Boolean", "Date", "DateTime", "JSON", "PersonKind"}
)


def command_faults(command: Command, resources: Mapping[str, Resource]) -> Iterator[str]:
    """What is wrong with a command.

    Args:
        command: The command.
        resources: Type name to resource, of the plugins that are on with it.
    """
    if command.returns is not None and command.returns not in resources:
        yield f"{command.name} returns {command.returns}, and there is no such resource"
    yield from _function_faults(command, resources)


def query_faults(query: ComputedQuery, resources: Mapping[str, Resource]) -> Iterator[str]:
    """What is wrong with a computed query.

    Args:
        query: The query.
        resources: Type name to resource, of the plugins that are on with it.
    """
    yield from _function_faults(query, resources)


def _function_faults(declared: Command | ComputedQuery, resources: Mapping[str, Resource]) -> Iterator[str]:
    for name, (kind, _) in declared.parameters.items():
        for fault in _parameter_faults(kind, resources):
            yield f"{declared.name}, parameter {name}: {fault}"
    if declared.value is not None:
        for fault in value_faults(declared.value, resources):
            yield f"{declared.name} returns: {fault}"


def subscription_faults(subscription: Subscription, resources: Mapping[str, Resource]) -> Iterator[str]:
    """What is wrong with a subscription.

    Args:
        subscription: The subscription.
        resources: Type name to resource, of the plugins that are on with it.
    """
    if not subscription.description:
        yield f"the subscription {subscription.field} has no description"
    for name in (subscription.resource, *subscription.about.values()):
        if name not in resources:
            yield f"the subscription {subscription.field} speaks of {name}, and there is no such resource"


def resource_faults(part: Resource | Extension, by_table: Mapping[str, Resource]) -> Iterator[str]:
    """What is wrong with a resource or an extension.

    Args:
        part: Either.
        by_table: Table name to resource, of the plugins that are on with it.
    """
    fields: list[Any] = [*part.fields.values(), *part.leaves.values()] if isinstance(part, Resource) else [*part.parts]
    for each in fields:
        if isinstance(each, Field | Leaf) and not _is_known(each):
            yield f"{part.table}, field {each.name}: there is no type {each.type}"
    for name, predicate in part.scopes.items():
        for table in _targets(predicate):
            if table not in by_table:
                yield f"{part.table}, scope {name}: no plugin that it requires has a resource over the table {table}"
    owner = by_table.get(part.table)
    if owner is not None:
        declared = part.statistics.group_by if isinstance(part, Resource) else part.group_by
        yield from (f"{part.table}, {fault}" for fault in path_faults(owner, declared, by_table))

    relations = part.relations.values() if isinstance(part, Resource) else part.parts
    for each in relations:
        if isinstance(each, Relation):
            yield from _carried_faults(each, part, by_table)
            target = by_table.get(each.target)
            if target is not None and target.single and (each.many or each.name in getattr(part, "filters", ())):
                yield f"{part.table}, relation {each.name}: {target.name} is a single row, which has no list or filter"


def _carried_faults(relation: Relation, part: Resource | Extension, by_table: Mapping[str, Resource]) -> Iterator[str]:
    """Scopes that are said to carry over and are not there."""
    own, target = by_table.get(part.table), by_table.get(relation.target)
    for here, there in relation.carries.items():
        if here not in {*part.scopes, *(own.scopes if own is not None else ())}:
            yield f"{part.table}, relation {relation.name}: there is no scope {here} that could carry over"
        elif target is not None and there not in target.scopes:
            yield f"{part.table}, relation {relation.name}: {relation.target} has no scope {there}"


def _is_known(field: Field | Leaf) -> bool:
    return field.type in _TYPES or field.type.removeprefix("[").removesuffix("!]") in _TYPES


def _targets(predicate: Predicate) -> Iterator[str]:
    if isinstance(predicate, Through):
        yield predicate.target
    elif isinstance(predicate, AnyOf | AllOf):
        for each in predicate.predicates:
            yield from _targets(each)


def _parameter_faults(kind: Any, resources: Mapping[str, Resource]) -> Iterator[str]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        reference = next((each for each in arguments[1:] if isinstance(each, Ref)), None)
        if reference is None:
            yield from _parameter_faults(arguments[0], resources)
        elif reference.resource not in resources:
            yield f"there is no resource {reference.resource}"
    elif origin in (typing.Union, types.UnionType):
        inner = [each for each in arguments if each not in (types.NoneType, Unset)]
        if len(inner) != 1:
            yield f"one of several types cannot be asked for: {kind}"
        else:
            yield from _parameter_faults(inner[0], resources)
    elif origin is list or getattr(origin, "__name__", "") == "Sequence":
        yield from _parameter_faults(arguments[0], resources)
    elif dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        for each in dataclasses.fields(kind):
            yield from (f"{each.name}: {fault}" for fault in _parameter_faults(hints[each.name], resources))
    elif not (
        kind in _VALUES
        or kind is dict
        or origin in (dict, typing.Literal)
        or (isinstance(kind, type) and issubclass(kind, enum.Enum))
    ):
        yield f"a value of the type {kind} cannot be asked for"
