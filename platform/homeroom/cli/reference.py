"""``homeroom reference``."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.group("reference")
def command() -> None:
    """For people who change Homeroom: the pages that are made from the code."""


@command.command("write")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="docs/reference")
def write_pages(folder: Path) -> None:
    """Write the reference pages into FOLDER: hooks, settings, permissions, commands, error codes, Python."""
    from homeroom.reference import refuse_stale_installation, write

    project = Path("pyproject.toml")
    if project.exists():
        refuse_stale_installation(project)
    for name in write(folder) or ["nothing changed"]:
        click.echo(name)
