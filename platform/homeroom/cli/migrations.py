"""``homeroom migrations``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from homeroom.errors import ConfigurationError
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.settings import Settings

if TYPE_CHECKING:
    from homeroom.database.generate import NewMigration
    from homeroom.database.providers import DatabaseAccess

__all__ = ["command"]


@click.group("migrations")
def command() -> None:
    """For authors of plugins: write migrations."""


@command.command("new")
@click.argument("plugin")
@click.argument("what")
@click.option(
    "--fill",
    "fill",
    multiple=True,
    metavar="COLUMN=SQL",
    help='What rows that exist get in a column that is now required, such as "book.code=left(title, 20)".',
)
def new(plugin: str, what: str, fill: tuple[str, ...]) -> None:
    """Write the next migration of PLUGIN, which does WHAT.

    The tables that the plugin declares are compared with a database of this moment that has all migrations so
    far; what is missing there is written as a module to read and, where needed, to complete. A difference that
    would drop or change a column is refused.

    A column that is new and required needs a value in the rows that exist: --fill gives it.
    """
    from homeroom.database.providers import throwaway

    registry = PluginRegistry.discover()
    found = registry.plugins.get(plugin)
    if found is None:
        left_out = next((each.reason for each in registry.quarantined if each.name == plugin), "it is not installed")
        raise ConfigurationError(f"plugin {plugin}: {left_out}")
    with throwaway() as access:
        made = asyncio.run(_compare(access, registry, found, what, _filling(fill)))
    with made.path.open("x", encoding="utf-8") as file:
        file.write(made.text)
    click.echo(f"wrote {made.path}")


def _filling(fill: tuple[str, ...]) -> dict[str, str]:
    """Column to SQL."""
    parts = [each.partition("=") for each in fill]
    if wrong := next((column for column, _, sql in parts if not sql.strip() or column.count(".") != 1), None):
        raise ConfigurationError(f"--fill {wrong}: expected TABLE.COLUMN=SQL")
    return {column.strip(): sql.strip() for column, _, sql in parts}


async def _compare(
    access: DatabaseAccess, registry: PluginRegistry, plugin: Plugin, what: str, fill: dict[str, str]
) -> NewMigration:
    import asyncpg

    from homeroom.boot import migrate_database
    from homeroom.database.declarations import LiveTables
    from homeroom.database.generate import next_migration

    await migrate_database(access.apply(Settings()), registry, check=False)
    for each in registry.quarantined:
        if each.name == plugin.name:
            raise ConfigurationError(f"plugin {plugin.name}: {each.reason}")
    connection = await asyncpg.connect(access.owner_url)
    try:
        live = await LiveTables.read(connection)
    finally:
        await connection.close()
    return next_migration(plugin, live, what, fill)
