"""The plugin."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["plugin"]


class NoticesPlugin(Plugin):
    """News and things to do for people."""

    name = "notices"
    title = "Notices: inbox, things to do, mail"
    requires = ("tenants", "jobs")
    host_part = True
    system_only = MappingProxyType(
        dict.fromkeys(
            ("notices.mail.dispatch", "notices.mail.deliver"),
            "the installation sends the mail: the account that notifies people need not be allowed to send mail",
        )
    )

    @hookimpl
    async def job_given_up(self, context: Context, job: UUID, name: str, account: UUID | None, error: str) -> None:
        """Notify the account that asked for it."""
        from homeroom.notices.about_jobs import tell_who_asked

        await tell_who_asked(context, job, name, account, error)


plugin = NoticesPlugin()
