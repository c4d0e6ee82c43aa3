"""The bare handler: raw ASGI, one statement, bytes out. It knows five screens of one school and no schema.

It asks for no session: who asks comes with the request. Everything else is as a careful author of one endpoint
would have it: the powerless role, row level security, a checked body, connections kept with nothing to reset.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from homeroom.database.connection import connect
from homeroom.database.ids import new_id, new_ids
from homeroom.database.walls import ContextSigner
from homeroom.settings import Settings
from homeroom_bench import bare_sql

__all__ = ["Bare", "application"]

Message = MutableMapping[str, Any]


class _Gradebook(msgspec.Struct):
    space: UUID
    person: UUID
    book: UUID
    term: UUID


class _Report(msgspec.Struct):
    space: UUID
    person: UUID
    student: UUID
    term: UUID


class _Page(msgspec.Struct):
    space: UUID
    first: int


class _School(msgspec.Struct):
    space: UUID


class _Mark(msgspec.Struct):
    student: UUID
    assessment: UUID
    value: str
    expected_version: int | None = msgspec.field(default=None, name="expectedVersion")


class _Save(msgspec.Struct):
    space: UUID
    person: UUID
    book: UUID
    rows: list[_Mark]


_GRADEBOOK = msgspec.json.Decoder(_Gradebook)
_REPORT = msgspec.json.Decoder(_Report)
_PAGE = msgspec.json.Decoder(_Page)
_STATISTICS = msgspec.json.Decoder(_School)
_SAVE = msgspec.json.Decoder(_Save)


class Bare:
    """The ASGI application.

    Args:
        settings: Of the installation.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.database_url is not None
        assert settings.secret_key is not None
        self._url = settings.database_url
        self._size = settings.database_pool
        self._signer = ContextSigner(settings.secret_key.encode())
        self._idle: deque[Any] = deque()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._routes: dict[str, Callable[[bytes], tuple[str, tuple[Any, ...]]]] = {
            "/gradebook": self._gradebook,
            "/report": self._report,
            "/page": self._page,
            "/statistics": self._statistics,
            "/save": self._save,
        }

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request, or follow the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        message = await receive()
        body: bytes = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        status, answer = 200, b""
        try:
            statement, arguments = self._routes[scope["path"]](body)
            made = await self._fetch(statement, arguments)
            answer = b"refused" if made is None else made.encode()
            status = 409 if made is None else 200
        except (KeyError, msgspec.DecodeError, ValueError) as error:
            status, answer = 400, str(error).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _live(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await receive()
        for _ in range(self._size):
            connection = await connect(self._url, statement_timeout="30s")
            await connection.execute("SET default_transaction_read_only = off")
            self._idle.append(connection)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for connection in self._idle:
            await connection.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _fetch(self, statement: str, arguments: tuple[Any, ...]) -> str | None:
        if self._idle:
            connection = self._idle.pop()
        else:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            connection = await waiter
        try:
            space, *others = arguments
            answer: str | None = await connection.fetchval(statement, connection.context(self._signer, space), *others)
            return answer
        finally:
            if self._waiting:
                self._waiting.popleft().set_result(connection)
            else:
                self._idle.append(connection)

    def _gradebook(self, body: bytes) -> tuple[str, tuple[Any, ...]]:
        asked = _GRADEBOOK.decode(body)
        return bare_sql.GRADEBOOK, (asked.space, asked.book, asked.term, asked.person, _today())

    def _report(self, body: bytes) -> tuple[str, tuple[Any, ...]]:
        asked = _REPORT.decode(body)
        return bare_sql.REPORT, (asked.space, asked.student, asked.term, asked.person, _today())

    def _page(self, body: bytes) -> tuple[str, tuple[Any, ...]]:
        asked = _PAGE.decode(body)
        return bare_sql.PAGE, (asked.space, asked.first, _today())

    def _statistics(self, body: bytes) -> tuple[str, tuple[Any, ...]]:
        return bare_sql.STATISTICS, (_STATISTICS.decode(body).space,)

    def _save(self, body: bytes) -> tuple[str, tuple[Any, ...]]:
        asked = _SAVE.decode(body)
        rows = asked.rows
        return bare_sql.SAVE, (
            asked.space,
            asked.book,
            [row.student for row in rows],
            [row.assessment for row in rows],
            [_hundredths(row.value) for row in rows],
            [row.expected_version for row in rows],
            new_ids(len(rows)),
            asked.person,
            _today(),
            datetime.now(UTC),
            new_id(),
            new_ids(len(rows)),
        )


def _hundredths(value: str) -> int:
    """A mark such as 7.5, of one decimal at most."""
    whole, _, tenths = value.partition(".")
    if len(tenths) > 1 or not (whole + tenths).isascii() or not (whole + tenths).isdigit():
        raise ValueError(f"not a mark: {value!r}")
    return int(whole) * 100 + int(tenths or 0) * 10


def _today() -> date:
    return datetime.now(UTC).date()


def application() -> Bare:
    """The application of a server's worker process; its settings come from the environment."""
    return Bare(Settings.load())
