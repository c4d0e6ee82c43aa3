"""The plugin ``cn``: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom.presets import Preset

__all__ = ["MainlandChinaPlugin", "plugin"]


class MainlandChinaPlugin(Plugin):
    """Colleges in mainland China: the preset of a new college."""

    name = "cn"
    title = "Mainland China: preset of a college"
    requires = ("school",)

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        from .preset import MAINLAND_CHINA_PRESET

        return [MAINLAND_CHINA_PRESET]


plugin = MainlandChinaPlugin()
