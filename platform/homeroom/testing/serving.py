"""The application behind a real socket, and WebSockets that speak graphql-transport-ws with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING, Any

import msgspec
import uvicorn
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from homeroom.processes import ProcessGroup
from homeroom.server import UVICORN_SOCKETS, command, free_port, wait_until_ready

if TYPE_CHECKING:
    from homeroom.settings import Settings
    from homeroom.testing.client import Client

__all__ = ["Socket", "served", "served_apart", "socket"]


@contextlib.asynccontextmanager
async def served(app: Any, server: str | None = None) -> AsyncIterator[int]:
    """Serve an application whose host is open already, on this event loop.

    Args:
        app: The ASGI application.
        server: ``granian`` or ``uvicorn``; by default the one that ``HOMEROOM_SERVER`` names, or else granian, which is
            what an installation runs on.

    Yields:
        The port.
    """
    chosen = server or os.environ.get("HOMEROOM_SERVER", "granian")
    async with (_on_uvicorn if chosen == "uvicorn" else _on_granian)(app) as port:
        yield port


@contextlib.asynccontextmanager
async def _on_granian(app: Any) -> AsyncIterator[int]:
    port = free_port("127.0.0.1")
    server = Server(
        app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
    )
    task = asyncio.create_task(server.serve())
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except ConnectionError:
            if task.done():
                await task
            await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await task


@contextlib.asynccontextmanager
async def _on_uvicorn(app: Any) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, lifespan="off", log_level="warning", access_log=False, ws=UVICORN_SOCKETS
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def served_apart(settings: Settings, **changes: Any) -> AsyncIterator[int]:
    """Serve an installation as it is served in earnest: by the server of its settings, in a process of its own.

    Args:
        settings: Of the installation.
        changes: Settings that this process has otherwise.

    Yields:
        The port.
    """
    port = free_port("127.0.0.1")
    chosen = msgspec.structs.replace(settings, host="127.0.0.1", port=port, workers=1, **changes)
    with ProcessGroup(stop_timeout=10) as group:
        group.start("server", command(), os.environ | chosen.environment())
        await asyncio.to_thread(wait_until_ready, "127.0.0.1", port, seconds=900, check=group.check)
        group.at_work = True
        yield port


class Socket:
    """A WebSocket, with words of the protocol.

    Args:
        connection: The connection.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, kind: str, **more: Any) -> None:
        """Send a message of a kind."""
        await self.connection.send(json.dumps({"type": kind, **more}))

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        """Begin an operation."""
        await self.say("subscribe", id=name, payload={"query": query, "variables": variables})

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(await self.connection.recv())
        return message

    async def ready(self) -> None:
        """Wait until what was begun before is in force: operations begin in order, and this one is answered."""
        await self.subscribe("ready", "{ __typename }")
        for kind in ("next", "complete"):
            message = await self.hear()
            assert (kind, "ready") == (message["type"], message["id"])

    async def closed(self, *, after: Collection[str] = ()) -> tuple[int, str]:
        """The code and the reason with which the other side closes.

        Args:
            after: Kinds of messages that may come before.
        """
        try:
            while (message := await self.hear())["type"] in after:
                pass
        except ConnectionClosed as ended:
            if ended.rcvd is None:
                raise
            return ended.rcvd.code, ended.rcvd.reason
        raise AssertionError(f"expected the end, received {message!r}")


@contextlib.asynccontextmanager
async def socket(
    client: Client, port: int, *, origin: str | None = "", init: Any = True, **options: Any
) -> AsyncIterator[Socket]:
    """A socket of somebody at a school's host name.

    Args:
        client: Whose cookies and token it carries.
        port: Where :func:`served` listens.
        origin: An Origin other than the client's; none sends none.
        init: The payload of the greeting; none does not greet.
        options: Of ``websockets.connect``.
    """
    host = client.http.base_url.host
    headers = {}
    cookies = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
    if cookies:
        headers["Cookie"] = cookies
    if "authorization" in client.http.headers:
        headers["Authorization"] = client.http.headers["authorization"]
    given = {"subprotocols": ["graphql-transport-ws"], "additional_headers": headers, "compression": None} | options
    if origin is not None:
        given["origin"] = origin or client.http.headers["origin"]
    async with connect(f"ws://{host}/graphql", host="127.0.0.1", port=port, **given) as connection:
        made = Socket(connection)
        if init is not None:
            await made.say("connection_init", **({"payload": init} if isinstance(init, dict) else {}))
            assert {"type": "connection_ack"} == await made.hear()
        yield made
