"""What all routes of the console do: find the reader, render, and answer what goes wrong as a page."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Unauthenticated, Unavailable
from homeroom_console.answers import SAFE, page_answer
from homeroom_console.around import place_of, scheme_of
from homeroom_console.bells import bells_for
from homeroom_console.reader import Reader, reader_of
from homeroom_console.shell import LANGUAGE_NAMES, shell_of
from homeroom_tenants.refusals import NAME_THE_SCHOOL, NO_SUCH_SCHOOL

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom_console.asking import Asking
    from homeroom_console.rendering import Renderer

__all__ = ["Missing", "Serving"]

logger = logging.getLogger(__name__)
#: Of requests that a page sends by itself, to show what others do: they keep no session alive.
WATCHING: Final = "x-homeroom-watching"
#: The account that a page was made for. Somebody else who has signed in since then does not save what is typed there.
ACCOUNT: Final = "x-homeroom-account"
Answer = Response[Any] | Redirect
Work = Callable[[Reader], Awaitable[Answer]]


class Missing(Exception):  # noqa: N818 - it is an answer
    """There is no such page for this reader."""


class Serving:
    """Answers the requests for pages of one host.

    Args:
        host: The host.
        renderer: Renders templates.
        asking: Asks GraphQL.
    """

    def __init__(self, host: Host, renderer: Renderer, asking: Asking) -> None:
        self.host = host
        self.renderer = renderer
        self.asking = asking

    async def answer(self, request: Request[Any, Any, Any], work: Work, *, used: bool = True) -> Answer:
        """Do the work of a route for the sender of a request.

        Args:
            request: The request.
            work: Makes the answer for the reader.
            used: Whether this counts as a use of the session, which keeps it alive.
        """
        try:
            reader = await reader_of(self.host, request.scope, used=used and WATCHING not in request.headers)
        except Unauthenticated:
            return self._sign_in(request)
        except Failure as error:
            return await self._without_reader(request, error)
        except AWAY as error:
            logger.warning("the database is unavailable: %s", error)
            return await self._without_reader(request, Unavailable())
        if request.headers.get(ACCOUNT, str(reader.caller.account)) != str(reader.caller.account):
            return Response(b"", status_code=HTTPStatus.CONFLICT, headers=dict(SAFE))
        try:
            if not request.headers.get("hx-request"):
                reader.kept["bells"] = await bells_for(self.asking, reader)
            return await work(reader)
        except Missing:
            return self.page(request, reader, "console/missing.html", status=404)
        except Unauthenticated:
            return self._sign_in(request)
        except Failure as error:
            message = self.host.messages.failure(error, reader.language)
            return self.page(request, reader, "console/failed.html", status=error.status, message=message)
        except AWAY as error:
            logger.warning("the database is unavailable: %s", error)
            return await self._without_reader(request, Unavailable())
        except Exception:
            logger.exception("page %s failed", request.url.path)
            return self.page(
                request,
                reader,
                "console/failed.html",
                status=500,
                message=reader.text("Something went wrong. Nothing was changed."),
            )

    def page(
        self,
        request: Request[Any, Any, Any],
        reader: Reader,
        template: str,
        *,
        status: int = 200,
        plugin: str = "console",
        **values: Any,
    ) -> Response[bytes]:
        """A page with the shell around it.

        Args:
            request: What it answers.
            reader: Who reads.
            template: Extends ``console/page.html``.
            status: The HTTP status.
            plugin: Whose texts it has.
            values: What the template shows.
        """
        around = {**shell_of(reader, request.url.path), "scheme": scheme_of(request)}
        html = self.renderer.page(template, reader, plugin, **around, **values)
        return page_answer(request, html, status=status, language=reader.language)

    def part(
        self, request: Request[Any, Any, Any], reader: Reader, template: str, *, status: int = 200, **values: Any
    ) -> Response[bytes]:
        """A part of a page, without the shell."""
        html = self.renderer.page(template, reader, **values)
        return page_answer(request, html, status=status, language=reader.language)

    async def anonymous(
        self, request: Request[Any, Any, Any], template: str, *, status: int = 200, **values: Any
    ) -> Response[bytes]:
        """A page for somebody who is not signed in; it knows no more than the school of the host name."""
        place = await place_of(self.host, request)
        around = {
            "languages": LANGUAGE_NAMES,
            "scheme": scheme_of(request),
            "brand": place.brand,
            "closed": place.space is not None and place.space.state != "open",
        }
        if place.nowhere:
            template, status, values = "console/nowhere.html", 404, {"start": self._start(request)}
        html = self.renderer.anonymous(template, place.language, **{**around, **values})
        return page_answer(request, html, status=status, language=place.language)

    def _start(self, request: Request[Any, Any, Any]) -> str:
        """The address at which people choose a school."""
        _, colon, port = request.headers.get("host", "").rpartition(":")
        settings = self.host.settings
        return f"{settings.public_scheme}://{settings.base_domain}{colon}{port if colon else ''}/schools"

    def _sign_in(self, request: Request[Any, Any, Any]) -> Answer:
        """The way to the page on which people sign in, and back."""
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.headers.get("hx-request") or request.method != "GET":
            # The page stays as it is, with all that was typed; its script asks for the password over it.
            return Response(b"", status_code=401, headers=dict(SAFE))
        return Redirect("/sign-in" if address == "/" else f"/sign-in?next={quote(address)}", headers=dict(SAFE))

    async def _without_reader(self, request: Request[Any, Any, Any], error: Failure) -> Answer:
        if error.code in (NAME_THE_SCHOOL, NO_SUCH_SCHOOL) and request.url.path == "/":
            return Redirect("/schools", headers=dict(SAFE))
        message = self.host.messages.failure(error, (await place_of(self.host, request)).language)
        retry = request.url.path if isinstance(error, Unavailable) and request.method == "GET" else ""
        return await self.anonymous(
            request, "console/outside.html", status=error.status, message=message, code=str(error.code), retry=retry
        )
