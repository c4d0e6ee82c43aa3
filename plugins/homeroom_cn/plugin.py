"""The plugin ``cn``: its hooks and nothing else."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["MainlandChinaPlugin", "plugin"]


class MainlandChinaPlugin(Plugin):
    """Colleges in mainland China: the preset of a new college."""

    name = "cn"
    title = "Mainland China: preset of a college"
    requires = ("school",)


plugin = MainlandChinaPlugin()
