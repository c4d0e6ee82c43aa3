"""Debian's Chromium, driven by Playwright: somebody at a page, and all that went wrong there."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

    from homeroom.testing import Client

__all__ = ["Seat", "launched", "seated"]

_PROGRAM: Final = Path("/usr/bin/chromium")
#: The rules of WCAG 2.2 AA that axe knows.
_WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_VIOLATIONS: Final = """
async (options) => (await axe.run(document, options)).violations.flatMap(
    (each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)
)
"""


@contextlib.asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Chromium without a window.

    On a machine without it the test does not run, and says so; where ``HOMEROOM_TEST_BROWSER=required``, as in CI, it
    fails.
    """
    if not _PROGRAM.exists():
        text = f"NOT CHECKED: there is no {_PROGRAM} on this machine"
        if os.environ.get("HOMEROOM_TEST_BROWSER") == "required":
            pytest.fail(text)
        warnings.warn_explicit(text, pytest.PytestWarning, __file__, 0)
        pytest.skip(text)
    from playwright.async_api import async_playwright

    # As root, Chromium has no sandbox; all schools are on this machine.
    arguments = ["--host-resolver-rules=MAP *.localhost 127.0.0.1", "--disable-gpu", "--mute-audio"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_PROGRAM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Traffic:
    """What a page has loaded over the network, without what the browser had already.

    Args:
        requests: How many requests.
        size: Bytes of heads and bodies, as they were sent.
    """

    requests: int = 0
    size: int = 0


@dataclass
class Seat:
    """Somebody at a browser.

    Args:
        context: With the cookies and the cache of one person.
        page: The one page.
        address: Of the school: ``http://<slug>.localhost:<port>``.
        faults: Errors of scripts, violations of the content security policy, requests to other hosts, answers of 500.
    """

    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    async def go(self, path: str, *, status: int = 200) -> None:
        """Open a page of the school."""
        answer = await self.page.goto(self.address + path)
        assert answer is not None
        assert status == answer.status, path

    @property
    def path(self) -> str:
        """Where the page is, with the query."""
        return self.page.url.removeprefix(self.address)

    async def violations(self, *rules: str) -> list[str]:
        """What axe finds on the page as it is now.

        Args:
            rules: Only these; by default all of WCAG 2.2 AA.
        """
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE_SCRIPT)
        only: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _WCAG}
        found: list[str] = await self.page.evaluate(_VIOLATIONS, {"runOnly": only, "resultTypes": ["violations"]})
        return found

    async def traffic_of(self, path: str) -> Traffic:
        """What opening a page loads."""
        traffic, session = Traffic(), await self.context.new_cdp_session(self.page)
        cached: set[str] = set()

        def received(event: dict[str, Any]) -> None:
            if event["response"].get("fromDiskCache"):
                cached.add(event["requestId"])

        def finished(event: dict[str, Any]) -> None:
            if event["requestId"] not in cached and event["encodedDataLength"]:
                traffic.requests += 1
                traffic.size += event["encodedDataLength"]

        session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
        session.on("Network.responseReceived", received)
        session.on("Network.loadingFinished", finished)
        await session.send("Network.enable")
        answer = await self.page.goto(self.address + path, wait_until="networkidle")
        await session.detach()
        assert answer is not None
        assert 200 == answer.status, path
        return traffic

    def watch(self) -> None:
        """Keep what goes wrong from now on."""
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.path}: {error}"))
        self.page.on("console", self._said)
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # The browser reports each answer of 400 and above as an error; tests expect many of these.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"{self.path}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:", "blob:")):
            self.faults.append(f"{self.path}: asks {urlsplit(request.url).netloc}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")


@contextlib.asynccontextmanager
async def seated(
    browser: Browser, client: Client | None, address: str, *, language: str = "en", width: int = 1280, **options: Any
) -> AsyncIterator[Seat]:
    """Somebody at a browser of their own; what went wrong there fails the test in the end.

    Args:
        browser: The browser.
        client: Who is signed in, with the session that they have already; none: nobody.
        address: Of the school.
        language: That the browser asks for.
        width: Of the window, in pixels.
        options: Of the context.
    """
    context = await browser.new_context(
        locale=language, viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
    )
    context.set_default_timeout(60_000)
    try:
        if client is not None:
            # As the browser would keep it after it had signed in. To localhost it is sent over HTTP, too.
            origin = f"https://{urlsplit(address).hostname}"
            cookies = client.http.cookies.items()
            await context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies])
        seat = Seat(context, await context.new_page(), address)
        seat.watch()
        yield seat
        assert [] == seat.faults
    finally:
        await context.close()
