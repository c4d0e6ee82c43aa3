"""The part of the host that lets people decide requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.host import Host

__all__ = ["ApprovalsPlugin", "plugin"]


class ApprovalsPlugin(Plugin):
    """Requests, the steps in which people decide them, and what follows."""

    name = "approvals"
    title = "Approvals: requests that other people decide"
    requires = ("notices", "jobs", "imports")
    host_part = True
    unshown_tables: ClassVar = {"approval_decider": "shown as the steps that wait for a person"}

    @hookimpl
    async def startup(self, host: Host) -> None:
        from homeroom_approvals.checking import quarantine_broken_flows

        await quarantine_broken_flows(host)

    @hookimpl
    async def rows_changed(self, context: Context, rows: Mapping[str, Collection[UUID]]) -> None:
        from homeroom_approvals.watching import return_changed

        await return_changed(context, rows)

    @hookimpl
    async def rows_writing(
        self, context: Context, table: str, rows: Sequence[UUID], new: Sequence[Mapping[str, Any]]
    ) -> None:
        from homeroom_approvals.closing import refuse_approved

        await refuse_approved(context, table, rows, new)

    @hookimpl
    async def rows_merged(self, context: Context, keep: UUID, duplicate: UUID) -> None:
        from homeroom_approvals.merging import merge_persons

        await merge_persons(context, keep, duplicate)


plugin = ApprovalsPlugin()
