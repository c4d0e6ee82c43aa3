"""The plugin ``vn``: its hooks and nothing else."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["VietnamPlugin", "plugin"]


class VietnamPlugin(Plugin):
    """Vietnamese schools: grading schemes of the circulars, and the preset of a new school."""

    name = "vn"
    title = "Vietnam: circulars on assessment, preset of a school"
    requires = ("school", "gradebook")


plugin = VietnamPlugin()
