"""The key from which the secrets of endpoints are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.boot import context_key

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["webhook_key"]


def webhook_key(host: Host) -> bytes:
    """The installation's secret key; another one makes other secrets. Raises SettingsError if it is not set."""
    return context_key(host.settings)
