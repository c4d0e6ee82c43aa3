"""``homeroom plugin``: for authors of plugins."""

from __future__ import annotations

import json
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


@command.command("check")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(names: tuple[str, ...], as_json: bool) -> None:
    """Check whether the plugins NAME are fit for others; all that are no part of the host, unless named.

    Prints each point with what is wrong and what to do. The exit code is 1 if a point does not hold; a note is
    no fault. Migrations are applied to an empty database that is gone afterwards.
    """
    from homeroom.acceptance import points_for, subjects
    from homeroom.plugins import PluginRegistry

    found = {
        subject.name: [(point, list(point.faults(subject))) for point in points_for(subject)]
        for subject in subjects(PluginRegistry.discover(), names)
    }
    if as_json:
        report = {
            name: [
                {"point": point.title, "faults": faults, "advice": point.advice, "advisory": point.advisory}
                for point, faults in points
            ]
            for name, points in found.items()
        }
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for name, points in found.items():
            demanded = [faults for point, faults in points if not point.advisory]
            click.echo(f"{name}: {sum(not faults for faults in demanded)} of {len(demanded)} points hold")
            for point, faults in points:
                failed = "note" if point.advisory else "FAIL"
                color = "yellow" if point.advisory else "red"
                click.secho(f"  {failed if faults else 'ok':<4}  {point.title}", fg=color if faults else None)
                for fault in faults:
                    click.echo(f"          {fault}")
                if faults:
                    click.echo(f"        To do: {point.advice}")
    if any(faults and not point.advisory for points in found.values() for point, faults in points):
        raise SystemExit(1)
