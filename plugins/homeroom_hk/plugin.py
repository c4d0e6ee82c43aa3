"""The plugin ``hk``: its hooks and nothing else."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["HongKongPlugin", "plugin"]


class HongKongPlugin(Plugin):
    """Hong Kong schools: the preset of a new school."""

    name = "hk"
    title = "Hong Kong: preset of a primary school"
    requires = ("school",)


plugin = HongKongPlugin()
