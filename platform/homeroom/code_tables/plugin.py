"""The plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.hooks import Hooks

__all__ = ["plugin"]


class CodesPlugin(Plugin):
    """Code tables that plugins declare, and the codes of each school."""

    name = "codes"
    title = "Code tables"
    requires = ("tenants",)
    host_part = True
    adopted_tables: ClassVar[Mapping[str, str]] = {
        "code_value": "the registry made it before code tables were the host's"
    }

    @hookimpl
    async def plugins_switched_on(self, context: Context) -> None:
        """The codes that its plugins declare."""
        from homeroom.code_tables.arriving import add_to_space

        await add_to_space(context)

    @hookimpl
    async def declarations_changed(self, schema: Schema, hooks: Hooks) -> None:
        """The codes that plugins declare now, in all schools that have them on."""
        from homeroom.code_tables.arriving import add_to_all

        await add_to_all(schema, hooks)


plugin = CodesPlugin()
