"""The measurement of the console as a whole."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import msgspec

from homeroom.boot import build_host, migrate_database
from homeroom.testing.browser import chromium, missing_for_browsers
from homeroom_bench.console.browsing import Browsed, browse, keys_for_marks
from homeroom_bench.console.kinds import KINDS
from homeroom_bench.console.serving import asked_by, document_bytes, server_cpu
from homeroom_bench.console.stage import Seats, prepare
from homeroom_bench.servers import Kind, Server, serving
from homeroom_bench.usage import Meter

if TYPE_CHECKING:
    from homeroom.settings import Settings
    from homeroom_bench.console.kinds import PageKind
    from homeroom_bench.console.serving import Document

__all__ = ["ConsoleFigures", "PageFigures", "measure_console"]


class PageFigures(msgspec.Struct, frozen=True):
    """What was measured of one kind of page.

    Args:
        documents: How many documents it asks GraphQL.
        bytes: Of the page itself as it is sent.
        cpu_ms: Of the server's processes for the page; the median of the blocks.
        graphql_cpu_ms: The same for its documents over ``/graphql``.
        ratio: Of both within a block; the median. None for a page without documents.
        browsed: What a browser made of it, or none without one.
    """

    documents: int
    bytes: int
    cpu_ms: float
    graphql_cpu_ms: float
    ratio: float | None
    browsed: Browsed | None = None


class ConsoleFigures(msgspec.Struct, frozen=True):
    """A whole measurement.

    Args:
        pages: By the name of the kind.
        mark_keys: Keys for the marks of 34 students, or none without a browser.
        left_out: Why the browser's part was left out; empty if it was not.
    """

    pages: dict[str, PageFigures]
    mark_keys: int | None
    left_out: str


async def measure_console(
    settings: Settings, requests: int, blocks: int, *, browser: bool, progress: Callable[[str], None]
) -> ConsoleFigures:
    """Measure in an empty database.

    Args:
        settings: With both database URLs and the key.
        requests: Of each page and its documents, in each block.
        blocks: How often all is repeated.
        browser: Whether to measure in Chromium, if it is installed.
        progress: Is called with what is being done.

    Raises:
        BadAnswer: A page is not shown, or a document of one is refused.
    """
    left_out = missing_for_browsers() if browser else "--no-browser was given"
    progress("a school, its people and its marks")
    await migrate_database(settings)
    host = build_host(settings)
    await host.open()
    try:
        seats = await prepare(host)
        documents = {name: await asked_by(host, seats, kind) for name, kind in KINDS.items()}
    finally:
        await host.close()
    chosen = msgspec.structs.replace(settings, workers=1, log_level="error")
    with serving(chosen, [Kind.OURS]) as servers:
        server = servers[Kind.OURS]
        pages = await _on_server(settings, server, seats, documents, requests, blocks, progress)
        if left_out:
            return ConsoleFigures(pages, None, left_out)
        keys = 0
        async with chromium() as opened:
            for name, kind in KINDS.items():
                progress(f"{name}, in a browser")
                address = _address(settings, server, seats, kind)
                found = await browse(opened, seats, kind, address, blocks)
                pages[name] = msgspec.structs.replace(pages[name], browsed=found)
            progress("34 marks by keys")
            keys = await keys_for_marks(opened, seats, _address(settings, server, seats, KINDS["book of 680 marks"]))
    return ConsoleFigures(pages, keys, "")


async def _on_server(
    settings: Settings,
    server: Server,
    seats: Seats,
    documents: dict[str, list[Document]],
    requests: int,
    blocks: int,
    progress: Callable[[str], None],
) -> dict[str, PageFigures]:
    meter = Meter(server.process, None)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in KINDS}
    sizes: dict[str, int] = {}
    with httpx.Client(base_url=f"http://{settings.host}:{server.port}", timeout=120, trust_env=False) as client:
        for block in range(blocks):
            progress(f"CPU of the server, block {block + 1} of {blocks}")
            for name, kind in KINDS.items():
                asked, origin = documents[name], _address(settings, server, seats, kind)
                found[name].append(server_cpu(client, meter, seats, kind, asked, requests, origin))
                sizes[name] = document_bytes(client, seats, kind, origin)
    return {name: _figures(len(documents[name]), sizes[name], found[name]) for name in KINDS}


def _address(settings: Settings, server: Server, seats: Seats, kind: PageKind) -> str:
    """Of the school or district whose page it is."""
    return f"http://{seats.space_of(kind).slug}.{settings.base_domain}:{server.port}"


def _figures(documents: int, size: int, blocks: list[tuple[float, float]]) -> PageFigures:
    ratios = [page / graphql for page, graphql in blocks if graphql]
    return PageFigures(
        documents=documents,
        bytes=size,
        cpu_ms=statistics.median(page for page, _ in blocks),
        graphql_cpu_ms=statistics.median(graphql for _, graphql in blocks),
        ratio=statistics.median(ratios) if documents and ratios else None,
    )
