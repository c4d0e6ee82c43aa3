"""``homeroom migrate``."""

from __future__ import annotations

import asyncio

import click

from homeroom.boot import migrate_database
from homeroom.database.providers import choose_provider
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings

__all__ = ["command"]


@click.command("migrate")
def command() -> None:
    """Bring the tables of all installed plugins up to date.

    Safe to repeat, and safe when several machines do it at once. Needs HOMEROOM_OWNER_DATABASE_URL, unless
    the embedded server is used.
    """
    settings = Settings.load()
    provider = choose_provider(settings)
    access = provider.start()
    try:
        registry = PluginRegistry.discover()
        applied = asyncio.run(migrate_database(access.apply(settings), registry))
    finally:
        provider.stop()
    for each in applied:
        click.echo(f"{each.plugin}  {each.name}")
    click.echo(f"{len(applied)} migration(s) applied; {len(registry.plugins)} plugins are up to date")
