"""The plugin ``demo``: a command of the command line, and nothing in any school."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class DemoPlugin(Plugin):
    """The demonstration schools."""

    name = "demo"
    title = "Demonstration: three schools of three regions"
    requires = (
        "school",
        "photos",
        "calendar",
        "rosters",
        "surveys",
        "transfers",
        "gradebook",
        "talent",
        "vn",
        "hk",
        "cn",
    )


plugin = DemoPlugin()
