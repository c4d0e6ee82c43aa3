"""The plugin."""

from __future__ import annotations

from homeroom.plugins import Plugin


class DesksPlugin(Plugin):
    """What people apply for at the desks of a school."""

    name = "desks"
    title = "Desks"
    requires = ("school", "approvals")
