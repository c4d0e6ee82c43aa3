"""Pages of the account: sign-in, forgotten password, the choice of a school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import MediaType, Request, Response, get

from homeroom_console.routes.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

__all__ = ["account_routes"]


def account_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    def page(request: Request[Any, Any, Any], template: str, **values: Any) -> Response[bytes]:
        return serving.anonymous(
            request,
            template,
            next=_own_path(request.query_params.get("next", "/")),
            **values,
        )

    @get("/sign-in", media_type=MediaType.HTML, sync_to_thread=False)
    def sign_in(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The form to sign in."""
        return page(request, "console/sign_in.html")

    @get("/forgotten", media_type=MediaType.HTML, sync_to_thread=False)
    def forgotten(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The form to have a link for a new password mailed."""
        return page(request, "console/forgotten.html")

    @get("/schools", media_type=MediaType.HTML, sync_to_thread=False)
    def schools(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The schools of the account; its script asks for them."""
        return page(request, "console/schools.html")

    return [sign_in, forgotten, schools]


def _own_path(address: str) -> str:
    """An address within this host, for a link that comes from elsewhere."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
