"""``/health/live``, ``/health/ready`` and, where it is set, ``/metrics``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.operation import health, metrics

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

__all__ = ["routes"]


def routes(host: Host) -> Sequence[ControllerRouterHandler]:
    """The routes for operators.

    Args:
        host: The running host.
    """
    return [*health.routes(host), *metrics.routes(host)]
