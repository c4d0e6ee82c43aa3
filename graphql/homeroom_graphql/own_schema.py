"""What one plugin adds to the schema, as text: its own types, and its fields of types that others have.

The text of a plugin is what a school with this plugin has in its schema and a school with only what the plugin
requires has not. All texts together, with that of the host (:data:`HOST`), are the schema of a school that has all
these plugins.
"""

from __future__ import annotations

import functools
import importlib.resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)
from graphql.utilities.print_schema import print_type

from homeroom.parts import plugin_package
from homeroom.variants import assemble
from homeroom_graphql.schema import build_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from homeroom.host import Host

__all__ = ["FILE", "HOST", "own_schema", "schema_files"]

#: What the parts of the host give every school, together.
HOST: Final = "graphql"
FILE: Final = "schema.graphql"


def own_schema(host: Host, plugin: str) -> str:
    """What a plugin adds to the schema; empty if it adds nothing.

    Args:
        host: A host with this plugin.
        plugin: Its name, or :data:`HOST` for all parts of the host.
    """
    return _own_schema(host, plugin, functools.partial(_types_of, host))


def schema_files(host: Host, plugins: Iterable[str]) -> dict[Path, str]:
    """The files beside plugins in which their part of the schema lies, and what is to be in them.

    Args:
        host: A host with these plugins.
        plugins: Their names; a part of the host stands for all of them.
    """
    parts = host.registry.host_parts()
    names = dict.fromkeys(HOST if each in parts else each for each in plugins)
    packages = {each: plugin_package(host.registry.plugins[each]) for each in names}
    types_of = functools.cache(functools.partial(_types_of, host))  # many require the same plugins
    return {
        Path(str(importlib.resources.files(packages[each]))) / FILE: _own_schema(host, each, types_of) for each in names
    }


def _own_schema(host: Host, plugin: str, types_of: Callable[[frozenset[str]], Mapping[str, GraphQLNamedType]]) -> str:
    registry = host.registry
    parts = frozenset(registry.host_parts())
    if plugin == HOST:
        return _difference(types_of(parts), {})
    required = registry.with_requirements(registry.plugins[plugin].requires) | parts
    return _difference(types_of(required | {plugin}), types_of(required))


def _types_of(host: Host, plugins: frozenset[str]) -> Mapping[str, GraphQLNamedType]:
    found: Mapping[str, GraphQLNamedType] = build_schema(assemble(host.hooks, plugins)).whole().type_map
    return found


def _difference(types: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    texts = []
    for name in sorted(types):
        kind = types[name]
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if name not in known:
            texts.append(print_type(kind))
        elif (added := _added(kind, known[name])) is not None:
            texts.append(f"extend {print_type(added)}")
    return "\n\n".join(texts) + "\n" if texts else ""


def _added(kind: GraphQLNamedType, before: Any) -> GraphQLNamedType | None:
    """A type with the fields or values alone that it did not have before; none if there are none."""
    if isinstance(kind, GraphQLEnumType):
        values = {name: each for name, each in kind.values.items() if name not in before.values}
        return GraphQLEnumType(kind.name, values) if values else None
    if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
        return None
    fields: Any = {name: each for name, each in kind.fields.items() if name not in before.fields}
    return type(kind)(kind.name, fields) if fields else None
