"""What a browser makes of pages: what it loads, when a page can be used, what axe finds, keys for marks."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.testing.browser import counted, violations_on
from homeroom_bench.console.kinds import KINDS

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

    from homeroom_bench.console.kinds import PageKind
    from homeroom_bench.console.stage import Seats

__all__ = ["Browsed", "browse", "keys_for_marks"]

_STUDENTS: Final = 34
_FREE: Final = "tbody td:not([aria-readonly])"


class Browsed(msgspec.Struct, frozen=True):
    """A page in a browser.

    Args:
        cold_bytes: Loaded into an empty browser, heads and bodies as sent.
        cold_requests: Requests for that.
        warm_bytes: Loaded by one that has the files.
        warm_requests: Requests for that.
        interactive_ms: From the start of a cold load until all scripts have run, at 400 kbit/s and 400 ms with a CPU
            four times slower.
        violations: Of WCAG 2.2 AA, at 320 and 1280 pixels.
        reports: Errors and warnings of the browser, violations of the content security policy among them.
    """

    cold_bytes: int
    cold_requests: int
    warm_bytes: int
    warm_requests: int
    interactive_ms: float
    violations: int
    reports: int


@contextlib.asynccontextmanager
async def _window(browser: Browser, seats: Seats, kind: PageKind, address: str) -> AsyncIterator[Page]:
    context: BrowserContext = await browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        name, _, value = seats.cookies[kind.role].partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": address.replace("http:", "https:")}])
        yield await context.new_page()
    finally:
        await context.close()


async def browse(browser: Browser, seats: Seats, kind: PageKind, address: str, times: int) -> Browsed:
    """Open a page as its person.

    Args:
        browser: The browser.
        seats: Who, and which rows.
        kind: Which page.
        address: Of the school or district.
        times: How often the time until it can be used is measured.
    """
    url = address + seats.path_of(kind)
    reports: list[str] = []
    async with _window(browser, seats, kind, address) as page:
        page.on("console", lambda said: reports.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: reports.append(str(error)))
        session = await page.context.new_cdp_session(page)
        async with counted(session) as cold:
            await page.goto(url, wait_until="networkidle")
        cold_bytes, cold_requests = cold.size, cold.requests
        await session.detach()
        session = await page.context.new_cdp_session(page)
        async with counted(session) as warm:
            await page.goto(url, wait_until="networkidle")
        warm_bytes, warm_requests = warm.size, warm.requests
        await session.detach()
        violations = len(await violations_on(page))
        await page.set_viewport_size({"width": 320, "height": 900})
        violations += len(await violations_on(page))
    taken = [await _interactive(browser, seats, kind, address) for _ in range(times)]
    return Browsed(
        cold_bytes, cold_requests, warm_bytes, warm_requests, statistics.median(taken), violations, len(reports)
    )


async def _interactive(browser: Browser, seats: Seats, kind: PageKind, address: str) -> float:
    async with _window(browser, seats, kind, address) as page:
        session = await page.context.new_cdp_session(page)
        slow: dict[str, Any] = {
            "offline": False,
            "latency": 400,
            "downloadThroughput": 50_000,
            "uploadThroughput": 25_000,
        }
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", slow)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        await page.goto(address + seats.path_of(kind), wait_until="load")
        # Deferred scripts and modules have run when this event has ended.
        found: float = await page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        return found


async def keys_for_marks(browser: Browser, seats: Seats, address: str) -> int:
    """How many keys it takes to enter a mark of three characters for a class, so that all are saved."""
    from playwright.async_api import expect

    kind = KINDS["book of 680 marks"]
    async with _window(browser, seats, kind, address) as page:
        await page.goto(address + seats.path_of(kind), wait_until="networkidle")
        await page.wait_for_selector("html[data-live-state]")
        await page.locator(_FREE).first.click()
        keys = 0
        for _ in range(_STUDENTS):
            for key in ("6", ".", "5", "Enter"):
                await page.keyboard.press(key)
                keys += 1
        await expect(page.locator("td[data-state]")).to_have_count(0, timeout=60_000)
        await page.reload(wait_until="networkidle")
        texts: list[str] = await page.eval_on_selector_all(
            "tbody tr", "(rows) => rows.map((row) => row.querySelector('td:not([aria-readonly])').textContent.trim())"
        )
        wrong = [each for each in texts if each.replace(",", ".") != "6.5"]
        if len(texts) != _STUDENTS or wrong:
            raise AssertionError(f"{len(wrong)} of {len(texts)} marks are not as they were typed: {wrong[:3]}")
        return keys
