"""The keys from which the secrets of endpoints are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.boot import context_key, keys_of

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["signing_keys", "webhook_key"]


def webhook_key(host: Host) -> bytes:
    """The installation's secret key; another one makes other secrets. Raises SettingsError if it is not set."""
    return context_key(host.settings)


def signing_keys(host: Host) -> tuple[bytes, ...]:
    """The keys whose secrets sign a message: the present one and, while the secret key is changed, the previous one.

    Receivers that know the old secret accept such a message, and so do those that were given the new one.
    """
    keys = keys_of(host.settings)
    return (keys.current,) if keys.previous is None else (keys.current, keys.previous)
