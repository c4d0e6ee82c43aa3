"""The plugin ``hk``: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom.presets import Preset

__all__ = ["HongKongPlugin", "plugin"]


class HongKongPlugin(Plugin):
    """Hong Kong schools: the preset of a new school."""

    name = "hk"
    title = "Hong Kong: preset of a primary school"
    requires = ("school",)

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        from .preset import HONG_KONG_PRESET

        return [HONG_KONG_PRESET]


plugin = HongKongPlugin()
