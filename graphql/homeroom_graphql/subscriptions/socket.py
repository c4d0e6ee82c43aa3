"""GraphQL over a WebSocket by the protocol graphql-transport-ws (https://github.com/enisdenjo/graphql-ws, PROTOCOL.md).

A handshake is judged as a POST is: with a session's cookie it needs an Origin of ours. A client that can set no header
shows an API token in the payload of ``connection_init``. While a socket is open, the rights of its account are checked
again and again: when the session, the token or the membership ends, so does the socket; when the right to a
subscription ends, so does the subscription, and a socket on which nothing else runs. Each row is shown by the rights of
that moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Forbidden, Unavailable
from homeroom.languages import ENGLISH
from homeroom.messages import Message, accept_header, accepted_language, language_for
from homeroom_graphql.operations import RequestError
from homeroom_graphql.refusals import NOT_READABLE, SWITCHED_OFF
from homeroom_graphql.request_errors import REFUSED, refusal
from homeroom_graphql.subscriptions.messages import (
    PROTOCOL,
    Close,
    Complete,
    ConnectionInit,
    Ping,
    Pong,
    Subscribe,
    read_message,
)
from homeroom_graphql.subscriptions.operation import subscription_of
from homeroom_tenants.cross_site import CrossSite
from homeroom_tenants.request_head import BadHead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import Receive, Send

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom_graphql.documents import Documents
    from homeroom_graphql.executor import Executor, Prepared
    from homeroom_graphql.requests import GraphQLRequest
    from homeroom_graphql.subscriptions.feeds import Feeds
    from homeroom_graphql.subscriptions.operation import Shown

__all__ = ["serve_socket"]

logger = logging.getLogger(__name__)

#: Seconds between two looks at whether the session still lives; a change of rights acts within one.
_LOOK = 0.5
#: Seconds that a client has to make room for the last frames; with the look before, a right ends within a second.
_CLOSE_SECONDS = 0.4
_CREDENTIALS = frozenset({b"authorization", b"cookie"})
_encode = msgspec.json.Encoder().encode


async def serve_socket(
    host: Host, executor: Executor, documents: Documents, feeds: Feeds, scope: Any, receive: Receive, send: Send
) -> None:
    """Serve one WebSocket from its handshake to its end.

    Args:
        host: The host.
        executor: Executes operations.
        documents: Finds documents by their hash.
        feeds: Who listens in this process.
        scope: The ASGI connection scope.
        receive: As ASGI gives it.
        send: As ASGI gives it.
    """
    opening: Any = await receive()
    assert opening["type"] == "websocket.connect"
    socket = _Socket(host, executor, documents, feeds, scope, receive, send)
    try:
        await socket.identify()
    except (CrossSite, BadHead) as refused:
        # Before it is accepted, this is an answer of 403 to the handshake.
        logger.info("a WebSocket was refused: %s", refused)
        await send({"type": "websocket.close", "code": Close.FORBIDDEN, "reason": ""})
        return
    except Failure:
        pass  # there may be a token in connection_init
    if PROTOCOL not in scope.get("subprotocols", ()):
        await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
        code = Close.UNACCEPTABLE_SUBPROTOCOL
        await send({"type": "websocket.close", "code": code, "reason": "Subprotocol not acceptable"})
        return
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL, "headers": []})
    await socket.serve()


class _Closed(Exception):  # noqa: N818 - a way out, not an accident
    """The socket is closed, by either side."""


class _Socket:
    """One connection."""

    def __init__(
        self,
        host: Host,
        executor: Executor,
        documents: Documents,
        feeds: Feeds,
        scope: Any,
        receive: Receive,
        send: Send,
    ) -> None:
        self._host = host
        self._executor = executor
        self._documents = documents
        self._feeds = feeds
        # What a form of another site could not send either: it is judged as such a POST.
        headers = [each for each in scope["headers"] if each[0] != b"content-type"]
        self._judged = {**scope, "method": "POST", "headers": [*headers, (b"content-type", b"application/json")]}
        self._accept = accept_header(scope["headers"])
        self._receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self._caller: Caller | None = None
        self._acknowledged = False
        self._places = contextlib.ExitStack()
        self._closed = False
        self._ended = asyncio.Event()
        self._why: tuple[Close, str] | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._shown: dict[str, Shown] = {}

    # Who it is ------------------------------------------------------------------------------------------

    async def identify(self, *, used: bool = True) -> Caller:
        """Who is at the other end, with their rights as of now. Raises Failure."""
        self._caller = await self._host.directory.authenticate(self._judged, used=used)
        return self._caller

    async def _greet(self, message: ConnectionInit) -> None:
        if self._acknowledged:
            raise self._refuse(Close.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
        try:
            self._take_credentials(message.payload or {})
            caller = await self.identify()
            await self._feeds.listen()
            self._places.enter_context(self._feeds.slot(("socket", caller.account)))
        except AWAY as error:
            logger.warning("the database is unavailable: %s", error)
            raise self._refuse(Close.TRY_AGAIN, "try again later") from None
        except (Failure, RequestError) as refused:
            raise self._refuse(_code_of(refused), str(refused)) from None
        self._acknowledged = True
        await self._tell({"type": "connection_ack"})

    def _take_credentials(self, payload: Mapping[str, Any]) -> None:
        """A token of the payload stands for whatever the handshake had; a tenant does if the handshake named none."""
        given = {name.lower(): value for name, value in payload.items() if isinstance(value, str)}
        headers: list[tuple[bytes, bytes]] = self._judged["headers"]
        for name, others in (("authorization", _CREDENTIALS), ("x-homeroom-tenant", frozenset())):
            value = given.get(name)
            if value is None or (name == "x-homeroom-tenant" and any(each[0] == name.encode() for each in headers)):
                continue
            headers = [each for each in headers if each[0] not in others]
            headers.append((name.encode(), value.encode("latin-1", "replace")))
        self._judged["headers"] = headers

    async def _watch(self) -> None:
        """End the socket when its session, its token or its membership has ended."""
        while True:
            await asyncio.sleep(_LOOK)
            try:
                caller = await self.identify(used=False)
                for name, shown in list(self._shown.items()):
                    await self._look_at(name, shown, caller)
            except Failure as ended:
                self.end(_code_of(ended), str(ended))
            except AWAY:
                # The right may have ended meanwhile, and changes may have been missed.
                self.end(Close.TRY_AGAIN, "try again later")
            except Exception:
                logger.exception("a WebSocket's session could not be checked")

    def _require(self, shown: Shown, caller: Caller) -> None:
        """Raise Forbidden if a subscription is no longer the caller's to have."""
        if shown.subscription.field not in self._host.variant_of(caller.space).subscriptions:
            raise Forbidden(SWITCHED_OFF)
        if shown.subscription.resource not in caller.access.resources:
            raise Forbidden(NOT_READABLE, name=shown.subscription.resource)

    async def _look_at(self, name: str, shown: Shown, caller: Caller) -> None:
        try:
            self._require(shown, caller)
        except Forbidden as ended:
            task = self._running.get(name)
            if task is not None:
                task.cancel()
                await self._lose(name, ended)

    async def _lose(self, name: str, ended: Forbidden) -> None:
        """Say that the right to a subscription has ended; a socket on which nothing else runs is closed."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._fail(name, [_error(ended)])
        except TimeoutError:  # the client reads nothing, and this must look at the others too
            self.end(Close.FORBIDDEN, str(ended))
        if not self._running:
            self.end(Close.FORBIDDEN, str(ended))

    # The connection -------------------------------------------------------------------------------------

    async def serve(self) -> None:
        """Speak the protocol until either side closes."""
        with self._feeds.present(self.end):
            conversing = asyncio.create_task(self._converse())
            ended = asyncio.create_task(self._ended.wait())
            try:
                await asyncio.wait((conversing, ended), return_when=asyncio.FIRST_COMPLETED)
            finally:
                # A server does not close a socket on which the application still waits for a message: first end that.
                tasks = [conversing, ended, *self._running.values()]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                self._places.close()
                self._closed = True
                if self._why is not None:
                    await self._close(*self._why)

    async def _converse(self) -> None:
        """Take messages until either side has had enough."""
        watching: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(self._host.settings.graphql_init_seconds):
                while not self._acknowledged:
                    await self._take(await self._read())
            watching = asyncio.create_task(self._watch())
            while True:
                await self._take(await self._read())
        except TimeoutError:
            self.end(Close.INITIALISATION_TIMEOUT, "Connection initialisation timeout")
        except _Closed:
            pass
        except Exception:
            logger.exception("a WebSocket failed")
            self.end(Close.INTERNAL_ERROR, "Internal server error")
        finally:
            if watching is not None:
                watching.cancel()

    def end(self, code: Close, reason: str) -> None:
        """Have the socket closed; the first reason counts."""
        if self._why is None:
            self._why = (code, reason)
        self._ended.set()

    def _refuse(self, code: Close, reason: str) -> _Closed:
        """Have the socket closed for something that the client did; raise what this gives."""
        self.end(code, reason)
        return _Closed()

    async def _read(self) -> str:
        message: Any = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise _Closed
        text = message.get("text")
        if text is None:
            raise self._refuse(Close.BAD_MESSAGE, "Invalid message: send text")
        if len(text) > self._executor.limits.body:
            raise self._refuse(Close.BAD_MESSAGE, "Invalid message: too large")
        return str(text)

    async def _take(self, text: str) -> None:
        try:
            message = read_message(text)
        except ValueError as error:
            raise self._refuse(Close.BAD_MESSAGE, str(error)) from None
        if isinstance(message, ConnectionInit):
            await self._greet(message)
        elif isinstance(message, Ping):
            answer: dict[str, Any] = {"type": "pong"}
            if message.payload is not None:
                answer["payload"] = message.payload
            await self._tell(answer)
        elif isinstance(message, Subscribe):
            await self._begin(message)
        elif isinstance(message, Complete):
            task = self._running.pop(message.id, None)
            if task is not None:
                task.cancel()
        else:
            assert isinstance(message, Pong)

    async def _tell(self, message: Mapping[str, Any]) -> None:
        await self._write(_encode(message).decode())

    async def _write(self, text: str) -> None:
        async with self._sending:
            if not self._closed:
                await self._send({"type": "websocket.send", "bytes": None, "text": text})

    async def _close(self, code: Close, reason: str) -> None:
        """Send the close frame, once nobody reads and nobody writes any more."""
        # A close frame has room for 123 bytes of reason (RFC 6455, 5.5).
        shown = reason.encode()[:120].decode(errors="ignore")
        # A client that reads nothing leaves no room for the frame: then the connection is cut off without one.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._send({"type": "websocket.close", "code": int(code), "reason": shown})

    # Operations -----------------------------------------------------------------------------------------

    async def _begin(self, message: Subscribe) -> None:
        if not self._acknowledged or self._caller is None:
            raise self._refuse(Close.UNAUTHORIZED, "Unauthorized")
        if message.id in self._running:
            raise self._refuse(Close.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        task = asyncio.create_task(self._operate(message.id, message.payload))
        self._running[message.id] = task
        task.add_done_callback(lambda done: self._forget(message.id, done))

    def _forget(self, name: str, task: asyncio.Task[None]) -> None:
        if self._running.get(name) is task:
            del self._running[name]
        if name not in self._running:
            self._shown.pop(name, None)

    async def _operate(self, name: str, request: GraphQLRequest) -> None:
        try:
            caller = await self.identify()
            with self._feeds.slot(("operation", caller.account)):
                query = await self._documents.find(caller, request)
                prepared = await self._executor.prepare(caller, query, request.variables or {}, request.operation_name)
                await self._documents.make_known(caller, request)
                if prepared.operation.kind == "subscription":
                    await self._subscribe(name, caller, prepared)
                else:
                    variables = request.variables or {}
                    answer = await self._executor.execute(
                        caller, query, variables, request.operation_name, accept=self._accept
                    )
                    await self._next(name, answer)
            await self._finish(name, {"type": "complete", "id": name})
        except RequestError as error:
            await self._fail(name, error.errors)
        except Failure as failure:
            if isinstance(failure, Forbidden) and name in self._shown:
                await self._lose(name, failure)
            else:
                await self._fail(name, [_error(failure)])
        except REFUSED as error:
            await self._fail(name, refusal(error).errors)
        except AWAY as error:
            logger.warning("an operation over a WebSocket lost the database: %s", error)
            await self._fail(name, [_error(Unavailable())], away=True)
        except Exception:
            logger.exception("an operation over a WebSocket failed")
            await self._fail(name, [_error(Failure())])

    async def _subscribe(self, name: str, caller: Caller, prepared: Prepared) -> None:
        shown = subscription_of(prepared)
        shown.plan(caller)  # what is wrong with it is reported now, and not with the first event
        space = caller.space.id
        self._shown[name] = shown
        with self._feeds.feed(space, shown.subscription.field, shown.about, caller.account) as feed:
            while True:
                for row in await feed.rows():
                    caller = await self.identify(used=False)
                    self._require(shown, caller)
                    answer = await shown.show(self._host, self._executor, caller, row)
                    if answer is not None:
                        await self._next(name, answer)

    async def _next(self, name: str, answer: bytes) -> None:
        await self._write(f'{{"type":"next","id":{_encode(name).decode()},"payload":{answer.decode()}}}')

    async def _fail(self, name: str, errors: Sequence[Mapping[str, Any]], *, away: bool = False) -> None:
        """End an operation with errors, in the reader's language."""
        if self._caller is None or away:
            language = accepted_language(self._accept) or ENGLISH
        else:
            language = await language_for(self._host, self._caller, self._accept)
        translated = self._host.messages.errors(errors, language)
        await self._finish(name, {"type": "error", "id": name, "payload": translated})

    async def _finish(self, name: str, message: Mapping[str, Any]) -> None:
        """The last message of an operation; its name may be used again from then on."""
        self._running.pop(name, None)
        await self._tell(message)


def _code_of(refused: Failure | RequestError) -> Close:
    """Whether to come again, or not."""
    away = isinstance(refused, Failure) and refused.status == HTTPStatus.SERVICE_UNAVAILABLE
    return Close.TRY_AGAIN if away else Close.FORBIDDEN


def _error(failure: Failure) -> dict[str, Any]:
    return {"message": Message(failure.code, failure.values), "extensions": {"code": str(failure.code)}}
