"""The plugin."""

from __future__ import annotations

from homeroom.plugins import Plugin


class TalentsPlugin(Plugin):
    """Talents of students."""

    name = "talents"
    title = "Talents"
    requires = ("school",)
