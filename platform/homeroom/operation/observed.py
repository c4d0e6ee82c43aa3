"""The outermost shell of the application: gives each request an id, and notes how it ended.

An id that comes with a request, in ``X-Request-Id``, is kept if it has the form of one; every answer carries it. What
ended is looked at a few times a second in one go, so that a request pays for hardly more than two looks at the clock.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from typing import TYPE_CHECKING, Any, Final

from homeroom.client_address import trusted_proxies
from homeroom.operation.access_log import AccessLog
from homeroom.operation.stopping import Stopping, stopping_of
from homeroom.requests import RequestRecord, current_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from homeroom.host import Host
    from homeroom.settings import Settings

__all__ = ["Observed", "observed"]

#: What an id from outside may look like: long enough to be unique, and nothing that a log line could be forged with.
_GIVEN: Final = re.compile(rb"[A-Za-z0-9_.-]{8,64}")
#: Seconds that a request which has ended may wait for its line.
_BATCH_SECONDS: Final = 0.25
_BATCH: Final = 1000
_PARTING: Final = ((b"connection", b"close"),)


class Observed:
    """An ASGI application around another.

    Args:
        app: The application.
        settings: Which requests get a line.
        stopping: Whether the server is to stop: then no connection is kept for another request.
        ended: Further functions that are called with requests that have ended, in batches.
    """

    def __init__(
        self,
        app: Any,
        settings: Settings,
        stopping: Stopping | None = None,
        ended: Sequence[Callable[[Sequence[RequestRecord]], None]] = (),
    ) -> None:
        self._app = app
        self._proxies = trusted_proxies(settings.trusted_proxies, settings.proxy_header)
        self._stopping = stopping or Stopping(settings)
        log = AccessLog(settings)
        self._writers = (*([log.write] if log.on else []), *ended)
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        self._ended: list[RequestRecord] = []
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or follow the server's start and stop."""
        kind = scope["type"]
        if kind == "lifespan":
            try:
                await self._app(scope, receive, send)
            finally:
                self.flush()
            return
        began = time.perf_counter()
        ident = ""
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                ident = value.decode() if _GIVEN.fullmatch(value) else ""
                break
        if not ident:
            ident = "%s-%06x" % (self._prefix, next(self._numbers))  # noqa: UP031 - the quickest
        record = RequestRecord(ident, scope["method"] if kind == "http" else "WEBSOCKET")
        header = (b"x-request-id", ident.encode())
        stopping = self._stopping

        def answered(message: Any) -> Awaitable[None]:
            said = message["type"]
            if said == "http.response.start":
                record.status = message["status"]
                message["headers"] = [*message.get("headers", ()), header, *(_PARTING if stopping.announced else ())]
            elif said == "websocket.accept":
                record.status = 101
            awaitable: Awaitable[None] = send(message)
            return awaitable

        token = current_request.set(record)
        try:
            await self._app(scope, receive, answered)
        except Exception:
            record.status = record.status or 500
            raise
        finally:
            current_request.reset(token)
            record.seconds = time.perf_counter() - began
            record.ended = time.time()
            record.route = scope.get("path_template", "")
            if self._writers:
                record.client = self._proxies.client(scope)
                self._note(record)

    def _note(self, record: RequestRecord) -> None:
        self._ended.append(record)
        if len(self._ended) >= _BATCH:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_BATCH_SECONDS, self.flush)

    def flush(self) -> None:
        """Tell of all requests that have ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ended, self._ended = self._ended, []
        if ended:
            for write in self._writers:
                write(ended)


def observed(app: Any, host: Host) -> Observed:
    """An application with all that the settings want to know of it.

    Args:
        app: The application of the host.
        host: The host.
    """
    from homeroom.operation.metrics import metrics_of

    settings = host.settings
    metrics = metrics_of(host)
    if settings.trace_endpoint is not None:
        from homeroom.operation.tracing import Traced, exporting

        app = Traced(app, exporting(settings))
    return Observed(app, settings, stopping_of(host), [metrics.count] if metrics is not None else [])
