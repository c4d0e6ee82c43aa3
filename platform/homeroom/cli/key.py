"""``homeroom key``."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from homeroom.settings import Settings, SettingsError

if TYPE_CHECKING:
    from homeroom.database.keys import Keys

__all__ = ["command"]


@click.group("key")
def command() -> None:
    """The secret key: which ones the database accepts, and how to change it while the installation runs."""


@command.command("show")
def show() -> None:
    """Say which keys the database accepts, by their fingerprints. Needs HOMEROOM_OWNER_DATABASE_URL."""
    from homeroom.database.keys import fingerprint, known_keys

    with _as_owner() as (owner_url, keys):
        stored = asyncio.run(known_keys(owner_url))
        ours = {fingerprint(keys.current): "HOMEROOM_SECRET_KEY"}
        if keys.previous is not None:
            ours[fingerprint(keys.previous)] = "HOMEROOM_PREVIOUS_SECRET_KEY"
        for number, name in sorted(stored.items()):
            click.echo(f"{'current' if number == 1 else 'previous'}\t{name}\t{ours.get(name, 'not in these settings')}")
        for name, variable in ours.items():
            if name not in stored.values():
                click.echo(f"not accepted\t{name}\t{variable}")


@command.command("rotate")
@click.option("--at-once", is_flag=True, help="Accept no other key: processes with the old one are shut out.")
def rotate(*, at_once: bool) -> None:
    """Have the database accept the new key beside the old one.

    HOMEROOM_SECRET_KEY is the new key and HOMEROOM_PREVIOUS_SECRET_KEY the old one. Then restart every process with
    these two, one after another, and run `homeroom key retire`. Needs HOMEROOM_OWNER_DATABASE_URL.
    """
    import asyncpg

    from homeroom.database.keys import store_keys

    async def store(owner_url: str, keys: Keys) -> None:
        connection = await asyncpg.connect(owner_url)
        try:
            async with connection.transaction():
                await store_keys(connection, keys, replace=at_once)
        finally:
            await connection.close()

    with _as_owner() as (owner_url, keys):
        if keys.previous is None and not at_once:
            raise SettingsError("HOMEROOM_PREVIOUS_SECRET_KEY", "unset; give the key that processes use now")
        asyncio.run(store(owner_url, keys))
    click.echo("the database accepts the new key" + ("" if at_once else " and the old one"))


@command.command("retire")
def retire() -> None:
    """Have the database accept HOMEROOM_SECRET_KEY alone. Needs HOMEROOM_OWNER_DATABASE_URL.

    Run it when every process has been restarted with the new key: one with the old key is shut out, and answers 503.
    """
    from homeroom.database.keys import retire_key

    with _as_owner() as (owner_url, keys):
        number = asyncio.run(retire_key(owner_url, keys))
    click.echo(f"{number} key(s) retired")


@contextlib.contextmanager
def _as_owner() -> Iterator[tuple[str, Keys]]:
    from homeroom.boot import keys_of
    from homeroom.database.providers import choose_provider

    provider = choose_provider(Settings.load())
    settings = provider.start().apply(Settings.load())
    try:
        if settings.owner_database_url is None:
            raise SettingsError("HOMEROOM_OWNER_DATABASE_URL", "unset; the keys are a table of the owner's")
        yield settings.owner_database_url, keys_of(settings)
    finally:
        provider.stop()
