"""Chromium for measurements, pictures and tests: how it starts, what a page loads, what axe finds on it.

Playwright and axe are dependencies of development; nothing here is imported where an installation serves schools.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page

__all__ = ["Traffic", "browser_program", "chromium", "counted", "missing_for_browsers", "violations_on"]

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
#: The rules of WCAG 2.2 AA that axe knows.
_WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_VIOLATIONS: Final = """
async (options) => (await axe.run(document, options)).violations.flatMap(
    (each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)
)
"""


@dataclass
class Traffic:
    """What a page has loaded over the network, without what the browser had already.

    Args:
        requests: How many requests.
        size: Bytes of heads and bodies, as they were sent.
    """

    requests: int = 0
    size: int = 0


def browser_program() -> str | None:
    """Where Chromium is installed, or none."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def missing_for_browsers() -> str:
    """What is missing to drive a browser, as a sentence; empty if nothing is."""
    absent = [name for name in ("playwright", "axe_playwright_python") if importlib.util.find_spec(name) is None]
    if absent:
        return f"{' and '.join(absent)} cannot be imported: install homeroom[dev]"
    if browser_program() is None:
        return f"no browser is installed: none of {', '.join(_PROGRAMS)} is on the PATH"
    return ""


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium without a window, for which all schools of ``*.localhost`` are on this machine.

    Raises:
        ConfigurationError: Chromium, Playwright or axe is missing.
    """
    missing = missing_for_browsers()
    if missing:
        raise ConfigurationError(missing)
    from playwright.async_api import async_playwright

    arguments = ["--host-resolver-rules=MAP *.localhost 127.0.0.1", "--disable-gpu", "--mute-audio"]
    if os.geteuid() == 0:  # As root, Chromium has no sandbox.
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_program(), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


async def violations_on(page: Page, *rules: str) -> list[str]:
    """What axe finds on a page as it is now.

    Args:
        page: The page.
        rules: Only these; by default all of WCAG 2.2 AA.
    """
    from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]

    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    only: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _WCAG}
    found: list[str] = await page.evaluate(_VIOLATIONS, {"runOnly": only, "resultTypes": ["violations"]})
    return found


@contextlib.asynccontextmanager
async def counted(session: CDPSession) -> AsyncIterator[Traffic]:
    """Count what a page loads within the block.

    Args:
        session: Of Chrome's DevTools protocol, for the page.
    """
    traffic, cached = Traffic(), set[str]()

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
    yield traffic
