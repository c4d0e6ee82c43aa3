"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence

from homeroom.hookspecs import hookimpl
from homeroom.permissions import Rule
from homeroom.plugins import Plugin
from homeroom.resources import EVERYTHING, Resource, resource
from homeroom.worker.migrations.m0001_jobs import QUEUE_TABLES
from homeroom.worker.tables import JobRecord

__all__ = ["plugin"]

JOB = resource(
    JobRecord,
    scopes={"school": EVERYTHING},
    name="Job",
    exclude=("account_id", "arguments"),
    filters=("name", "state", "enqueued_at"),
    order=("enqueued_at",),
    default_order=("-enqueued_at",),
    enums={"state": "JobState"},
)


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
        return [JOB]

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Whoever looks after the installation of a space sees what runs there."""
        return [Rule(role, "Job") for role in ("admin", "district_admin")]


plugin = JobsPlugin()
