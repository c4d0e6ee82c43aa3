"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.permissions import Rule
from homeroom.plugins import Plugin
from homeroom.worker.global_tables import QUEUE_TABLES

if TYPE_CHECKING:
    import click

    from homeroom.commands import Command
    from homeroom.jobs import Job
    from homeroom.resources import Resource

__all__ = ["plugin"]


class JobsPlugin(Plugin):
    """Jobs that a space can see."""

    name = "jobs"
    title = "Background jobs"
    requires = ("tenants",)  # whose roles may see them
    migrations = "homeroom.worker.migrations"
    global_tables = QUEUE_TABLES
    # The library of the queue speaks SQL to its tables; a message holds ids and nothing of a school.
    open_tables = QUEUE_TABLES
    host_part = True

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """The jobs of a space."""
        from homeroom.worker.resources import JOB

        return [JOB]

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Whoever looks after a space sees what runs there, and decides about what failed."""
        return [
            rule for role in ("admin", "district_admin") for rule in (Rule(role, "Job"), Rule(role, "jobs.*", "run"))
        ]

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
