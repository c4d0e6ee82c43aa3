"""The page that mailed links lead to, served from the installation itself."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from litestar import MediaType, Response, get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

__all__ = ["page_routes"]

_PAGES: Final = files(__package__) / "pages"
#: Nothing but the page's own script and style runs, no other page frames it, and no link tells where it came from.
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@get("/welcome", media_type=MediaType.HTML, sync_to_thread=False)
def welcome() -> Response[str]:
    """The page."""
    text = (_PAGES / "welcome.html").read_text(encoding="utf-8")
    return Response(text, media_type=MediaType.HTML, headers=_HEADERS)


@get("/welcome/welcome.js", sync_to_thread=False)
def script() -> Response[bytes]:
    """What it does."""
    return Response((_PAGES / "welcome.js").read_bytes(), media_type="text/javascript; charset=utf-8", headers=_HEADERS)


def page_routes() -> Sequence[ControllerRouterHandler]:
    """The page and its script."""
    return [welcome, script]
