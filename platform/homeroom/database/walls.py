"""The signed context: which space a database session may see, and proof that we said so.

Row level security policies compare ``tenant_id`` with ``homeroom.space()``. That function reads the setting
``homeroom.context`` and accepts it only with a valid HMAC-SHA256 (RFC 2104), so that a statement which
somebody managed to inject cannot open another school with ``set_config``. The key is known to the
application and to the definer function, and to nobody who merely speaks SQL as the powerless role.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["SETTING", "ContextSigner", "key_blocks"]

SETTING = "homeroom.context"
_BLOCK = 64


def key_blocks(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded key of HMAC-SHA256, as the definer function needs them.

    Args:
        key: At least 32 bytes of secret.
    """
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


class ContextSigner:
    """Writes contexts that ``homeroom.space()`` accepts.

    Args:
        key: The secret that ``homeroom migrate`` stored for the definer function.
    """

    __slots__ = ("_key", "_signed")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._signed: dict[UUID, str] = {}

    def sign(self, space: UUID) -> str:
        """The context of one space: its UUID and 64 hexadecimal digits of HMAC."""
        context = self._signed.get(space)
        if context is None:
            text = str(space)
            context = text + hmac.digest(self._key, text.encode(), "sha256").hex()
            if len(self._signed) > 10_000:
                self._signed.clear()
            self._signed[space] = context
        return context
