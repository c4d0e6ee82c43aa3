"""``homeroom backup`` and ``homeroom restore``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from homeroom.settings import Settings, SettingsError

if TYPE_CHECKING:
    from homeroom.database.contents import Contents

__all__ = ["backup", "owner_database", "restore"]


@contextmanager
def owner_database() -> Iterator[tuple[Settings, str]]:
    """The settings with a database that answers, migrated or not, and the owner's URL."""
    from homeroom.database.providers import choose_provider

    settings = Settings.load()
    provider = choose_provider(settings)
    access = provider.start()
    try:
        complete = access.apply(settings)
        if complete.owner_database_url is None:
            raise SettingsError("HOMEROOM_OWNER_DATABASE_URL", "unset; only the owner may see the rows of all schools")
        yield complete, complete.owner_database_url
    finally:
        provider.stop()


async def _spaces(connection: Any) -> dict[str, str]:
    """Id to short name of all spaces."""
    if await connection.fetchval("SELECT to_regclass('homeroom.space')") is None:
        return {}
    return {str(row["id"]): row["slug"] for row in await connection.fetch("SELECT id, slug FROM homeroom.space")}


def _tell(file: Path, held: Contents) -> None:
    size = file.stat().st_size
    click.echo(
        f"{file}: schools and districts {len(held.spaces)}, tables {len(held.tables)}, rows {held.total}, bytes {size}"
    )


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Save the whole database into FILE, while everybody works on.

    FILE is in PostgreSQL's custom format and holds personal data of all schools: only you can read it. When it is
    written, it is read again, and the rows of each table and school are counted in it. Needs
    HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used.
    """
    from homeroom.database.backup import back_up

    with owner_database() as (_, owner_url):
        _tell(file, asyncio.run(back_up(owner_url, file.absolute(), _spaces)))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Bring a database back from FILE, which `homeroom backup` wrote, and migrate it.

    The database must be empty: one that has schools, or anything else that somebody made, is left alone. Both roles
    must be there, with the names that they had. Needs HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used.
    """
    from homeroom.cli.migrate import bring_up_to_date
    from homeroom.database.backup import restore as bring_back

    with owner_database() as (settings, owner_url):
        if settings.secret_key is None:
            raise SettingsError("HOMEROOM_SECRET_KEY", "unset; the database needs it again")
        _tell(file, asyncio.run(bring_back(owner_url, file.absolute(), _spaces)))
        whole = bring_up_to_date(settings)
    if not whole:
        raise SystemExit(1)
