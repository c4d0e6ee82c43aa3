"""The plugin."""

from __future__ import annotations

from homeroom.plugins import Plugin


class ClubsPlugin(Plugin):
    """Clubs and their members."""

    name = "clubs"
    title = "Clubs"
    requires = ("imports",)
