"""``homeroom settings``."""

from __future__ import annotations

import click

from homeroom.settings import Settings, describe

__all__ = ["command"]


@click.command("settings")
@click.option("--reference", is_flag=True, help="The reference page, in Markdown.")
def command(reference: bool) -> None:
    """Show every setting and its present value; secrets are only said to be set."""
    if reference:
        click.echo("| Variable | Values | Default | What it does |\n| --- | --- | --- | --- |")
        for doc in describe():
            default = f"`{doc.default}`" if doc.default else ""
            click.echo(f"| `{doc.variable}` | {doc.kind} | {default} | {doc.description} |")
        return
    settings = dict(Settings.load().__rich_repr__())
    for doc in describe():
        value = settings[doc.field]
        click.echo(f"{doc.variable}={'' if value is None else value}")
