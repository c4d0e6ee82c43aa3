"""``/health/live`` and ``/health/ready``, for what routes requests and restarts processes.

Live says that the process answers: a restart because the database is unavailable gains nothing. Ready says that a
request would be answered as it should, and no longer once the server is asked to stop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from litestar import Response, get

from homeroom.database.readiness import KEY_HOLDS, NO_SPACE, applied_migrations, unready
from homeroom.database.walls import InSpace
from homeroom.health import HealthCheck
from homeroom.operation.run_dir import is_stopping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

__all__ = ["kernel_checks", "ready_in_time", "routes"]

logger = logging.getLogger(__name__)

_SECONDS: Final = 2.0
#: Migrations are looked at again after so many seconds at the earliest.
_MIGRATIONS_SECONDS: Final = 5.0
#: Seconds between two looks of a process that waits until it is ready.
_AGAIN_SECONDS: Final = 0.1
_HEADERS: Final = {"Cache-Control": "no-store"}


def kernel_checks(host: Host) -> Sequence[HealthCheck]:
    """The host is open, and the database answers, accepts our key and has the tables that this version wants."""
    seen: dict[str, float] = {}

    async def database() -> bool:
        return bool(await host.database.read("SELECT true"))

    async def migrations() -> bool:
        if seen.get("current", 0.0) > time.monotonic():
            return True
        applied = await applied_migrations(host.database.read)
        if next(unready(applied, host.registry.migration_packages()), None) is not None:
            return False
        seen["current"] = time.monotonic() + _MIGRATIONS_SECONDS
        return True

    async def key() -> bool:
        return bool(await host.database.read(KEY_HOLDS, InSpace(NO_SPACE)) == NO_SPACE)

    async def is_open() -> bool:
        return host.is_open

    return [
        HealthCheck("open", is_open),
        HealthCheck("database", database),
        HealthCheck("key", key),
        HealthCheck("migrations", migrations),
    ]


def routes(host: Host) -> Sequence[ControllerRouterHandler]:
    """The two routes."""
    checks: list[HealthCheck] = []

    @get("/health/live")
    async def live() -> Response[dict[str, Any]]:
        return Response({"live": True}, headers=_HEADERS)

    @get("/health/ready")
    async def ready() -> Response[dict[str, Any]]:
        if is_stopping(host.settings):
            return Response({"ready": False, "checks": {"running": False}}, status_code=503, headers=_HEADERS)
        if not checks:
            checks.extend(host.hooks.collect("health_checks", host=host))
        held = await asyncio.gather(*(_holds(each) for each in checks))
        well = all(holds for check, holds in zip(checks, held, strict=True) if check.required)
        shown = {check.name: holds for check, holds in zip(checks, held, strict=True)}
        return Response(
            {"ready": well, "checks": {"running": True, **shown}}, status_code=200 if well else 503, headers=_HEADERS
        )

    return [live, ready]


async def ready_in_time(host: Host, seconds: float) -> bool:
    """Wait until all that a process needs to take requests holds.

    Args:
        host: The open host.
        seconds: How long at most.

    Returns:
        Whether it holds.
    """
    checks = [each for each in host.hooks.collect("health_checks", host=host) if each.required]
    deadline = time.monotonic() + seconds
    while not all(await asyncio.gather(*(_holds(each) for each in checks))):
        if time.monotonic() >= deadline or is_stopping(host.settings):
            return False
        await asyncio.sleep(_AGAIN_SECONDS)
    return True


async def _holds(check: HealthCheck) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return await check.holds()
    except Exception as error:  # noqa: BLE001 - whatever it is, it does not hold
        logger.warning("health check %s fails: %s", check.name, type(error).__name__)
        return False
