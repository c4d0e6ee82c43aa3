"""The plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeroom.hookspecs import hookimpl
from homeroom.permissions import EVERYBODY, Rule
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.jobs import Job
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource

__all__ = ["plugin"]

#: Who answers for what a space has about people.
OFFICER = "data_protection"
_READ = ("PersonCopy", "LegalHold", "PersonErasure", "ConsentAnswer", "RetentionRule")


class PrivacyPlugin(Plugin):
    """Copies for people of what there is about them, erasure by two persons, and holds."""

    name = "privacy"
    title = "Personal data: copies, erasure, holds"
    requires = ("tenants", "jobs", "files", "audit", "notices")
    migrations = "homeroom.privacy.migrations"
    locale = Path(__file__).parent / "locale"
    host_part = True

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """Copies, requests, holds."""
        from homeroom.privacy.resources import RESOURCES

        return RESOURCES

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """What is asked and decided."""
        from homeroom.privacy import consent, erasing, exporting, presets, retention

        parts = (exporting, erasing, consent, retention, presets)
        return [each for part in parts for each in part.COMMANDS]

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        """What takes its time."""
        from homeroom.privacy import erasing, exporting, retention

        return (*exporting.JOBS, *erasing.JOBS, *retention.JOBS)

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.privacy.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        """What the region proposes."""
        from homeroom.privacy.presets import propose

        if context.space.kind == "school":
            await propose(context, options)

    @hookimpl
    def role_titles(self) -> Mapping[str, str]:
        """The officer."""
        return {OFFICER: "Data protection officer"}

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """The officer and whoever looks after a space: two persons, of whom one asks and the other approves."""
        everybody = [
            Rule(EVERYBODY, "ConsentPurpose"),
            Rule(EVERYBODY, "ConsentAnswer", scope="own"),
            Rule(EVERYBODY, "privacy.consent.answer", "run"),
        ]
        return everybody + [
            rule
            for role in (OFFICER, "admin")
            for rule in (
                *(Rule(role, each) for each in _READ),
                Rule(role, "privacy.*", "run"),
            )
        ]


plugin = PrivacyPlugin()
