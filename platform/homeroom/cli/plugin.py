"""``homeroom plugin``: for authors of plugins."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.group("plugin")
def command() -> None:
    """For authors of plugins: begin one, and see whether it is fit for others."""


@command.command("new")
@click.argument("name")
@click.option("--noun", default="item", show_default=True, help="What it keeps, one of them: lower case, such as book.")
@click.option("--title", default="", help="One line for people; made from NAME unless given.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where its folder is made; here unless given.",
)
def new(name: str, noun: str, title: str, into: Path) -> None:
    """Begin the plugin NAME: a folder with a distribution that works and whose tests pass."""
    from homeroom.scaffold import NewDistribution

    made = NewDistribution(name, noun, title)
    for file in made.write(into):
        click.echo(file.as_posix())
    click.echo(f"\nNext: cd {(into / made.folder).as_posix()} && pip install -e '.[dev]' && pytest")
