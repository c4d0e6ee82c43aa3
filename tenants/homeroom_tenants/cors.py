"""Lets pages of listed origins read our answers, and answers their preflights.

The host name alone says which school's list counts: a preflight carries no `X-Homeroom-Tenant`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from homeroom.errors import Failure

from .cross_site import cors_headers
from .request_head import RequestHead

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from .directory import TenantDirectory

__all__ = ["cross_origin"]


def _header(scope: Any, wanted: bytes) -> bytes | None:
    for name, value in scope["headers"]:
        if name == wanted:
            found: bytes = value
            return found
    return None


def cross_origin(directory: TenantDirectory) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware over one directory."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            origin = _header(scope, b"origin") if str(scope["type"]) == "http" else None
            host = _header(scope, b"host") if origin is not None else None
            if origin is None or (host is not None and origin.endswith(b"://" + host)):
                await app(scope, receive, send)
                return
            try:
                known, _ = await directory.requests.selected(RequestHead.of(scope))
            except Failure:
                known = None
            listed = known.origins if known is not None else frozenset()
            preflight = (
                scope.get("method") == "OPTIONS" and _header(scope, b"access-control-request-method") is not None
            )
            extra = [
                (name.lower().encode(), value.encode())
                for name, value in cors_headers(origin.decode("latin-1"), listed, preflight=preflight).items()
            ]
            if preflight:
                start: Any = {"type": "http.response.start", "status": 204, "headers": extra}
                await send(start)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return

            async def with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], *extra]
                await send(message)

            await app(scope, receive, with_headers)

        return answer

    return wrap
