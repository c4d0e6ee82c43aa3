"""Debian's Chromium, driven by Playwright: somebody at a page, and all that went wrong there."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from homeroom.testing.browser import Traffic, chromium, counted, missing_for_browsers, violations_on

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

    from homeroom.testing import Client

__all__ = ["Seat", "launched", "seated"]


@contextlib.asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Chromium without a window.

    On a machine without it the test does not run, and says so; where ``HOMEROOM_TEST_BROWSER=required``, as in CI, it
    fails.
    """
    if missing := missing_for_browsers():
        text = f"NOT CHECKED: {missing}"
        if os.environ.get("HOMEROOM_TEST_BROWSER") == "required":
            pytest.fail(text)
        warnings.warn_explicit(text, pytest.PytestWarning, __file__, 0)
        pytest.skip(text)
    async with chromium() as browser:
        yield browser


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
        return await violations_on(self.page, *rules)

    async def traffic_of(self, path: str) -> Traffic:
        """What opening a page loads."""
        session = await self.context.new_cdp_session(self.page)
        async with counted(session) as traffic:
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
        assert [] == seat.faults, "\n".join(seat.faults)
    finally:
        await context.close()
