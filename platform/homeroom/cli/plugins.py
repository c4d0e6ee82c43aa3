"""``homeroom plugins``."""

from __future__ import annotations

import json

import click

from homeroom.plugins import PluginRegistry

__all__ = ["command"]


@click.command("plugins")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--times", is_flag=True, help="What each took of everybody's time so far, and who took too much.")
@click.option("--strict", is_flag=True, help="Exit with 1 if a plugin is quarantined.")
def command(as_json: bool, times: bool, strict: bool) -> None:
    """List the installed plugins, and those that were quarantined with the reason."""
    from homeroom.boot import closed_host
    from homeroom.budget import taken_by

    registry = PluginRegistry.discover()
    host = closed_host(registry)  # finds those that fail at what they contribute
    if as_json:
        found = [
            {
                "name": plugin.name,
                "title": plugin.title,
                "requires": list(plugin.requires),
                "host_part": plugin.host_part,
                "load_milliseconds": round(registry.load_seconds.get(plugin.name, 0.0) * 1000, 1),
                "hooks": {
                    each.hook: {"calls": each.calls, "longest_milliseconds": round(each.longest, 1)}
                    for each in taken_by(registry, host.hooks)
                    if each.plugin == plugin.name and each.hook
                },
            }
            for plugin in registry.in_order()
        ]
        left_out = [{"name": each.name, "origin": each.origin, "reason": each.reason} for each in registry.quarantined]
        click.echo(json.dumps({"plugins": found, "quarantined": left_out}, indent=2, ensure_ascii=False))
    elif times:
        for taken in taken_by(registry, host.hooks):
            summary = (
                f"{taken.plugin:<16} {taken.hook or 'import':<14} {taken.calls:>4} x {taken.longest:>8.1f} ms at most"
            )
            click.secho(
                summary + (f", of {taken.budget:.0f}" if taken.is_over else ""), fg="red" if taken.is_over else None
            )
    else:
        for plugin in registry.in_order():
            kind = "host part" if plugin.host_part else "plugin"
            needs = f"  (requires {', '.join(plugin.requires)})" if plugin.requires else ""
            click.echo(f"{plugin.name:<16} {kind:<10} {plugin.title}{needs}")
        for each in registry.quarantined:
            click.secho(f"{each.name:<16} QUARANTINED  {each.reason} [{each.origin}]", fg="red")
    if strict and registry.quarantined:
        raise SystemExit(1)
