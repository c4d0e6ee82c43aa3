"""The plugin ``bench``: a command of the command line, and nothing in any school."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class BenchPlugin(Plugin):
    """Measurements of the product."""

    name = "bench"
    title = "Measurements of speed and memory"
    requires = ("school", "rosters", "gradebook", "talent", "vn", "hk", "graphql", "console", "demo")


plugin = BenchPlugin()
