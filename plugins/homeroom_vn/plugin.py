"""The plugin ``vn``: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom.presets import Preset
from homeroom_gradebook import SchemeFamily

__all__ = ["VietnamPlugin", "plugin"]


class VietnamPlugin(Plugin):
    """Vietnamese schools: grading schemes of the circulars, and the preset of a new school."""

    name = "vn"
    title = "Vietnam: circulars on assessment, preset of a school"
    requires = ("school", "gradebook")

    @hookimpl
    def grading_schemes(self) -> Sequence[SchemeFamily]:
        from homeroom_vn.schemes import VIETNAM

        return [VIETNAM]

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        from homeroom_vn.preset import VIETNAM_PRESET

        return [VIETNAM_PRESET]


plugin = VietnamPlugin()
