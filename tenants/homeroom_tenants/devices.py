"""Devices that somebody has signed in from: strangers who guess passwords cannot lock them out.

Attempts are counted (:mod:`homeroom_tenants.attempts`), and a flood of wrong ones closes a login for a while, to
strangers. A browser that has once signed in carries a signed cookie, and its attempts are counted apart (OWASP, "Device
cookies"; ASVS 5.0, 6.1.1).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from .lifetimes import one_cookie

__all__ = ["DEVICE_COOKIE", "DEVICE_SECONDS", "Devices"]

DEVICE_COOKIE: Final = "__Host-homeroom-device"
#: A year.
DEVICE_SECONDS: Final = 365 * 24 * 3600
_NONCE: Final = 32
_DIGEST: Final = 64


class Devices:
    """Writes and reads device cookies.

    Args:
        secret: The installation's secret key.
        previous: The one before it, whose cookies are accepted still; none outside a change of the key.
    """

    def __init__(self, secret: str, previous: str | None = None) -> None:
        # Keys of their own: what signs contexts signs nothing else.
        secrets_ = [each for each in (secret, previous) if each is not None]
        self._keys = [hmac.digest(each.encode(), b"homeroom device cookie", "sha256") for each in secrets_]

    @staticmethod
    def _sign(key: bytes, login: str, nonce: str) -> str:
        return hmac.new(key, f"{nonce}\n{login}".encode(), hashlib.sha256).hexdigest()

    def new(self, login: str) -> str:
        """The value of a new device cookie for a login, in its normal form."""
        nonce = secrets.token_hex(_NONCE // 2)
        return nonce + self._sign(self._keys[0], login, nonce)

    def of(self, login: str, cookie_header: str | None) -> str | None:
        """Which known device sends a request.

        Args:
            login: In its normal form.
            cookie_header: The request's Cookie header.

        Returns:
            The device's own name if it has signed in with this login before, else None.
        """
        value = one_cookie(cookie_header, DEVICE_COOKIE) if cookie_header else None
        if value is None or len(value) != _NONCE + _DIGEST or not value.isascii():
            return None
        nonce, signature = value[:_NONCE], value[_NONCE:]
        known = any(hmac.compare_digest(signature, self._sign(key, login, nonce)) for key in self._keys)
        return nonce if known else None
