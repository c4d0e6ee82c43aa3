"""Secrets that a caller shows: opaque, 256 bits of chance, kept here only as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final, Literal

__all__ = ["TokenKind", "digest", "kind_of", "new_token"]

TokenKind = Literal[
    "session", "token", "handover", "reset", "address", "undo", "invitation", "code", "access", "refresh"
]

#: A fixed beginning lets scanners of leaked secrets, and us, tell what a string is.
_PREFIXES: Final[dict[TokenKind, str]] = {
    "session": "hrs_",
    "token": "hrt_",
    "handover": "hrh_",
    "reset": "hrr_",
    "address": "hra_",
    "undo": "hru_",
    "invitation": "hri_",
    "code": "hrc_",
    "access": "hrx_",
    "refresh": "hrf_",
}
_LENGTH: Final = 43  # of 32 bytes in URL-safe Base64 without padding (RFC 4648, section 5)


def new_token(kind: TokenKind) -> str:
    """A new secret. Show it once; store its digest.

    Args:
        kind: A browser's session, an API token, a one-time hand-over to another host name, a one-time link by which
            a new password is chosen, an address is proved or put back, or an invitation is accepted; or what a page of
            another origin has: a one-time code, and the tokens that it gets for it.
    """
    return _PREFIXES[kind] + secrets.token_urlsafe(32)


def kind_of(token: str) -> TokenKind | None:
    """What a string that a caller shows may be, without asking the database; None if it cannot be any."""
    for kind, prefix in _PREFIXES.items():
        if token.startswith(prefix) and len(token) == len(prefix) + _LENGTH and token.isascii():
            return kind
    return None


def digest(token: str) -> bytes:
    """SHA-256 of a token: 32 bytes. No salt is needed, since tokens cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()
