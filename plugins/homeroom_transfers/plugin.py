"""The plugin ``transfers``: its name and what it requires, and a change of status that waits for another school."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom_transfers.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["TransfersPlugin", "plugin"]


class TransfersPlugin(Plugin):
    """Students from one school of the installation to another."""

    name = "transfers"
    title = "Transfers between schools of the installation"
    requires = ("school",)
    global_tables = GLOBAL_TABLES

    @hookimpl
    async def status_change_deciding(self, context: Context, student: UUID) -> None:
        from homeroom_transfers.offers import refuse_offered

        await refuse_offered(context, student)


plugin = TransfersPlugin()
