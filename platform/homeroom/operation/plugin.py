"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from homeroom.health import HealthCheck
    from homeroom.host import Host

__all__ = ["METRICS", "plugin"]

#: Under which name the host knows what this process counts.
METRICS = "operation.metrics"


class OperationPlugin(Plugin):
    """What operators look at."""

    name = "operation"
    title = "Health and metrics"
    host_part = True

    @hookimpl
    async def startup(self, host: Host) -> None:
        """Begin to count, and to look whether to stop; what has no routes is asked by nobody."""
        from homeroom.operation.stopping import stopping_of

        stopping_of(host).start()
        metrics = host.services.get(METRICS)
        if metrics is not None:
            metrics.start()

    @hookimpl
    async def shutdown(self, host: Host) -> None:
        """End that."""
        from homeroom.operation.stopping import stopping_of

        await stopping_of(host).stop()
        metrics = host.services.get(METRICS)
        if metrics is not None:
            await metrics.stop()

    @hookimpl
    def health_checks(self, host: Host) -> Sequence[HealthCheck]:
        """The database and its tables."""
        from homeroom.operation.health import kernel_checks

        return kernel_checks(host)


plugin = OperationPlugin()
