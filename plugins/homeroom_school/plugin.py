"""The plugin of the registry: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["SchoolPlugin", "plugin"]


class SchoolPlugin(Plugin):
    """The registry of a school."""

    name = "school"
    title = "Registry: years, classes, subjects and people"
    requires = ("files", "codes", "imports", "settings")
    unshown_tables: ClassVar[Mapping[str, str]] = {
        "lesson_source": "what a file said of a lesson, for the next file to be compared with",
    }

    import_records = frozenset({"roster_link"})

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        from homeroom_school.setting_up import set_up

        if context.space.kind == "school":
            await set_up(context, options)


plugin = SchoolPlugin()
