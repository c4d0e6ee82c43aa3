"""The plugin ``calendar``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from homeroom.plugins import Plugin


class CalendarPlugin(Plugin):
    """School days, periods of a day, and dated lessons."""

    name = "calendar"
    title = "Calendar: school days, bell schedules and lessons"
    requires = ("school",)


plugin = CalendarPlugin()
