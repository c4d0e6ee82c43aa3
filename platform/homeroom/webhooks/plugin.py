"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.permissions import Rule
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    import click

    from homeroom.background import Background
    from homeroom.commands import Command
    from homeroom.host import Host
    from homeroom.jobs import Job
    from homeroom.notices import NoticeKind
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource

__all__ = ["plugin"]


class WebhooksPlugin(Plugin):
    """Other systems that are told what is done in a school."""

    name = "webhooks"
    title = "Webhooks"
    requires = ("tenants", "audit", "jobs", "notices")
    migrations = "homeroom.webhooks.migrations"
    locale = Path(__file__).parent / "locale"
    host_part = True

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """Endpoints and deliveries."""
        from homeroom.webhooks.resources import RESOURCES

        return RESOURCES

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.webhooks.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Whoever sets a space up says whom it tells."""
        return [
            rule
            for role in ("admin", "district_admin")
            for rule in (
                Rule(role, "WebhookEndpoint"),
                Rule(role, "WebhookDelivery"),
                Rule(role, "webhooks.endpoint.*", "run"),
                Rule(role, "webhooks.secret.*", "run"),
                Rule(role, "webhooks.delivery.*", "run"),
            )
        ]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """What is done with them."""
        from homeroom.webhooks.commands import COMMANDS

        return COMMANDS

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        """Tidying up."""
        from homeroom.webhooks.trimming import JOBS

        return JOBS

    @hookimpl
    def background(self, host: Host) -> Sequence[Background]:
        """Delivering."""
        from homeroom.background import Background
        from homeroom.webhooks.sending import Sender

        sender = Sender(host)
        return [Background("webhooks", 1.0, sender.round, sender.end)]

    @hookimpl
    def notice_kinds(self) -> Sequence[NoticeKind]:
        """That one is switched off."""
        from homeroom.webhooks.notices import KINDS

        return KINDS

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom webhooks``."""
        from homeroom.webhooks.cli import webhooks

        return [webhooks]


plugin = WebhooksPlugin()
