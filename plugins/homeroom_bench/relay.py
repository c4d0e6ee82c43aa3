"""Counting statements: a relay between a server and PostgreSQL that reads what kind of messages pass.

It counts the messages that make PostgreSQL run something, ``Query`` and ``Execute`` (PostgreSQL documentation,
"Message Formats"), each of which is one round trip for a client like ours. Preparing a statement is not counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

__all__ = ["Relay"]

_PORT = 5432
_CHUNK = 1 << 16
_HEADER = 5


class Relay:
    """A relay to one database.

    Args:
        url: The database's URL.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self.statements = 0
        self.url = url
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def open(self) -> Iterator[Relay]:
        """Listen in a thread of its own; meanwhile :attr:`url` leads to the database through the relay."""
        with tempfile.TemporaryDirectory(prefix="homeroom-") as folder:
            loop = asyncio.new_event_loop()
            thread = threading.Thread(target=loop.run_forever, name="relay", daemon=True)
            thread.start()
            path = Path(folder) / f".s.PGSQL.{_PORT}"
            server = asyncio.run_coroutine_threadsafe(asyncio.start_unix_server(self._accept, path), loop).result()
            credentials = self._url.netloc.rpartition("@")[0]
            query = f"host={quote(folder, safe='/')}&port={_PORT}"
            self.url = urlunsplit((self._url.scheme, f"{credentials}@", self._url.path, query, ""))
            try:
                yield self
            finally:
                asyncio.run_coroutine_threadsafe(self._close(server), loop).result()
                loop.call_soon_threadsafe(loop.stop)
                thread.join()
                loop.close()

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        query = parse_qs(self._url.query)
        host = query.get("host", [self._url.hostname or "localhost"])[0]
        port = int(query.get("port", [str(self._url.port or _PORT)])[0])
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_database = await self._connect()
        for work in (self._count(reader, to_database), self._pass_on(there, writer)):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                writer.write(data)
        writer.close()

    async def _count(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            length = await reader.readexactly(4)  # the first message of a connection has no type
            writer.write(length + await reader.readexactly(int.from_bytes(length, "big") - 4))
            while True:
                header = await reader.readexactly(_HEADER)
                self.statements += header[:1] in (b"Q", b"E")
                writer.write(header + await reader.readexactly(int.from_bytes(header[1:], "big") - 4))
        writer.close()
