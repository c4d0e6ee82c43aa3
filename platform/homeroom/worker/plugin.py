"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom.worker.global_tables import QUEUE_TABLES, WORKER_TABLES

if TYPE_CHECKING:
    from homeroom.health import HealthCheck
    from homeroom.host import Host

__all__ = ["plugin"]


class JobsPlugin(Plugin):
    """Jobs that a space can see."""

    name = "jobs"
    title = "Background jobs"
    requires = ("tenants",)  # whose roles may see them
    global_tables = QUEUE_TABLES | WORKER_TABLES
    # The library of the queue speaks SQL to its tables; a message holds ids and nothing of a school.
    open_tables = QUEUE_TABLES
    host_part = True

    @hookimpl
    def health_checks(self, host: Host) -> Sequence[HealthCheck]:
        """Whether anybody runs jobs; a server answers requests all the same."""
        from homeroom.health import HealthCheck
        from homeroom.worker.figures import worker_is_alive

        return [HealthCheck("workers", lambda: worker_is_alive(host), required=False)]


plugin = JobsPlugin()
