"""A lean HTTP/1.1 client for putting load on a server: connections that are kept, and next to no work per request."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from homeroom_bench.usage import Usage

__all__ = ["BadAnswer", "Load", "Meter", "Source", "ask", "put_load", "request"]

_SECONDS_TO_ANSWER = 60


class BadAnswer(Exception):  # noqa: N818
    """A server answered otherwise than it must; nothing measured with it would mean anything."""


class Meter(Protocol):
    """Reads CPU time."""

    def read(self) -> Usage:
        """The time used until now."""
        ...


class Source(Protocol):
    """Where a connection has its requests from."""

    def next(self) -> bytes:
        """The next request, complete."""
        ...

    def accept(self, body: bytes) -> None:
        """Look at the answer. Raises BadAnswer."""
        ...


@dataclass(slots=True)
class Load:
    """What came of putting load on a server.

    Args:
        seconds: How long it lasted.
        latencies: Seconds from a request to its complete answer, in ascending order.
        usage: CPU seconds of server and database.
    """

    seconds: float
    latencies: Sequence[float]
    usage: Usage

    def quantile(self, share: float) -> float:
        """The latency in seconds that a share of the requests did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


@dataclass(slots=True)
class _Run:
    """What the connections of one run share."""

    going: bool = True
    latencies: array[float] = field(default_factory=lambda: array("d"))
    failure: BaseException | None = None


class _Connection(asyncio.Protocol):
    """One connection: a request, its whole answer, the next request."""

    def __init__(self, run: _Run, source: Source) -> None:
        self._run = run
        self._source = source
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._expected = 0
        self._head = 0
        self._sent = 0.0
        self.idle = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def begin(self) -> None:
        """Send the first request."""
        self.idle = asyncio.get_running_loop().create_future()
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        self._transport.write(self._source.next())

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._expected:
            end = received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head = end + 4
            self._expected = self._head + _content_length(bytes(received[: self._head]))
        if len(received) < self._expected:
            return
        self._run.latencies.append(time.perf_counter() - self._sent)
        try:
            _check_status(received)
            self._source.accept(bytes(received[self._head : self._expected]))
        except BadAnswer as failure:
            self._end(failure)
            return
        received.clear()
        self._expected = 0
        if self._run.going:
            self._send()
        else:
            self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._end(BadAnswer(f"the server closed the connection: {error}"))

    def _end(self, failure: BaseException | None) -> None:
        if failure is not None and self._run.failure is None and not self.idle.done():
            self._run.failure = failure
        if not self.idle.done():
            self.idle.set_result(None)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise BadAnswer(f"the answer has no Content-Length: {head[:200]!r}")


def _check_status(received: bytearray) -> None:
    if not received.startswith(b"HTTP/1.1 200"):
        raise BadAnswer(f"the server refused: {bytes(received[:2000])!r}")


async def put_load(
    host: str, port: int, sources: Sequence[Source], seconds: float, meter: Meter, *, warm_up: float
) -> Load:
    """Keep a server busy, one request at a time on each connection.

    Args:
        host: The server's address.
        port: Its port.
        sources: One for each connection.
        seconds: How long; requests that are on their way then are waited for.
        meter: Reads CPU time.
        warm_up: Seconds of the same load before the measurement.

    Raises:
        BadAnswer: The first answer that is not as it must be.
    """
    loop = asyncio.get_running_loop()
    run = _Run()
    connections: list[_Connection] = []
    for source in sources:

        def make(source: Source = source) -> _Connection:
            return _Connection(run, source)

        _, connection = await loop.create_connection(make, host, port)
        connections.append(connection)
    try:
        await _busy(run, connections, warm_up)
        run.latencies = array("d")
        before, started = meter.read(), time.perf_counter()
        await _busy(run, connections, seconds)
        lasted, after = time.perf_counter() - started, meter.read()
    finally:
        for connection in connections:
            connection.close()
    return Load(lasted, sorted(run.latencies), after.since(before))


async def _busy(run: _Run, connections: Sequence[_Connection], seconds: float) -> None:
    run.going = True
    for connection in connections:
        connection.begin()
    await asyncio.sleep(seconds)
    run.going = False
    async with asyncio.timeout(_SECONDS_TO_ANSWER):
        await asyncio.gather(*(connection.idle for connection in connections))
    if run.failure is not None:
        raise run.failure


async def ask(host: str, port: int, source: Source) -> bytes:
    """The body of the answer to one request. Raises BadAnswer."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(source.next())
        head = await reader.readuntil(b"\r\n\r\n")
        _check_status(
            bytearray(head) if head.startswith(b"HTTP/1.1 200") else bytearray(head + await reader.read(2000))
        )
        body = await reader.readexactly(_content_length(head))
        source.accept(body)
        return body
    finally:
        writer.close()


def request(path: str, host: str, body: bytes, headers: str = "") -> bytes:
    """The bytes of a POST of JSON.

    Args:
        path: The path.
        host: The Host header.
        body: The body.
        headers: Further header lines, each with its line end.
    """
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body
