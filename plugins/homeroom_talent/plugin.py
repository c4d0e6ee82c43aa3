"""The plugin ``talent``: its name and what it requires. Its parts lie in the modules beside."""

from __future__ import annotations

from homeroom.plugins import Plugin


class TalentPlugin(Plugin):
    """Talents and achievements of students, from nomination to publication."""

    name = "talent"
    title = "Talent bank: achievements of students"
    requires = ("school", "approvals")


plugin = TalentPlugin()
