"""``homeroom migrate``."""

from __future__ import annotations

import asyncio

import click

from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings

__all__ = ["command"]


@click.command("migrate")
def command() -> None:
    """Bring the tables of all installed plugins up to date.

    Safe to repeat, and safe when several machines do it at once. Needs HOMEROOM_OWNER_DATABASE_URL, unless
    the embedded server is used.

    A plugin whose migration fails is left out with those that require it: nothing of that migration stays, the other
    plugins' migrations run, and the exit code is 1. Servers run without it until it is mended.
    """
    from homeroom.boot import check_database, migrate_database
    from homeroom.database.providers import choose_provider

    settings = Settings.load()
    provider = choose_provider(settings)
    access = provider.start()
    try:
        complete = access.apply(settings)
        registry = PluginRegistry.discover()
        known = len(registry.quarantined)
        applied = asyncio.run(migrate_database(complete, registry, check=False))
        for each in applied:
            click.echo(f"{each.plugin}  {each.name}")
        left_out = registry.quarantined[known:]
        for failure in left_out:
            click.secho(f"{failure.name}  LEFT OUT  {failure.reason} [{failure.origin}]", fg="red")
        asyncio.run(check_database(complete, registry))
    finally:
        provider.stop()
    click.echo(f"{len(applied)} migration(s) applied; {len(registry.plugins)} plugins are up to date")
    if left_out:
        raise SystemExit(1)
