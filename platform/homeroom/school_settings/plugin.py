"""The plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.hooks import Hooks

__all__ = ["plugin"]


class SettingsPlugin(Plugin):
    """Settings of schools that plugins declare."""

    name = "settings"
    title = "Settings of schools"
    requires = ("tenants", "audit")
    host_part = True

    @hookimpl
    async def plugins_switched_on(self, context: Context) -> None:
        """The settings of its plugins, as they are by default."""
        from homeroom.school_settings.arriving import add_to_space

        await add_to_space(context)

    @hookimpl
    async def declarations_changed(self, schema: Schema, hooks: Hooks) -> None:
        """The settings that plugins declare now, in all schools that have them on."""
        from homeroom.school_settings.arriving import add_to_all

        await add_to_all(schema, hooks.registry)


plugin = SettingsPlugin()
