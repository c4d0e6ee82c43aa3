"""What pages cost the server, beside the same documents over ``/graphql``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from homeroom_bench.client import BadAnswer
from homeroom_console.asking import Answer, Asking

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom_bench.console.kinds import PageKind
    from homeroom_bench.console.stage import Seats
    from homeroom_bench.usage import Meter
    from homeroom_console.reader import Reader

__all__ = ["Document", "asked_by", "document_bytes", "server_cpu"]

#: Requests before those that count.
_WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Document:
    """What a page asks GraphQL.

    Args:
        text: The document.
        variables: Its variables.
    """

    text: str
    variables: Mapping[str, Any]


@contextlib.contextmanager
def _listening() -> Iterator[list[Document]]:
    documents: list[Document] = []
    original = Asking.ask

    async def ask(
        self: Asking, reader: Reader, document: str, variables: Mapping[str, Any] | None = None, **options: Any
    ) -> Answer:
        documents.append(Document(document, dict(variables or {})))
        return await original(self, reader, document, variables, **options)

    Asking.ask = ask  # type: ignore[method-assign]
    try:
        yield documents
    finally:
        Asking.ask = original  # type: ignore[method-assign]


def _headers(seats: Seats, kind: PageKind, origin: str) -> dict[str, str]:
    return {
        "host": origin.partition("://")[2],
        "origin": origin,
        "cookie": seats.cookies[kind.role],
        "accept-encoding": "gzip",
        "x-homeroom-csrf": "1",
    }


async def asked_by(host: Host, seats: Seats, kind: PageKind) -> list[Document]:
    """The documents that a page asks, found by making the page in this process.

    Raises:
        BadAnswer: The page is not shown.
    """
    from homeroom.app import create_app

    transport = httpx.ASGITransport(app=create_app(host))  # type: ignore[arg-type]
    settings = host.settings
    origin = f"{settings.public_scheme}://{seats.space_of(kind).slug}.{settings.base_domain}"
    headers = _headers(seats, kind, origin)
    async with httpx.AsyncClient(transport=transport, base_url=origin, headers=headers) as client:
        with _listening() as documents:
            answer = await client.get(seats.path_of(kind))
        if answer.status_code != 200:
            raise BadAnswer(f"{kind.path} of a {kind.role}: {answer.status_code}\n{answer.text[-1500:]}")
        return list(documents)


def document_bytes(client: httpx.Client, seats: Seats, kind: PageKind, origin: str) -> int:
    """Bytes of a page as it is sent, head and body, without the files that it names."""
    with client.stream("GET", seats.path_of(kind), headers=_headers(seats, kind, origin)) as answer:
        body = sum(len(part) for part in answer.iter_raw())
        return body + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)


def server_cpu(
    client: httpx.Client,
    meter: Meter,
    seats: Seats,
    kind: PageKind,
    documents: list[Document],
    requests: int,
    origin: str,
) -> tuple[float, float]:
    """Milliseconds of the server's CPU for the page, and for all its documents over ``/graphql``.

    Raises:
        BadAnswer: Something was not answered.
    """
    headers = _headers(seats, kind, origin)

    def page() -> None:
        answer = client.get(seats.path_of(kind), headers=headers)
        if answer.status_code != 200:
            raise BadAnswer(f"{kind.path}: {answer.status_code}")

    def graphql() -> None:
        for each in documents:
            sent = {"query": each.text, "variables": each.variables}
            answer = client.post("/graphql", headers=headers, json=sent)
            if answer.status_code != 200:
                raise BadAnswer(f"/graphql for {kind.path}: {answer.status_code} {answer.text[:300]}")

    found = []
    for work in (page, graphql):
        for _ in range(_WARM_UP):
            work()
        before = meter.read()
        for _ in range(requests):
            work()
        found.append(meter.read().since(before).server * 1000 / requests)
    return found[0], found[1]
