"""A line to PostgreSQL that tests cut."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict


class Line:
    """A line to PostgreSQL that can be cut, and whose end may be kept from anyone who is at it.

    Args:
        url: Where PostgreSQL is.
        place: A folder for the line's own socket.
    """

    def __init__(self, url: str, place: Path) -> None:
        self._to = conninfo_to_dict(url)
        self._place = place
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        #: Whether PostgreSQL's last words arrive and its hanging up does not.
        self.without_an_end = False
        given = {name: str(self._to[name]) for name in ("user", "password") if name in self._to}
        self.url = f"postgresql:///{self._to['dbname']}?{urlencode({**given, 'host': str(place), 'port': '5432'})}"

    async def lay(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_unix_server(self._connected, self._place / ".s.PGSQL.5432")

    async def cut(self) -> None:
        """End every connection, and let no other through."""
        assert self._server is not None
        self._server.close()
        (self._place / ".s.PGSQL.5432").unlink(missing_ok=True)
        for end in self._ends.copy():
            end.transport.abort()
        async with asyncio.timeout(900):
            while self._ends:
                await asyncio.sleep(0.01)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = str(self._to.get("host", "127.0.0.1")), str(self._to.get("port", 5432))
        if host.startswith("/"):
            there, back = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            there, back = await asyncio.open_connection(host, int(port))
        ends = {writer, back}
        self._ends |= ends
        await asyncio.gather(self._pass(reader, back, to_the_end=True), self._pass(there, writer, to_the_end=False))
        for end in ends:
            end.close()
            with contextlib.suppress(ConnectionError):
                await end.wait_closed()
        self._ends -= ends

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, to_the_end: bool) -> None:
        with contextlib.suppress(ConnectionError):
            while some := await source.read(65536):
                target.write(some)
                await target.drain()
        if to_the_end or not self.without_an_end:
            target.close()
