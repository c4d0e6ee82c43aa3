"""The plugin ``surveys``: its name and what it requires."""

from __future__ import annotations

from homeroom.plugins import Plugin


class SurveysPlugin(Plugin):
    """The survey of classes and subjects."""

    name = "surveys"
    title = "Surveys of classes and subjects"
    requires = ("school", "calendar")


plugin = SurveysPlugin()
