"""Lets pages of listed origins read the answers of a school's routes, and answers their preflights.

A preflight has no `X-Homeroom-Tenant`: it only names the header that the request will have. Where the host name is no
school's, a preflight is answered for origins that any school lists; the request itself is judged by its own school.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from litestar.exceptions import HTTPException

from homeroom.errors import Failure
from homeroom.origins import open_to_listed_origins

from .cross_site import cors_headers
from .hosts import HEADER
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


def _handler(scope: Any, asked: bytes | None) -> Any:
    """The handler of the route that is called, or of the one that a preflight asks about; None if there is none."""
    if asked is None:
        return scope.get("route_handler")
    try:
        routing = scope["litestar_app"].asgi_router.handle_routing
        return routing(path=scope["path"], method=asked.decode("latin-1"))[1]
    except HTTPException:
        return None


def cross_origin(directory: TenantDirectory) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware over one directory."""

    async def listed_for(scope: Any, origin: str, *, preflight: bool) -> frozenset[str]:
        try:
            known, selected = await directory.requests.selected(RequestHead.of(scope))
        except Failure:
            return frozenset()
        if known is not None:
            return known.origins
        named = _header(scope, b"access-control-request-headers") or b""
        if selected or not preflight or HEADER not in named.decode("latin-1").lower():
            return frozenset()
        spaces = (await directory.known()).by_id.values()
        return frozenset({origin} if any(origin in each.origins for each in spaces) else ())

    def wrap(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            origin = _header(scope, b"origin") if str(scope["type"]) == "http" else None
            host = _header(scope, b"host") if origin is not None else None
            if origin is None or (host is not None and origin.endswith(b"://" + host)):
                await app(scope, receive, send)
                return
            asked = _header(scope, b"access-control-request-method") if scope.get("method") == "OPTIONS" else None
            preflight, said = asked is not None, origin.decode("latin-1")
            open_to_them = open_to_listed_origins(_handler(scope, asked))
            listed = await listed_for(scope, said, preflight=preflight) if open_to_them else frozenset()
            extra = [
                (name.lower().encode(), value.encode())
                for name, value in cors_headers(said, listed, preflight=preflight).items()
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
