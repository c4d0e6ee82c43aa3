"""The pages that mailed links and pages of other origins lead to, served from the installation itself."""

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
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


def _page(file: str) -> Response[str]:
    text = (_PAGES / file).read_text(encoding="utf-8")
    return Response(text, media_type=MediaType.HTML, headers=_HEADERS)


def _script(file: str) -> Response[bytes]:
    return Response((_PAGES / file).read_bytes(), media_type="text/javascript; charset=utf-8", headers=_HEADERS)


@get("/welcome", media_type=MediaType.HTML, sync_to_thread=False)
def welcome() -> Response[str]:
    """The page that mailed links lead to."""
    return _page("welcome.html")


@get("/welcome/welcome.js", sync_to_thread=False)
def welcome_script() -> Response[bytes]:
    """What it does."""
    return _script("welcome.js")


@get("/welcome/common.js", sync_to_thread=False)
def common_script() -> Response[bytes]:
    """What the pages have in common."""
    return _script("common.js")


@get("/oauth/authorize", media_type=MediaType.HTML, sync_to_thread=False)
def authorize() -> Response[str]:
    """The page on which somebody signs in to a page of another origin."""
    return _page("authorize.html")


@get("/oauth/authorize.js", sync_to_thread=False)
def authorize_script() -> Response[bytes]:
    """What it does."""
    return _script("authorize.js")


def page_routes() -> Sequence[ControllerRouterHandler]:
    """The pages and their scripts."""
    return [welcome, welcome_script, common_script, authorize, authorize_script]
