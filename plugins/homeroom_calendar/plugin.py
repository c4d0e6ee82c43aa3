"""The plugin ``calendar``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from homeroom.plugins import Plugin


class CalendarPlugin(Plugin):
    """School days, periods of a day, and dated lessons."""

    name = "calendar"
    title = "Calendar: school days, bell schedules and lessons"
    requires = ("school",)
    unshown_tables: ClassVar[Mapping[str, str]] = {
        "lesson_source": "what a file said about a lesson, for the next file to be compared with",
    }


plugin = CalendarPlugin()
