"""What of a request's head the directory looks at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.errors import Failure
from homeroom.origins import open_to_listed_origins
from homeroom.refusals import BAD_REQUEST
from homeroom_tenants.refusals import HEADER_TWICE, NO_BEARER, OTHER_ACCOUNT

from .lifetimes import cookie_value
from .tokens import kind_of

__all__ = ["BadHead", "RequestHead", "fingerprint"]

_WANTED: Final[dict[bytes, str]] = {
    b"host": "host",
    b"x-homeroom-tenant": "tenant",
    b"authorization": "authorization",
    b"cookie": "cookie",
    b"origin": "origin",
    b"content-type": "content_type",
    b"x-homeroom-csrf": "csrf",
    b"user-agent": "agent",
    b"x-homeroom-account": "account",
}


#: The headers that decide who is asking; the others may differ from request to request.
_DECIDING: Final = frozenset(_WANTED) - {b"user-agent", b"x-homeroom-account"}


def fingerprint(scope: Mapping[str, Any]) -> bytes:
    """A digest of all that decides who sends a request: method, reach of the route, and headers in their order.

    A digest and not the headers themselves, so that no secret lies about in memory.
    """
    reach = b"listed" if open_to_listed_origins(scope.get("route_handler")) else b"own"
    parts = [scope.get("method", "GET").encode(), reach]
    for header in scope["headers"]:
        if header[0] in _DECIDING:
            parts += header
    # No method and no header has a line break in it.
    return hashlib.sha256(b"\n".join(parts)).digest()


class BadHead(Failure):
    """A header that decides about identity is malformed or is there twice."""

    code: Any = BAD_REQUEST


class RequestHead(msgspec.Struct, frozen=True):
    """A request without its body.

    Args:
        method: The HTTP method.
    """

    method: str
    host: str | None = None
    tenant: str | None = None
    authorization: str | None = None
    cookie: str | None = None
    origin: str | None = None
    content_type: str | None = None
    csrf: str | None = None
    agent: str | None = None
    account: str | None = None

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> RequestHead:
        """Reads an ASGI connection scope.

        Raises:
            BadHead: A header that matters is there twice: two readers could take two different ones.
        """
        found: dict[str, str] = {}
        for name, value in scope["headers"]:
            wanted = _WANTED.get(name)
            if wanted is None:
                continue
            text = value.decode("latin-1")
            if wanted in found:
                if wanted != "cookie":
                    raise BadHead(HEADER_TWICE, header=name.decode())
                text = f"{found[wanted]}; {text}"  # HTTP/2 may split it (RFC 9113, 8.2.3)
            found[wanted] = text
        return cls(method=scope.get("method", "GET"), **found)

    def bearer(self) -> str | None:
        """The API token that is shown, or None if there is no Authorization header.

        Raises:
            BadHead: The header is no Bearer token (RFC 6750, 2.1).
        """
        if self.authorization is None:
            return None
        scheme, _, token = self.authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise BadHead(NO_BEARER)
        return token

    def check_account(self, account: UUID) -> None:
        """Make sure that the page which sends a request was made for the account of its session.

        Somebody else may have signed in since then; what one person typed is not done in the name of another.

        Args:
            account: Of the session.

        Raises:
            Failure: The page was made for somebody else. A request that names no account is nobody's page.
        """
        if self.account not in (None, str(account)):
            raise Failure(OTHER_ACCOUNT)

    def session_token(self) -> str | None:
        """The session's token in the cookie, or None."""
        token = cookie_value(self.cookie) if self.cookie else None
        return token if token is not None and kind_of(token) == "session" else None
