"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.permissions import Rule
from homeroom.plugins import Plugin
from homeroom.worker.global_tables import QUEUE_TABLES

if TYPE_CHECKING:
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
        """Whoever looks after the installation of a space sees what runs there."""
        return [Rule(role, "Job") for role in ("admin", "district_admin")]


plugin = JobsPlugin()
