"""A line between a browser and the server that tests can cut."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["Line", "lines"]


class Line:
    """Forwards the connections of a port to the server.

    Args:
        server: The port of the server.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        #: Bytes of a request after whose arrival its answer is lost; none: nothing is lost.
        self.loses: bytes | None = None
        self.port = 0

    async def mend(self) -> None:
        """Take connections."""
        self._listening = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End all connections, and refuse new ones, as a server does that is killed."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._server)
        self._open |= {writer, there_writer}
        lost = asyncio.Event()
        try:
            await asyncio.gather(
                self._pass(reader, there_writer, watched=lost), self._pass(there_reader, writer, dropped=lost)
            )
        finally:
            self._open -= {writer, there_writer}

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        watched: asyncio.Event | None = None,
        dropped: asyncio.Event | None = None,
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if watched is not None and self.loses is not None and self.loses in data:
                    self.loses = None
                    watched.set()
                if dropped is not None and dropped.is_set():
                    # The server has done it, and nobody learns of that. Where no byte of an answer has come, the
                    # browser would ask again by itself.
                    writer.write(data[:20])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def lines(server: int) -> AsyncIterator[Line]:
    """A line as long as the block runs."""
    line = Line(server)
    await line.mend()
    try:
        yield line
    finally:
        await line.cut()
