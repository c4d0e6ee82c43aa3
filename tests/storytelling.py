"""Somebody of a story in a browser: presses what it says there in the own language, and is counted and pictured."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image
from playwright.async_api import expect

from homeroom.languages import ENGLISH, read_catalogue

if TYPE_CHECKING:
    from playwright.async_api import Locator

    from chromium import Seat

__all__ = ["PICTURES", "Person", "Words"]

_ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = _ROOT / "docs" / "pictures"
#: With this variable set, the story writes the pictures of the manual again.
_WRITES: Final = "HOMEROOM_TEST_PICTURES"
#: At most so many bytes has a picture of the manual.
_LARGEST: Final = 60_000
_PRESSED: Final = "a:visible, button:visible, summary:visible, label:visible"


class Words:
    """The texts of all catalogues in one language.

    Args:
        language: Its tag.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._found: dict[str, set[str]] = {}
        if language == ENGLISH:
            return
        for folder in ("platform", "tenants", "policies", "graphql", "plugins"):
            for path in (_ROOT / folder).glob(f"*/locale/{language}.po"):
                for text, translated in read_catalogue(path).items():
                    self._found.setdefault(text.rpartition("\x04")[2], set()).add(translated)

    def of(self, text: str) -> Collection[str]:
        """What an English text may be called.

        Raises:
            AssertionError: It has no translation.
        """
        if self._language == ENGLISH:
            return {text}
        assert text in self._found, f"“{text}” has no translation into {self._language}"
        return self._found[text]


@dataclass
class Person:
    """Somebody at a browser.

    Args:
        seat: The browser.
        words: What pages say in its language.
        foreign: Texts and ids of another school, which must appear nowhere.
        used: The English names of all that was pressed or filled in.
        clicks: How often something was clicked, or pressed by Enter.
        keys: How many other keys were pressed.
        pictured: The names of pictures that were made.
        wrong: What was found on pages.
    """

    seat: Seat
    words: Words
    foreign: Collection[str]
    used: set[str] = field(default_factory=set)
    clicks: int = 0
    keys: int = 0
    pictured: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def named(self, name: str, within: str = "body") -> Locator:
        """What can be pressed under an English name."""
        self.used.add(name)
        said = "|".join(re.escape(each) for each in self.words.of(name))
        pattern = re.compile(rf"^\s*(?:{said})\s*$")
        return self.seat.page.locator(within).locator(_PRESSED).filter(has_text=pattern).first

    async def press(self, name: str, *, within: str = "body", by_key: bool = False) -> None:
        """Press a link, a button or a check box; by the mouse, or by Enter once it has the focus."""
        found = self.named(name, within)
        self.clicks += 1
        if by_key:
            await found.focus()
            await self.seat.page.keyboard.press("Enter")
        else:
            await found.click()

    async def open(self, text: str) -> None:
        """Follow the link of a row of the school."""
        self.clicks += 1
        await self.seat.page.locator("main").get_by_role("link", name=text).first.click()

    async def type(self, name: str, text: str) -> None:
        """Fill in what is called by an English name."""
        self.used.add(name)
        self.keys += len(text)
        await self._control(name).fill(text)

    async def choose(self, name: str, text: str, whole: str) -> None:
        """Type a part of the name of a row, and choose the row from the list that opens."""
        self.used.add(name)
        self.keys += len(text)
        self.clicks += 1
        control = self._control(name)
        await control.click()
        await control.press_sequentially(text)
        await self.seat.page.locator("[role=option]:visible").filter(has_text=whole).first.click()

    def _control(self, name: str) -> Locator:
        said = "|".join(re.escape(each) for each in self.words.of(name))
        return self.seat.page.get_by_label(re.compile(rf"^\s*(?:{said})\b")).first

    async def sees(self, *texts: str, within: str = "main") -> None:
        """Wait until texts are shown: English ones of pages in the own language, names of the school as they are."""
        for text in texts:
            said = "|".join(re.escape(each) for each in self._said(text))
            await expect(self.seat.page.locator(within)).to_contain_text(re.compile(said))

    def _said(self, text: str) -> Collection[str]:
        try:
            return self.words.of(text)
        except AssertionError:
            return {text}

    async def looks(self) -> None:
        """Keep what of the page is not accessible, or of another school."""
        page = self.seat.page
        await page.wait_for_load_state("networkidle")
        # A button is pale while its request runs.
        await page.wait_for_selector(".htmx-request, .htmx-swapping, .htmx-settling", state="detached")
        source = await page.content()
        found = [*await self.seat.violations(), *(f"speaks of {each}" for each in self.foreign if each in source)]
        self.wrong += [f"{self.seat.path}: {each}" for each in found]

    async def picture(self, name: str, height: int = 640) -> None:
        """A picture of the page for the manual; it is kept if somebody asked for pictures."""
        self.pictured.append(name)
        if not os.environ.get(_WRITES):
            return
        page = self.seat.page
        assert page.viewport_size is not None
        await page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
        await page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        taken = Image.open(io.BytesIO(await page.screenshot()))
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}.png"
        taken.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
        assert path.stat().st_size <= _LARGEST, path
        await page.set_viewport_size({"width": page.viewport_size["width"], "height": 900})
