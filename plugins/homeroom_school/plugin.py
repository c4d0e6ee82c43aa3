"""The plugin ``school``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from homeroom.plugins import Plugin


class SchoolPlugin(Plugin):
    """The registry of a school."""

    name = "school"
    title = "Registry: years, classes, subjects and people"
    requires = ("files", "codes", "imports", "settings", "approvals")


plugin = SchoolPlugin()
