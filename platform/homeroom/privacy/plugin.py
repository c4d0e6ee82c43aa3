"""The plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom.privacy.events import CONSENT_GIVEN, CONSENT_LAPSED, CONSENT_WITHDRAWN

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.commands import Event
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.hooks import Hooks

__all__ = ["plugin"]


class PrivacyPlugin(Plugin):
    """Copies for people of what there is about them, erasure by two persons, holds, and whose reads are logged."""

    name = "privacy"
    title = "Personal data: copies, erasure, holds"
    requires = ("tenants", "jobs", "files", "audit", "notices")
    unshown_tables: ClassVar = {
        "logged_read": "the query loggedFields shows it, with what plugins and the district say"
    }
    host_part = True
    events = frozenset({CONSENT_GIVEN, CONSENT_LAPSED, CONSENT_WITHDRAWN})

    @hookimpl
    async def event(self, context: Context, event: Event) -> None:
        """Open and close what depends on consent."""
        from homeroom.privacy.gates import follow_gates

        await follow_gates(context, event)

    @hookimpl
    async def rows_merged(self, context: Context, keep: UUID) -> None:
        """Open and close what depends on the consent of a person who had two records."""
        for gate in context.host.hooks.collect("consent_gates", only=context.variant.plugins):
            await gate.follow(context, persons=[keep])

    @hookimpl
    async def plugins_switched_on(self, context: Context) -> None:
        """The purposes of consent that its plugins declare."""
        from homeroom.privacy.purposes import add_to_space

        await add_to_space(context)

    @hookimpl
    async def declarations_changed(self, schema: Schema, hooks: Hooks) -> None:
        """The purposes of consent that plugins declare now, in all schools that have them on."""
        from homeroom.privacy.purposes import add_to_all

        await add_to_all(schema, hooks)

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        """What the region proposes."""
        from homeroom.privacy.adopting import propose

        if context.space.kind == "school":
            await propose(context, options)


plugin = PrivacyPlugin()
