"""The signed context: which space a database session may see, and proof that we said so.

Row level security policies compare ``tenant_id`` with ``homeroom.space()``. That function reads the setting
``homeroom.context`` and accepts it only with a valid HMAC-SHA256 (RFC 2104), so that a statement which
somebody managed to inject cannot open another school with ``set_config``. The key is known to the
application and to the definer functions, and to nobody who merely speaks SQL as the powerless role.

A signature holds for one connection alone. It covers the process id of the PostgreSQL backend and a random number that
the application gives the session when it connects: a context that is read elsewhere, such as in ``pg_stat_activity``,
opens nothing in another session, and neither does one that outlives its connection.

Functions that belong to no space (accounts, sessions, the directory) want a *proof* instead: the same kind of
signature, in the setting ``homeroom.proof``, set for the one statement that calls them.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["PROOF", "SESSION", "SETTING", "ContextSigner", "InSpace", "key_blocks", "proved"]

SETTING = "homeroom.context"
#: The random number of a session.
SESSION = "homeroom.session"
PROOF = "homeroom.proof"
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


class InSpace:
    """The first argument of a statement that sets its own context; signed for the connection that runs it.

    Args:
        space: The space whose rows the statement sees.
    """

    __slots__ = ("space",)

    def __init__(self, space: UUID) -> None:
        self.space = space


class ContextSigner:
    """Writes contexts that ``homeroom.space()`` accepts, and proofs for functions outside every space.

    Args:
        key: A secret that ``homeroom migrate`` stored for the definer functions.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, space: UUID, session: str) -> str:
        """The context of one space in one session: its UUID and 64 hexadecimal digits of HMAC.

        Args:
            space: The space.
            session: The backend's process id, a dot, and the session's random number.
        """
        text = str(space)
        return text + hmac.digest(self._key, f"{text}|{session}".encode(), "sha256").hex()

    def prove(self, session: str) -> str:
        """The proof that a call of a function outside every space comes from the application.

        Args:
            session: As in :meth:`sign`.
        """
        return hmac.digest(self._key, f"host|{session}".encode(), "sha256").hex()


@functools.cache
def proved(call: str, parameters: int) -> str:
    """A statement whose first value is that of a function outside every space, called with proof.

    The proof is the last parameter. It is in force for this statement alone, also inside a transaction: what may be
    injected into another statement finds none.

    Args:
        call: Such as ``homeroom.account_of($1)``.
        parameters: How many the call has.
    """
    return (
        f"SELECT CASE WHEN set_config('{PROOF}', ${parameters + 1}, true) <> '' THEN ({call}) END,"
        f" set_config('{PROOF}', '', true)"
    )
