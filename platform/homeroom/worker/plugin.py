"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.permissions import EVERYBODY, Rule
from homeroom.plugins import Plugin
from homeroom.worker.global_tables import QUEUE_TABLES, WORKER_TABLES

if TYPE_CHECKING:
    import click

    from homeroom.background import Background
    from homeroom.commands import Command
    from homeroom.health import HealthCheck
    from homeroom.host import Host
    from homeroom.jobs import Job
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource
    from homeroom.subscriptions import Subscription

__all__ = ["plugin"]


class JobsPlugin(Plugin):
    """Jobs that a space can see."""

    name = "jobs"
    title = "Background jobs"
    requires = ("tenants",)  # whose roles may see them
    migrations = "homeroom.worker.migrations"
    locale = Path(__file__).parent / "locale"
    global_tables = QUEUE_TABLES | WORKER_TABLES
    # The library of the queue speaks SQL to its tables; a message holds ids and nothing of a school.
    open_tables = QUEUE_TABLES
    host_part = True

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """The jobs of a space."""
        from homeroom.worker.resources import JOB

        return [JOB]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.worker.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Whoever looks after a space sees what runs there, and decides about what failed; everybody sees their own."""
        return [
            Rule(EVERYBODY, "Job", scope="own"),
            *(
                rule
                for role in ("admin", "district_admin")
                for rule in (Rule(role, "Job"), Rule(role, "jobs.*", "run"))
            ),
        ]

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription]:
        """How far jobs come."""
        from homeroom.worker.subscriptions import SUBSCRIPTIONS

        return SUBSCRIPTIONS

    @hookimpl
    def background(self, host: Host) -> Sequence[Background]:
        """The sign of life of a worker process."""
        from homeroom.background import Background
        from homeroom.worker.heartbeat import EVERY, heart_of

        return [Background("sign of life", EVERY, heart_of(host).beat)]

    @hookimpl
    def health_checks(self, host: Host) -> Sequence[HealthCheck]:
        """Whether anybody runs jobs; a server answers requests all the same."""
        from homeroom.health import HealthCheck
        from homeroom.worker.figures import worker_is_alive

        return [HealthCheck("workers", lambda: worker_is_alive(host), required=False)]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """Decisions about jobs that failed."""
        from homeroom.worker.commands import COMMANDS

        return COMMANDS

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        """Tidying up."""
        from homeroom.worker.history import JOBS

        return JOBS

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom jobs``."""
        from homeroom.worker.cli import jobs

        return [jobs]


plugin = JobsPlugin()
