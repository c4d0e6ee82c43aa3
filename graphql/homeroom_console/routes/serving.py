"""What all routes of the console do: find the reader, render, and answer what goes wrong as a page."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Unauthenticated, Unavailable
from homeroom.languages import ENGLISH
from homeroom.messages import accept_header, accepted_language
from homeroom_console.answers import SAFE, page_answer
from homeroom_console.bells import bells_for
from homeroom_console.brands import HOMEROOM
from homeroom_console.reader import Reader, reader_of
from homeroom_console.shell import LANGUAGE_NAMES, shell_of
from homeroom_tenants.refusals import NAME_THE_SCHOOL, NO_SUCH_SCHOOL

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom_console.asking import Asking
    from homeroom_console.rendering import Renderer

__all__ = ["Missing", "Serving"]

logger = logging.getLogger(__name__)
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
            reader = await reader_of(self.host, request.scope, used=used)
        except Unauthenticated:
            return self._sign_in(request)
        except Failure as error:
            return self._without_reader(request, error)
        except AWAY as error:
            logger.warning("the database is unavailable: %s", error)
            return self._without_reader(request, Unavailable())
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
            return self._without_reader(request, Unavailable())
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

    def anonymous(
        self, request: Request[Any, Any, Any], template: str, *, status: int = 200, **values: Any
    ) -> Response[bytes]:
        """A page for somebody who is not signed in."""
        language = language_of_request(request)
        around = {"languages": LANGUAGE_NAMES, "scheme": scheme_of(request), "brand": HOMEROOM}
        html = self.renderer.anonymous(template, language, **{**around, **values})
        return page_answer(request, html, status=status, language=language)

    def _sign_in(self, request: Request[Any, Any, Any]) -> Answer:
        """The way to the page on which people sign in, and back."""
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.headers.get("hx-request"):
            # The page stays as it is, with all that was typed; its script asks for the password over it.
            return Response(b"", status_code=401, headers=dict(SAFE))
        return Redirect("/sign-in" if address == "/" else f"/sign-in?next={quote(address)}", headers=dict(SAFE))

    def _without_reader(self, request: Request[Any, Any, Any], error: Failure) -> Answer:
        if error.code in (NAME_THE_SCHOOL, NO_SUCH_SCHOOL) and request.url.path == "/":
            return Redirect("/schools", headers=dict(SAFE))
        message = self.host.messages.failure(error, language_of_request(request))
        return self.anonymous(
            request,
            "console/outside.html",
            status=error.status,
            heading="Homeroom",
            message=message,
            code=str(error.code),
            retry="",
        )


def language_of_request(request: Request[Any, Any, Any]) -> str:
    """The language of somebody who is not signed in: the one that was chosen, else the browser's."""
    chosen = accepted_language(request.cookies.get("homeroom-language", ""))
    return chosen or accepted_language(accept_header(request.scope["headers"])) or ENGLISH


def scheme_of(request: Request[Any, Any, Any]) -> str:
    """The colours that somebody chose in this browser: ``light`` or ``dark``; empty: those of the system."""
    chosen = request.cookies.get("homeroom-scheme", "")
    return chosen if chosen in ("light", "dark") else ""
