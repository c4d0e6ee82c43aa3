"""``homeroom schema``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from homeroom.errors import ConfigurationError
from homeroom.plugins import PluginRegistry

__all__ = ["command", "own_schemas", "schema_of_plugins", "schema_of_region"]


def schema_of_region(region: str, registry: PluginRegistry | None = None) -> str:
    """The GraphQL schema of a new space of a region, as text.

    Args:
        region: A preset's region.
        registry: The plugins; by default all that are installed.

    Raises:
        ConfigurationError: No plugin gives a preset of this region.
    """
    from graphql import print_schema

    from homeroom.boot import closed_host
    from homeroom_graphql.schema import build_schema

    registry = registry or PluginRegistry.discover()
    host = closed_host(registry)
    presets = {preset.region: preset for preset in host.hooks.collect("presets")}
    if region not in presets:
        raise ConfigurationError(f"there is no region {region!r}; known are {', '.join(sorted(presets))}")
    variant = host.variant(registry.with_requirements(presets[region].plugins))
    return print_schema(build_schema(variant).whole()) + "\n"


def schema_of_plugins(plugins: Sequence[str]) -> str:
    """The GraphQL schema of a space that has these plugins and those that they require, as text.

    Args:
        plugins: Their names.

    Raises:
        ConfigurationError: One of them is not installed, or is quarantined; with the reason.
    """
    from graphql import print_schema

    from homeroom.boot import closed_host
    from homeroom_graphql.schema import build_schema

    host = closed_host(PluginRegistry.discover())
    for name in plugins:
        host.registry.refuse_missing(name)
    return print_schema(build_schema(host.variant(host.registry.with_requirements(plugins))).whole()) + "\n"


def own_schemas(plugins: Sequence[str], registry: PluginRegistry | None = None) -> dict[Path, str]:
    """The files beside plugins with their part of the schema, and what is to be in them.

    Args:
        plugins: Their names; without any, all plugins of this distribution.
        registry: The plugins; by default all that are installed.

    Raises:
        ConfigurationError: One of them is not installed, or is quarantined; with the reason.
    """
    from homeroom.boot import closed_host
    from homeroom_graphql.own_schema import schema_files

    host = closed_host(registry or PluginRegistry.discover())
    for name in plugins:
        host.registry.refuse_missing(name)
    ours = host.registry.origins["graphql"]
    return schema_files(host, plugins or [name for name, origin in host.registry.origins.items() if origin == ours])


@click.command("schema")
@click.option("--region", help="The region whose preset is meant, such as vn.")
@click.option("--plugin", "plugins", multiple=True, help="A plugin that the school has; may be given more than once.")
@click.option("--own", is_flag=True, help="What the plugins add to the schema alone.")
@click.option("--write", is_flag=True, help="Write what each plugin adds to schema.graphql in its package.")
def command(region: str | None, plugins: tuple[str, ...], own: bool, write: bool) -> None:
    """Print the GraphQL schema of a school of a region, or of one that has certain plugins.

    With --own, print what the plugins add: their own types, and their fields of types of others. With --write, write
    that to the file schema.graphql beside each of these plugins, or beside all plugins of Homeroom.
    """
    if write or own:
        if region is not None or (own and (write or not plugins)):
            raise click.UsageError("Give --plugin with --own; --write takes --plugin alone.")
        for path, text in own_schemas(plugins).items():
            if not write:
                click.echo(text, nl=False)
            elif text:
                path.write_text(text, encoding="utf-8")
            else:
                path.unlink(missing_ok=True)
        return
    if (region is None) == (not plugins):
        raise click.UsageError("Give either --region or --plugin.")
    click.echo(schema_of_region(region) if region is not None else schema_of_plugins(plugins), nl=False)
