"""What other sites may make a browser do here: nothing, unless a school lists their origin.

A request that carries the session's cookie and may change something needs an Origin that may call this route, and
something that no plain form can send: a JSON body or the header `X-Homeroom-CSRF`. Either makes a browser ask first (a
preflight), and that question is answered for listed origins alone. Routes of accounts are for our own pages; those of a
school's data are open to the origins that the school lists (:mod:`homeroom.origins`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from homeroom.errors import Forbidden
from homeroom_tenants.refusals import CROSS_SITE, CSRF_HEADER_NEEDED, ORIGIN_NEEDED, ORIGIN_NOT_LISTED

__all__ = [
    "CSRF_HEADER",
    "CrossSite",
    "check_origin",
    "check_request",
    "cors_headers",
    "is_origin",
    "own_origin",
]

CSRF_HEADER: Final = "x-homeroom-csrf"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ORIGIN: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]+\])"
    r"(?::[0-9]{1,5})?"
)
_ALLOWED_HEADERS: Final = "Authorization, Content-Type, X-Homeroom-CSRF, X-Homeroom-Purpose, X-Homeroom-Tenant"
_READABLE_HEADERS: Final = "Content-Disposition, Content-Language, Retry-After, X-Request-Id"
_PREFLIGHT_SECONDS: Final = 600


class CrossSite(Forbidden):
    """The request may have been made by another site in the caller's name."""

    code: Any = CROSS_SITE


def is_origin(text: str) -> bool:
    """Whether a text is an origin as browsers send it (RFC 6454, 6.2); `null` and `*` are none."""
    return bool(_ORIGIN.fullmatch(text))


def own_origin(scheme: str, host: str) -> str:
    """The origin of the page that a browser shows under this Host header.

    Args:
        scheme: How browsers reach the server, `http` or `https`.
        host: The Host header, port included.
    """
    host = host.strip().lower()
    default = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{host.removesuffix(default)}"


def check_origin(origin: str | None, allowed: Collection[str]) -> None:
    """Makes sure that a request comes from one of these origins.

    Raises:
        CrossSite: It does not, or does not say where it comes from.
    """
    if origin is None:
        raise CrossSite(ORIGIN_NEEDED)
    if origin not in allowed:
        raise CrossSite(ORIGIN_NOT_LISTED)


def check_request(
    method: str, *, origin: str | None, content_type: str | None, csrf: str | None, allowed: Collection[str]
) -> None:
    """Makes sure that a request with the session's cookie was not made by another site.

    Args:
        method: The HTTP method.
        origin: The Origin header.
        content_type: The Content-Type header.
        csrf: The `X-Homeroom-CSRF` header; any value that is not empty will do.
        allowed: The origins that may call this route.

    Raises:
        CrossSite: It may have been.
    """
    if method in _SAFE:
        if origin is not None:
            check_origin(origin, allowed)
        return
    check_origin(origin, allowed)
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if not csrf and media_type != "application/json":
        raise CrossSite(CSRF_HEADER_NEEDED)


def cors_headers(origin: str | None, listed: Collection[str], *, preflight: bool = False) -> dict[str, str]:
    """The headers that let a listed origin read our answer (Fetch standard, CORS protocol).

    Args:
        origin: The Origin header.
        listed: The origins that the school lists; ours needs no headers.
        preflight: Whether the browser asks before it sends.
    """
    headers = {"Vary": "Origin"}
    if origin is None or origin not in listed:
        return headers
    headers["Access-Control-Allow-Origin"] = origin
    headers["Access-Control-Allow-Credentials"] = "true"
    if not preflight:
        headers["Access-Control-Expose-Headers"] = _READABLE_HEADERS
    else:
        headers["Access-Control-Allow-Methods"] = "GET, POST"
        headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
        headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return headers
