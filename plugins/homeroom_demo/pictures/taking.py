"""Taking pictures: somebody signs in, walks from page to page, and each page is shown in each language and width."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from homeroom.testing.browser import chromium, violations_on
from homeroom_demo.pictures.places import FIXED, PUBLIC, Place, addresses_from, kind_of_address, pages_of_menu
from homeroom_demo.plans import DISTRICT

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

    from homeroom_demo.record import Record

__all__ = ["Picture", "Wish", "take_pictures"]

#: Pixels; a list of five hundred rows need not be seen to its end.
_HIGHEST: Final = 4000
#: The order in which people are asked: the first who is led to a page shows it.
_ROLES: Final = (
    "registrar", "principal", "teacher", "homeroom teacher", "admin", "guardian", "student", "district_admin",
)  # fmt: skip
_LINKS: Final = """
(within) => [...document.querySelectorAll(`${within} a[href]`)]
    .filter((each) => each.origin === location.origin && !each.hasAttribute("download"))
    .map((each) => each.pathname + each.search)
"""
_TEXTS: Final = """
() => {
    const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), box = walker.currentNode.parentElement;
        if (/[a-z]{3}/.test(text) && !/[^\\x00-\\x7f]|[@\\d]/.test(text) && !box.closest("[lang]:not(html), script")) {
            found.add(text);
        }
    }
    return [...found];
}
"""


@dataclass(frozen=True)
class Wish:
    """What to take pictures of.

    Args:
        languages: In which languages; the first is that in which pages are found.
        widths: Of the window, in pixels.
        only: Parts of addresses, one of which an address must have; none: all pages.
        people: Roles or logins; none: all.
        schemes: Colours: ``light``, ``dark``.
        checked: Whether axe looks at each page.
    """

    languages: Sequence[str]
    widths: Sequence[int]
    only: Sequence[str] = ()
    people: Sequence[str] = ()
    schemes: Sequence[str] = ("light",)
    checked: bool = True


@dataclass
class Picture:
    """A picture that was taken.

    Args:
        place: Of which page.
        language: In which language.
        width: Of the window, in pixels.
        scheme: ``light`` or ``dark``.
        file: Its file, in the folder.
        title: Of the page.
        faults: Errors of the console, violations of accessibility, what is wider than the window.
        texts: Texts of Latin letters alone, to find what is not translated.
    """

    place: Place
    language: str
    width: int
    scheme: str
    file: str
    title: str = ""
    faults: list[str] = field(default_factory=list)
    texts: frozenset[str] = frozenset()


async def take_pictures(
    folder: Path, record: Record, base: Callable[[str], str], wish: Wish, say: Callable[[str], None]
) -> list[Picture]:
    """Take pictures of the pages of a demonstration that runs.

    Args:
        folder: Where the files are written.
        record: Who can sign in.
        base: Gives the address of a school by its short name.
        wish: What is wanted.
        say: Tells somebody how far it has come.

    Raises:
        ConfigurationError: Chromium, Playwright or axe is missing.
    """
    pictures: list[Picture] = []
    known: set[str] = set()
    async with chromium() as browser:
        for school, login, role in _people(record, wish):
            walk = _Walk(browser, base(school), (login, record.password), wish, folder)
            places = [each async for each in walk.places(school, role, known)]
            taken = [picture async for picture in walk.pictures(places)]
            pictures += taken
            say(f"    {login or 'nobody'} of {school}: {len(places)} pages")
    return pictures


def _people(record: Record, wish: Wish) -> list[tuple[str, str, str]]:
    slugs = sorted(record.schools, key=lambda slug: (slug == DISTRICT.slug, list(record.schools).index(slug)))
    found = [
        (slug, each.login, each.role)
        for slug in slugs
        for each in sorted(record.schools[slug].logins, key=lambda login: _ROLES.index(login.role))
        if not wish.people or each.role in wish.people or each.login in wish.people
    ]
    return found if wish.people else [(slugs[0], "", ""), *found]


class _Walk:
    """One person's way through the pages, in a window for each language.

    Args:
        browser: The browser.
        address: Of the school.
        who: Login and password.
        wish: What is wanted.
        folder: Where the files are written.
    """

    def __init__(self, browser: Browser, address: str, who: tuple[str, str], wish: Wish, folder: Path) -> None:
        self._browser = browser
        self._address = address
        self._who = who
        self._wish = wish
        self._folder = folder

    @contextlib.asynccontextmanager
    async def _window(self, language: str) -> AsyncIterator[Page]:
        context: BrowserContext = await self._browser.new_context(
            locale=language, viewport={"width": self._wish.widths[0], "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)
        try:
            page = await context.new_page()
            login, password = self._who
            if login:
                await page.goto(f"{self._address}/sign-in")
                await page.fill("#login", login)
                await page.fill("#password", password)
                await page.click("button[type=submit]")
                await page.wait_for_url(f"{self._address}/")
            yield page
        finally:
            await context.close()

    async def places(self, school: str, role: str, known: set[str]) -> AsyncIterator[Place]:
        """Find the pages of a person, without those that somebody else has shown already.

        Args:
            school: The short name.
            role: The person's.
            known: Kinds of pages that were found; gets those of this person.
        """
        login = self._who[0]
        if not login:
            for address in PUBLIC:
                if self._wanted(address):
                    yield Place(school, login, role, address)
            return
        # The first page differs for each person.
        known.discard("/")
        waiting = list(FIXED)
        lists: set[str] = set()
        # Addresses that everybody has need no walk.
        walks = not self._wish.only or any(each not in FIXED for each in self._wish.only)
        async with self._window(self._wish.languages[0]) as page:
            while waiting:
                address = waiting.pop(0)
                kind = kind_of_address(address)
                if kind in known:
                    continue
                if not walks and address not in self._wish.only:
                    continue
                known.add(kind)
                answer = await page.goto(self._address + address, wait_until="domcontentloaded")
                if answer is None or answer.status == 404:
                    known.discard(kind)
                    continue
                links, menu = [await page.evaluate(_LINKS, within) for within in ("main", "nav")]
                if not lists:
                    waiting += pages_of_menu(menu) if walks else ()
                    lists = {urlsplit(each).path for each in pages_of_menu(menu)}
                waiting += addresses_from(address, links, lists) if walks else ()
                if self._wanted(address):
                    yield Place(school, login, role, address)

    def _wanted(self, address: str) -> bool:
        return not self._wish.only or any(
            address == each if each == "/" else each in address for each in self._wish.only
        )

    async def pictures(self, places: Sequence[Place]) -> AsyncIterator[Picture]:
        """Take the pictures of pages."""
        for language in self._wish.languages if places else ():
            async with self._window(language) as page:
                noted: list[str] = []
                _listen(page, noted)
                for place in places:
                    noted.clear()
                    for width in self._wish.widths:
                        # A page may open on a phone otherwise than it does when a window becomes narrow.
                        await page.set_viewport_size({"width": width, "height": 900})
                        await page.goto(self._address + place.address, wait_until="networkidle")
                        texts = frozenset(await page.evaluate(_TEXTS))
                        for scheme in self._wish.schemes:
                            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                            dark = "-dark" if scheme == "dark" else ""
                            file = f"{place.name}-{language}-{width}{dark}.png"
                            picture = Picture(place, language, width, scheme, file, await page.title(), texts=texts)
                            await self._take(page, picture)
                            picture.faults += noted
                            noted.clear()
                            yield picture

    async def _take(self, page: Page, picture: Picture) -> None:
        wide = await page.evaluate("document.documentElement.scrollWidth")
        high = await page.evaluate("document.documentElement.scrollHeight")
        if wide > picture.width:
            picture.faults.append(f"the page is {wide} pixels wide")
        if self._wish.checked:
            picture.faults += await violations_on(page)
        await page.screenshot(
            path=self._folder / picture.file,
            full_page=True,
            clip={"x": 0, "y": 0, "width": picture.width, "height": min(high, _HIGHEST)},
        )


def _listen(page: Page, noted: list[str]) -> None:
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.on("console", lambda said: noted.append(said.text) if said.type in ("error", "warning") else None)

    def answered(response: Any) -> None:
        if response.status >= 500:
            noted.append(f"{response.status} {response.url}")

    page.on("response", answered)
