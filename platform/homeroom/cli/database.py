"""``homeroom database``."""

from __future__ import annotations

import click

from homeroom.settings import Settings

__all__ = ["command"]


@click.command("database")
def command() -> None:
    """Say which database is used and whether it answers. Changes nothing."""
    from homeroom.database.providers import choose_provider

    status = choose_provider(Settings.load()).status()
    version = f", PostgreSQL {status.version // 10000}.{status.version % 10000}" if status.version else ""
    click.echo(f"{status.provider}: {'running' if status.running else 'not running'}{version}\n{status.location}")
