"""The HTTP application: Litestar with the routes that plugins bring."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request, Response, Router
from litestar.exceptions import HTTPException, NotFoundException

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Refusal, Unavailable
from homeroom.hooks import PluginError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

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
        await host.open()
        try:
            yield
        finally:
            await host.close()

    return Litestar(
        route_handlers=_routes(host),
        middleware=[each for _, found in _given(host, "middleware") for each in found],
        lifespan=[contextlib.asynccontextmanager(lifespan)],
        exception_handlers={
            Failure: _failure,
            Refusal: _refusal,
            **dict.fromkeys(AWAY, _away),
            Exception: _unexpected,
        },
        openapi_config=None,
        logging_config=None,  # the process has its own; see homeroom.logs
        request_max_body_size=MAX_BODY,
        debug=False,
    )


def _routes(host: Host) -> list[Any]:
    """The routes of all plugins."""
    return [each for plugin, routes in _given(host, "routes") for each in _while_it_runs(host, plugin, routes)]


def _given(host: Host, hook: str) -> list[tuple[str, list[Any]]]:
    """What plugins give to a hook, told apart by plugin; one that cannot say what it has is quarantined."""
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


def _failure(_request: Request[Any, Any, Any], error: Failure) -> Response[Any]:
    return Response({"errors": [{"code": error.code, "message": str(error)}]}, status_code=error.status)


def _refusal(_request: Request[Any, Any, Any], error: Refusal) -> Response[Any]:
    problems = [
        {"code": each.code, "message": each.message, "field": each.field, "row": each.row} for each in error.problems
    ]
    return Response({"errors": problems}, status_code=422)


def _away(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    logger.warning("the database is away: %s", error)
    return _failure(request, Unavailable("try again later"))


def _unexpected(_request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    if isinstance(error, HTTPException):
        return Response({"errors": [{"code": "HTTP", "message": error.detail}]}, status_code=error.status_code)
    logger.error("request failed", exc_info=error)
    return Response({"errors": [{"code": "INTERNAL", "message": "internal error"}]}, status_code=500)
