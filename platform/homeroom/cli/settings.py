"""``homeroom settings``."""

from __future__ import annotations

import click
import msgspec

from homeroom.plugins import PluginRegistry
from homeroom.settings import PREFIX, Settings, describe, plugin_prefix

__all__ = ["command"]


@click.command("settings")
@click.option("--reference", is_flag=True, help="The reference page, in Markdown.")
def command(reference: bool) -> None:
    """Show every setting and its present value, those of plugins too; secrets are only said to be set."""
    registry = PluginRegistry.discover()
    kinds: list[tuple[str, type[msgspec.Struct]]] = [(PREFIX, Settings)]
    kinds += [(plugin_prefix(plugin), kind) for plugin, kind in registry.declared_settings().items()]
    if reference:
        click.echo("| Variable | Values | Default | What it does |\n| --- | --- | --- | --- |")
        for prefix, kind in kinds:
            for doc in describe(kind, prefix):
                default = f"`{doc.default}`" if doc.default else ""
                click.echo(f"| `{doc.variable}` | {doc.kind} | {default} | {doc.description} |")
        return
    read: list[msgspec.Struct] = [Settings.load(), *(registry.settings[each] for each in registry.declared_settings())]
    for (prefix, kind), settings in zip(kinds, read, strict=True):
        for doc in describe(kind, prefix):
            value = getattr(settings, doc.field)
            shown = "" if value is None else "***" if doc.secret else value
            click.echo(f"{doc.variable}={shown}")
