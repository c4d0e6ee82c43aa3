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
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource

__all__ = ["plugin"]


class AuditPlugin(Plugin):
    """What a space can see of its audit, and its proof."""

    name = "audit"
    title = "Audit: who did what, and proof that nobody altered it"
    requires = ("tenants",)  # whose roles may see it
    migrations = "homeroom.audit.migrations"
    locale = Path(__file__).parent / "locale"
    host_part = True

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """Entries and their lines."""
        from homeroom.audit.resources import RESOURCES

        return RESOURCES

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """Erasing."""
        from homeroom.audit.erasing import erase_audit

        return [erase_audit]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.audit.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Whoever answers for a space sees everything that was done there."""
        return [
            Rule(role, each)
            for role in ("admin", "district_admin")
            for each in ("AuditEntry", "AuditLine", "AuditLine.*")
        ]

    @hookimpl
    def background(self, host: Host) -> Sequence[Background]:
        """The sealer."""
        from homeroom.audit.sealing import Sealer
        from homeroom.background import Background

        return [Background("audit sealer", host.settings.audit_seal_seconds, Sealer(host).run)]

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom audit``."""
        from homeroom.audit.cli import audit

        return [audit]


plugin = AuditPlugin()
