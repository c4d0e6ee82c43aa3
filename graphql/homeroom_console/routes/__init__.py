"""The HTTP routes of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import get
from litestar.response import Redirect

from homeroom_console.asking import Asking
from homeroom_console.rendering import Renderer
from homeroom_console.routes.accounts import account_routes
from homeroom_console.routes.district import district_routes
from homeroom_console.routes.files import file_routes
from homeroom_console.routes.home import home_routes
from homeroom_console.routes.imports import import_routes
from homeroom_console.routes.inbox import inbox_routes
from homeroom_console.routes.nouns import noun_routes
from homeroom_console.routes.own_account import own_account_routes
from homeroom_console.routes.pages import page_routes
from homeroom_console.routes.search import search_routes
from homeroom_console.routes.serving import Serving
from homeroom_console.routes.verbs import verb_routes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

__all__ = ["console_routes", "without_console"]


def console_routes(host: Host) -> Sequence[ControllerRouterHandler]:
    """All routes of one host."""
    renderer, asking = Renderer(host), Asking(host)
    serving = Serving(host, renderer, asking)
    return [
        *file_routes(host, renderer.assets),
        *account_routes(serving),
        *own_account_routes(serving),
        *home_routes(serving),
        *inbox_routes(serving),
        *noun_routes(serving),
        *verb_routes(serving),
        *import_routes(serving),
        *page_routes(serving),
        *district_routes(serving),
        *search_routes(serving),
    ]


def without_console() -> Sequence[ControllerRouterHandler]:
    """What the address of a school leads to without the console."""

    @get("/", sync_to_thread=False)
    def home() -> Redirect:
        """GraphiQL."""
        return Redirect("/graphiql")

    return [home]
