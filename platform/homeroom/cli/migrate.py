"""``homeroom migrate``."""

from __future__ import annotations

import asyncio

import click

from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings

__all__ = ["bring_up_to_date", "command"]


@click.command("migrate")
def command() -> None:
    """Bring the tables of all installed plugins up to date.

    Safe to repeat, and safe when several machines do it at once. Needs HOMEROOM_OWNER_DATABASE_URL, unless
    the embedded server is used.

    A plugin whose migration fails is left out with those that require it: nothing of that migration stays, the other
    plugins' migrations run, and the exit code is 1. Servers run without it until it is mended.
    """
    from homeroom.database.providers import choose_provider

    settings = Settings.load()
    provider = choose_provider(settings)
    access = provider.start()
    try:
        whole = bring_up_to_date(access.apply(settings))
    finally:
        provider.stop()
    if not whole:
        raise SystemExit(1)


def bring_up_to_date(settings: Settings) -> bool:
    """Migrate and check a database, and tell of it.

    Args:
        settings: With both database URLs and the secret key.

    Returns:
        Whether no plugin had to be left out.

    Raises:
        ConfigurationError: A migration of the host fails, or the database is not as it must be.
    """
    from homeroom.boot import check_database, migrate_database

    registry = PluginRegistry.discover()
    known = len(registry.quarantined)
    applied = asyncio.run(migrate_database(settings, registry, check=False))
    for each in applied:
        click.echo(f"{each.plugin}  {each.name}")
    left_out = registry.quarantined[known:]
    for failure in left_out:
        click.secho(f"{failure.name}  LEFT OUT  {failure.reason} [{failure.origin}]", fg="red")
    asyncio.run(check_database(settings, registry))
    click.echo(f"{len(applied)} migration(s) applied; {len(registry.plugins)} plugins are up to date")
    return not left_out
