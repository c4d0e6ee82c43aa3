"""The HTTP application: Litestar with the routes that plugins bring."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.exceptions import HTTPException, NotFoundException
from litestar.plugins.core import MsgspecDIPlugin

from homeroom.database.connection import AWAY, UNUSABLE
from homeroom.errors import Failure, PluginError, Refusal, Unauthenticated, Unavailable
from homeroom.languages import ENGLISH
from homeroom.messages import accept_header, accepted_language, english, reader_language
from homeroom.operation.health import ready_in_time
from homeroom.refusals import UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.plugins import PluginProtocol
    from litestar.types import ASGIApp, Middleware, Receive, Scope, Send

    from homeroom.host import Host

__all__ = ["create_app"]

logger = logging.getLogger(__name__)

#: Bodies larger than this are refused before anybody reads them; uploads have routes with limits of their own.
MAX_BODY = 1_000_000


def create_app(host: Host) -> Litestar:
    """The ASGI application of a host; opening and closing follow its lifespan.

    Args:
        host: The host, not yet open.
    """

    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        opening = None
        try:
            await host.open()
        except UNUSABLE as error:
            # A process that ended now would take the server and its other processes with it.
            logger.warning("the host opens when the database answers: %s", error)
            opening = asyncio.create_task(host.open_in_time(), name="opening the host")
        else:
            # The server listens when this is over. A proxy that only sees whether somebody listens must not send
            # requests that would wait for their schema; what does not hold in time is shown at /health/ready.
            await ready_in_time(host, host.settings.warm_seconds)
        try:
            yield
        finally:
            if opening is not None:
                opening.cancel()
                await asyncio.gather(opening, return_exceptions=True)
            await host.close()

    return _Application(
        route_handlers=_routes(host),
        middleware=[_only_when_open(host), *(each for _, found in _given(host, "middleware") for each in found)],
        lifespan=[contextlib.asynccontextmanager(lifespan)],
        exception_handlers={
            Failure: _Answering(host).failure,
            Refusal: _Answering(host).refusal,
            **dict.fromkeys(AWAY, _Answering(host).away),
            Exception: _Answering(host).unexpected,
        },
        openapi_config=None,
        logging_config=None,  # the process has its own; see homeroom.logs
        request_max_body_size=MAX_BODY,
        debug=False,
    )


class _Application(Litestar):
    """Litestar for types of msgspec alone: support of pydantic and attrs takes a quarter of a server's start."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def _only_when_open(host: Host) -> Middleware:
    """A middleware that refuses requests while the host is not open; its health can be asked for all the same."""
    refused = msgspec.json.encode({"errors": [{"code": str(UNAVAILABLE), "message": english(UNAVAILABLE, {})}]})

    async def refuse(scope: Scope, _receive: Receive, send: Send) -> None:
        if str(scope["type"]) == "websocket":
            await send({"type": "websocket.close", "code": 1013, "reason": "try again later"})
            return
        headers = [(b"content-type", b"application/json"), (b"retry-after", b"1"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": UNAVAILABLE.status, "headers": headers})
        await send({"type": "http.response.body", "body": refused, "more_body": False})

    def around(app: ASGIApp) -> ASGIApp:
        # No coroutine of its own: this is on the way of every request.
        def answer(scope: Scope, receive: Receive, send: Send) -> Any:
            if host.is_open or scope["path"].startswith("/health/"):
                return app(scope, receive, send)
            return refuse(scope, receive, send)

        return answer

    return around


def _routes(host: Host) -> list[Any]:
    """The routes of all plugins."""
    return [each for plugin, routes in _given(host, "routes") for each in _while_it_runs(host, plugin, routes)]


def _given(host: Host, hook: str) -> list[tuple[str, list[Any]]]:
    """What plugins give to a hook, by plugin; one that cannot say what it has is quarantined."""
    while True:
        try:
            return host.hooks.collect_by_plugin(hook, host=host)
        except PluginError as error:
            host.quarantine(error.plugin, str(error))


def _while_it_runs(host: Host, plugin: str, routes: list[Any]) -> list[Any]:
    """A plugin's routes. One that is quarantined later, when the host opens, is gone like one that never was there."""
    if plugin in host.hooks.host_parts or not routes:
        return routes

    def runs(_connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        if plugin not in host.registry.plugins:
            raise NotFoundException

    return [Router(path="/", route_handlers=routes, guards=[runs])]


class _Answering:
    """Answers requests that are refused or fail, in the reader's language.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    def failure(self, request: Request[Any, Any, Any], error: Failure) -> Response[Any]:
        """A request that failed."""
        # Without a session, or without the database, nothing is known of the reader but the request.
        known = not isinstance(error, Unauthenticated | Unavailable)
        return _Spoken(self._host, error.status, lambda language: [self._shown(error, language)], known=known)

    def refusal(self, _request: Request[Any, Any, Any], error: Refusal) -> Response[Any]:
        """A refused request."""
        messages = self._host.messages
        return _Spoken(
            self._host,
            422,
            # A route names its parameters itself; those of OAuth are not in camel case.
            lambda language: [{**messages.problem(each, language), "field": each.field} for each in error.problems],
        )

    def away(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """A request that needs the database, while it is unavailable."""
        logger.warning("the database is unavailable: %s", error)
        return self.failure(request, Unavailable())

    def unexpected(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """A fault of ours, or of the framework."""
        if isinstance(error, HTTPException):
            return Response({"errors": [{"code": "HTTP", "message": error.detail}]}, status_code=error.status_code)
        logger.error("request failed", exc_info=error)
        return self.failure(request, Failure())

    def _shown(self, error: Failure, language: str) -> dict[str, Any]:
        return {"code": str(error.code), "message": self._host.messages.failure(error, language)}


class _Spoken(Response[Any]):
    """An answer whose texts are made when it is known who reads them.

    Args:
        host: The host.
        status: The HTTP status.
        errors: Gives the errors in a language.
        known: Whether it may be asked who the reader is.
    """

    def __init__(
        self, host: Host, status: int, errors: Callable[[str], list[dict[str, Any]]], *, known: bool = True
    ) -> None:
        super().__init__(None, status_code=status)
        self._host = host
        self._errors = errors
        self._known = known

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """What sends the answer."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if self._known:
                language = await reader_language(self._host, scope)
            else:
                language = accepted_language(accept_header(scope["headers"])) or ENGLISH
            response = Response({"errors": self._errors(language)}, status_code=self.status_code)
            response.set_header("content-language", language)
            app: ASGIApp = response.to_asgi_response(app=None, request=Request(scope))
            await app(scope, receive, send)

        return answer
