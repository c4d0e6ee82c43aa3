"""The plugin ``rosters``: its name, and what it requires."""

from __future__ import annotations

from homeroom.plugins import Plugin


class RostersPlugin(Plugin):
    """Rosters of other systems: imports into the registry, and exports of it."""

    name = "rosters"
    title = "Rosters: School Data Sync and OneRoster"
    requires = ("school", "imports")


plugin = RostersPlugin()
