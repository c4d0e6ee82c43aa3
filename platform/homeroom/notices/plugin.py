"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.permissions import EVERYBODY, Rule
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from uuid import UUID

    import click

    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.jobs import Job
    from homeroom.notices.kinds import NoticeKind
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource
    from homeroom.subscriptions import Subscription

__all__ = ["plugin"]


class NoticesPlugin(Plugin):
    """What people are told and what they are to do."""

    name = "notices"
    title = "Notices: inbox, things to do, mail"
    requires = ("tenants", "jobs")
    migrations = "homeroom.notices.migrations"
    locale = Path(__file__).parent / "locale"
    host_part = True
    ungranted = MappingProxyType(
        dict.fromkeys(
            ("notices.mail.dispatch", "notices.mail.deliver"),
            "mail goes on the installation's behalf: whoever tells people something need not be allowed to send mail",
        )
    )

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """One's own notices; what became of mails."""
        from homeroom.notices.resources import RESOURCES

        return RESOURCES

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """What people do with their notices."""
        from homeroom.notices.commands import COMMANDS

        return COMMANDS

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        """Mail."""
        from homeroom.notices.delivering import JOBS

        return JOBS

    @hookimpl
    def notice_kinds(self) -> Sequence[NoticeKind]:
        """That something in the background could not be done."""
        from homeroom.notices.about_jobs import KINDS

        return KINDS

    @hookimpl
    async def job_given_up(self, context: Context, job: UUID, name: str, account: UUID | None, error: str) -> None:
        """Tell whoever asked for it."""
        from homeroom.notices.about_jobs import tell_who_asked

        await tell_who_asked(context, job, name, account, error)

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom notices`` and ``homeroom mail``."""
        from homeroom.notices.cli import mail, notices

        return [notices, mail]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.notices.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Everybody has an inbox; whoever looks after a space sees what became of mails."""
        return [
            Rule(EVERYBODY, "Notice", scope="self"),
            Rule(EVERYBODY, "NoticePreference", scope="self"),
            Rule(EVERYBODY, "notices.notice.read", "run", scope="self"),
            Rule(EVERYBODY, "notices.todo.finish", "run", scope="self"),
            Rule(EVERYBODY, "notices.preference.set", "run", scope="self"),
            Rule("admin", "NoticeDelivery"),
            Rule("district_admin", "NoticeDelivery"),
        ]

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription]:
        """Notices as they come."""
        from homeroom.subscriptions import Subscription, values_of

        return [
            Subscription(
                field="noticesArrived",
                event="notices.notice.arrived",
                resource="Notice",
                rows=values_of("notices"),
                description="One's own notices, as they come.",
            )
        ]


plugin = NoticesPlugin()
