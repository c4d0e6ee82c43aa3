"""Pages for people who are not signed in: sign-in, forgotten password, schools, the way from one to another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Request, Response, get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.routes.serving import Serving

__all__ = ["account_routes"]

#: How browsers mark a navigation that began on a page of this installation (Fetch Metadata). Typed addresses,
#: links in mails and links of other sites are none of these.
_OURS: Final = ("same-origin", "same-site")
#: A path, perhaps with a query: not ``//host``, and nothing that browsers drop or take for a slash (WHATWG URL, 4.4).
_OWN: Final = re.compile(r"/(?!/)[^\x00-\x1f\\]*")


def account_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    @get("/sign-in", media_type=MediaType.HTML)
    async def sign_in(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The form to sign in."""
        return await serving.anonymous(
            request, "console/sign_in.html", next=_own_path(request.query_params.get("next", "/"))
        )

    @get("/forgotten", media_type=MediaType.HTML)
    async def forgotten(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The form to have a link for a new password mailed."""
        return await serving.anonymous(request, "console/forgotten.html")

    @get("/schools", media_type=MediaType.HTML)
    async def schools(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The schools of the account; its script asks for them."""
        return await serving.anonymous(request, "console/schools.html")

    @get("/enter", media_type=MediaType.HTML)
    async def enter(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Where the hand-over to another school arrives, with a one-time code in the fragment.

        A link of somebody else's could sign a reader in as that somebody. The script enters at once only if the
        browser came from a page of this installation; else it shows the account and waits for a click.
        """
        trusted = request.headers.get("sec-fetch-site", "") in _OURS
        return await serving.anonymous(request, "console/enter.html", trusted=trusted)

    return [sign_in, forgotten, schools, enter]


def _own_path(address: str) -> str:
    """An address within this host, for a link that comes from elsewhere.

    Browsers drop tabs and line breaks wherever they are in an address, so ``/<tab>/host`` would lead to another host.
    """
    return address if _OWN.fullmatch(address) else "/"
