"""``homeroom schema``."""

from __future__ import annotations

import click

from homeroom.errors import ConfigurationError
from homeroom.plugins import PluginRegistry

__all__ = ["command", "schema_of_region"]


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
    return print_schema(build_schema(variant)) + "\n"


@click.command("schema")
@click.option("--region", required=True, help="The region whose preset is meant, such as vn.")
def command(region: str) -> None:
    """Print the GraphQL schema of a school of a region."""
    click.echo(schema_of_region(region), nl=False)
