"""The requests of each operation for each server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec

from homeroom_bench import operations
from homeroom_bench.client import BadAnswer, Source, request
from homeroom_bench.servers import Kind, Server
from homeroom_bench.stage import LARGE, PASSWORD, Book, Stage

__all__ = ["Saves", "SavingSource", "Sources", "sign_in"]

PAGE_SIZE: Final = 50
#: Marks wander through these, so that a save changes every mark.
_VALUES: Final = tuple(f"{half / 2:.1f}" for half in range(4, 21))


async def sign_in(server: Server, stage: Stage, logins: Sequence[str]) -> dict[str, str]:
    """Open a session for each login, and for the registrar of the large school; gives the cookies.

    Args:
        server: The product.
        stage: The school.
        logins: Who.
    """
    gate = asyncio.Semaphore(4)
    logins = [*logins, LARGE]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:

        async def one(login: str) -> str:
            host = {"Host": f"{LARGE if login == LARGE else stage.slug}.localhost:{server.port}"}
            body = {"login": login, "password": PASSWORD}
            async with gate:
                response = await client.post("/auth/login", json=body, headers=host, timeout=60)
            if response.status_code != 200:
                raise BadAnswer(f"cannot sign in as {login}: {response.text}")
            return response.headers["set-cookie"].partition(";")[0]

        return dict(zip(logins, await asyncio.gather(*(one(login) for login in logins)), strict=True))


@dataclass(slots=True)
class _Constant:
    """The same request again and again, and the same answer."""

    message: bytes
    expected: int | None = None

    def next(self) -> bytes:
        return self.message

    def accept(self, body: bytes) -> None:
        if self.expected is None:
            self.expected = len(body)
        if len(body) != self.expected or body.startswith(b'{"errors"'):
            raise BadAnswer(f"the answer changed: {body[:1000]!r}")


class Saves:
    """One book under change: all servers write into it in turn, and each write builds on the one before.

    Args:
        book: The book.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.version = book.version
        #: Which marks come next. A save that changes nothing would be no save.
        self.step = 0

    def rows(self, step: int, *, whole_ids: bool) -> list[dict[str, Any]]:
        """Marks all of which differ from those of another step.

        Args:
            step: Which.
            whole_ids: Whether ids name their type, as in GraphQL.
        """
        student, assessment = ("Student_", "Assessment_") if whole_ids else ("", "")
        return [
            {
                "student": f"{student}{each}",
                "assessment": f"{assessment}{self.book.assessment}",
                "value": _VALUES[(step + place) % len(_VALUES)],
                "expectedVersion": -1,
            }
            for place, each in enumerate(self.book.students)
        ]


class SavingSource:
    """Saves of one book, prepared but for the version of its marks.

    Args:
        saves: The book's state.
        bodies: One for each step; in it ``-1`` stands for the version.
    """

    _PLACE = b'"expectedVersion":-1'

    def __init__(self, saves: Saves, path: str, host: str, headers: str, bodies: Sequence[bytes]) -> None:
        self._saves = saves
        self._path, self._host, self._headers = path, host, headers
        self._bodies = bodies

    def next(self) -> bytes:
        """The next save."""
        version = b'"expectedVersion":%d' % self._saves.version
        body = self._bodies[self._saves.step % len(self._bodies)]
        return request(self._path, self._host, body.replace(self._PLACE, version), self._headers)

    def accept(self, body: bytes) -> None:
        """Every mark must have been written."""
        if b'"errors":[]' not in body or body.count(b'"version":') != len(self._saves.book.students):
            raise BadAnswer(f"a save failed: {body[:1000]!r}")
        self._saves.version += 1
        self._saves.step += 1


class Sources:
    """Makes the requests of one server.

    Args:
        server: The server.
        stage: The school.
        cookies: Login to session, for the product.
        saves: The state of the books.
    """

    def __init__(self, server: Server, stage: Stage, cookies: Mapping[str, str], saves: Sequence[Saves]) -> None:
        self._server = server
        self._stage = stage
        self._cookies = cookies
        self._saves = saves

    def of(self, operation: str, connections: int) -> list[Source]:
        """A source for each connection."""
        if operation == "save":
            return [self._save(saves) for saves in self._saves[:connections]]
        return [self._read(operation)] * connections

    def at_first(self) -> bool:
        """Whether the marks of the first book are those of the first save: saving them again would change nothing."""
        return self._saves[0].step % len(_VALUES) == 1

    def rewind(self) -> None:
        """Let the next save of the first book be the first of all again."""
        self._saves[0].step = 0

    def _read(self, operation: str) -> Source:
        stage, book = self._stage, self._stage.books[0]
        variables: dict[str, Any]
        if operation == "gradebook":
            document, login, person = operations.CLASS_GRADEBOOK, book.login, book.teacher
            ids = {"book": ("Gradebook", book.id), "term": ("Term", stage.term)}
        elif operation == "report":
            document, login, person = operations.STUDENT_REPORT, "student", stage.student
            ids = {"student": ("Student", stage.student), "term": ("Term", stage.term)}
        else:
            document = operations.STUDENT_PAGE if operation == "page" else operations.MARKS_BY_CLASS
            login, person, ids = ("registrar" if operation == "page" else LARGE), stage.space, {}
        if self._server.kind is Kind.BARE:
            variables = {name: value for name, (_, value) in ids.items()}
            if operation == "page":
                variables["first"] = PAGE_SIZE
            return _Constant(self._bare(operation, variables, person, login))
        variables = {name: f"{kind}_{value}" for name, (kind, value) in ids.items()}
        if operation == "page":
            variables = {"first": PAGE_SIZE}
        body = msgspec.json.encode({"query": document, "variables": variables})
        return _Constant(request("/graphql", self._host(login), body, self._headers(login)))

    def _save(self, saves: Saves) -> Source:
        book = saves.book
        bare = self._server.kind is Kind.BARE
        bodies = []
        for step in range(len(_VALUES)):
            rows = saves.rows(step, whole_ids=not bare)
            content: dict[str, Any]
            if bare:
                content = {"space": self._stage.space, "person": book.teacher, "book": book.id, "rows": rows}
            else:
                given = {"gradebook": f"Gradebook_{book.id}", "rows": rows}
                content = {"query": operations.SAVE_MARKS, "variables": {"input": given}}
            bodies.append(msgspec.json.encode(content))
        path = "/save" if bare else "/graphql"
        return SavingSource(saves, path, self._host(book.login), self._headers(book.login), bodies)

    def _bare(self, operation: str, variables: Mapping[str, Any], person: UUID, login: str) -> bytes:
        body = msgspec.json.encode({"space": self._space(login), "person": person, **variables})
        return request(f"/{operation}", self._host(login), body)

    def _space(self, login: str) -> UUID:
        return self._stage.large if login == LARGE else self._stage.space

    def _host(self, login: str) -> str:
        return f"{LARGE if login == LARGE else self._stage.slug}.localhost:{self._server.port}"

    def _headers(self, login: str) -> str:
        if self._server.kind is Kind.OURS:
            return f"Cookie: {self._cookies[login]}\r\nOrigin: http://{self._host(login)}\r\n"
        return f"X-Space: {self._space(login)}\r\n" if self._server.kind is Kind.ORDINARY else ""
