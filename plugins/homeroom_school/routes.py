"""What a server loads before its first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.names import load_readings

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host


def routes(host: Host) -> list[ControllerRouterHandler]:
    """No routes; a server reads the table of Chinese readings before the first request needs it."""
    load_readings()
    return []
