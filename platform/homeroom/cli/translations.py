"""``homeroom translations``."""

from __future__ import annotations

import click

from homeroom.languages import LANGUAGES

__all__ = ["command"]


@click.command("translations")
@click.argument("plugin")
@click.argument("language", type=click.Choice(LANGUAGES[1:]))
@click.option("--write", is_flag=True, help="Append them to the plugin's own catalogue, to be filled in there.")
def command(plugin: str, language: str, write: bool) -> None:
    """Show the texts of PLUGIN that have no translation into LANGUAGE: a PO file without translations.

    Those are the labels of its nouns, fields, verbs, arguments and values, and the texts of its refusals, papers and
    notices. PLUGIN may be quarantined, as long as it can be imported.
    """
    from homeroom.boot import closed_host
    from homeroom.labels.translations import append, as_po, missing
    from homeroom.plugins import PluginRegistry

    # A plugin that lacks texts is quarantined elsewhere; here its author comes to add them.
    host = closed_host(PluginRegistry.discover(), check_texts=False)
    lacking = missing(host, plugin, language)
    if write and lacking:
        click.echo(f"{len(lacking)} texts to translate in {append(host, plugin, language, lacking)}")
    elif lacking:
        click.echo(as_po(lacking), nl=False)
    else:
        click.echo(f"{plugin} lacks no text in {language}", err=True)
