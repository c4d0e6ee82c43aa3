"""The plugin ``school``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from homeroom.plugins import Plugin

__all__ = ["SchoolPlugin", "plugin"]


class SchoolPlugin(Plugin):
    """The registry of a school."""

    name = "school"
    title = "Registry: years, classes, subjects and people"
    requires = ("files", "codes", "imports", "settings")
    unshown_tables: ClassVar[Mapping[str, str]] = {
        "lesson_source": "what a file said of a lesson, for the next file to be compared with",
    }


plugin = SchoolPlugin()
