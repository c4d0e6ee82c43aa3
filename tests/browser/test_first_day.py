"""The first day of a school, as docs/schools.md tells it: six people, four languages, one server, two schools."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest_asyncio
from manual.blocks import ROOT
from manual.play import Play, bundle_of
from playwright.async_api import expect

from chromium import seated
from filled_schools import peopled
from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.plugins import PluginRegistry
from homeroom.testing.databases import database_beside
from homeroom.testing.serving import served_apart
from storytelling import PICTURES, Person, Words

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from homeroom.settings import Settings

_PAGE: Final = "docs/schools.md"
_ROSTER: Final = "docs/examples/roster"
#: The pictures of the manual that the story makes.
_PICTURES: Final = {
    "import-faults", "import-report", "member", "book", "class", "phone", "district",
}  # fmt: skip
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
_PICTURE: Final = re.compile(r"!\[[^\]]+\]\([^)]*pictures/([\w-]+)\.png\)")
_CELL: Final = "tbody td:not([aria-readonly])"
_PASTE: Final = """
(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
}
"""

Enter = Callable[..., Awaitable[Person]]


@pytest_asyncio.fixture
async def enter(chromium: Browser, database_settings: Settings, tmp_path: Path) -> AsyncIterator[Enter]:
    """Makes the school as its operator does, and signs people in: ``await enter("son", "zh-Hant")``."""
    async with contextlib.AsyncExitStack() as stack:
        # Another page of the manual makes a school and accounts of the same names.
        settings = stack.enter_context(database_beside(database_settings, f"homeroom_story_{os.getpid()}"))
        registry = PluginRegistry.discover()
        await migrate_database(settings, registry)
        host = build_host(settings, registry)
        await host.open()
        stack.push_async_callback(host.close)
        space = await host.directory.create_space(slug="harbour", name="Harbour school", region="hk")
        filled = (await peopled(host, space, grades=(1, 2), size=4, staff=6, marks=True)).filled
        foreign = [space.name, space.slug, *map(str, (*filled.staff, filled.student, filled.guardian))]
        play = Play(host, create_app(host), settings, tmp_path)
        stack.push_async_callback(play.close)
        await play.page(_PAGE)
        port = await stack.enter_async_context(served_apart(settings, log_level="warning"))

        async def take(login: str, language: str, *, space: str = "hoa-sen", width: int = 1280) -> Person:
            address = f"http://{space}.localhost:{port}"
            seat = await stack.enter_async_context(seated(chromium, None, address, language=language, width=width))
            person = Person(seat, Words(language), foreign)
            await seat.go("/")
            # The first field has the focus, which browsers give soon after the page is loaded.
            await seat.page.wait_for_selector("#login:focus")
            keyboard = seat.page.keyboard
            await keyboard.type(login)
            await keyboard.press("Tab")
            await keyboard.type(play.kept["password"])
            await person.press("Sign in", by_key=True)
            await seat.page.wait_for_url(f"{address}/")
            await person.looks()
            person.clicks = person.keys = 0
            return person

        yield take


async def test_six_people_and_their_first_day(enter: Enter, tmp_path: Path) -> None:
    people = [
        await the_secretary(enter, tmp_path),
        await the_board_member(enter),
        await the_teacher(enter),
        await the_homeroom_teacher(enter),
        *await the_family(enter),
        await the_head_of_the_district(enter),
    ]
    assert [] == [wrong for each in people for wrong in each.wrong]
    # What the manual prints in bold was pressed or filled in, under that name.
    used = {name for each in people for name in each.used}
    assert set() == set(_BOLD.findall((ROOT / _PAGE).read_text(encoding="utf-8"))) - used
    assert _PICTURES == {name for each in people for name in each.pictured}


async def the_secretary(enter: Enter, folder: Path) -> Person:
    """Imports the roster, in Vietnamese; the first file has a fault in two lines."""
    secretary = await enter("secretary", "vi")
    page = secretary.seat.page
    await secretary.press("Imports", within="nav")
    await secretary.press("Import roster", within="main")
    for name, instead in (("faulty", (",S2,", ",S9,")), ("roster", ("", ""))):
        (folder / f"{name}.zip").write_bytes(bundle_of(_ROSTER, instead=instead))
        secretary.used.add("File")
        await secretary._control("File").set_input_files(folder / f"{name}.zip")
        await secretary.press("Check the file")
        if name == "faulty":
            await secretary.sees("enrollments.csv:4", "enrollments.csv:8", "“S9”")
            await secretary.looks()
            await secretary.picture("import-faults", 760)
            secretary.clicks = 3  # to the page, and the choice of a file
    await secretary.sees("The file is good. Nothing has been written yet.")
    await secretary.looks()
    await secretary.press("Import it now")
    await secretary.sees("The file was imported.")
    assert secretary.clicks <= 5
    await secretary.press("The report of this import")
    await secretary.sees("Undo this import")
    await expect(page.locator("main tbody tr").filter(has_text="3").first).to_be_visible()
    await secretary.looks()
    await secretary.picture("import-report", 760)
    await secretary.seat.go("/nouns/students")
    await secretary.sees("Bùi Minh Anh", "Cao Gia Bảo", "Đinh Thùy Chi")
    return secretary


async def the_board_member(enter: Enter) -> Person:
    """Gives roles, opens the books and the round, in English."""
    board = await enter("board", "en")
    page = board.seat.page
    for login, role, part, name in (
        ("son", "Teacher", "son", "Lý Văn Sơn"),
        ("ha", "Teacher", "ha", "Đỗ Thị Hà"),
        ("anh", "Student", "minh", "Bùi Minh Anh"),
        ("huong", "Guardian", "huong", "Trần Thị Hương"),
    ):
        board.clicks = 0
        await board.press("Members and their roles", within="nav")
        await board.press("Add member", within="main")
        await page.wait_for_url("**/do/tenants.member.add**")
        await board.type("Login", login)
        await board.press(role, within="form")
        await board.choose("Person", part, name)
        if login == "son":
            await board.looks()
            await board.picture("member", 760)
        await board.press("Add member", within="form", by_key=login == "ha")
        await page.wait_for_url("http://*/pages/members")
        await board.sees(name)
        assert board.clicks <= 5
    await board.looks()

    board.clicks = 0
    await board.press("Gradebooks", within="nav")
    await board.looks()
    await board.press("Open gradebooks", within="main")
    await page.wait_for_url("**/do/gradebook.book.open*")
    await board.choose("School class", "6", "6A")
    await board.looks()
    await board.press("Open gradebooks", within="form")
    await board.sees("Toán")
    assert board.clicks <= 4

    board.clicks = 0
    await board.press("Entry rounds", within="nav")
    await board.press("Open entry round", within="main")
    await page.wait_for_url("**/do/gradebook.round.open*")
    await board.type("Title", "Term 1")
    await board.choose("Term", "Học", "Học kì I")
    await board.looks()
    await board.press("Open entry round", within="form")
    await board.sees("Done: Open entry round", within="body")
    assert board.clicks <= 4
    await board.looks()
    return board


async def the_teacher(enter: Enter) -> Person:
    """Enters marks by keys and from the clipboard, in Traditional Chinese."""
    teacher = await enter("son", "zh-Hant")
    page, keyboard = teacher.seat.page, teacher.seat.page.keyboard
    await teacher.press("Gradebooks", within="nav")
    await teacher.looks()
    await teacher.open("Toán")
    await page.wait_for_selector("html[data-live-state]")
    assert teacher.clicks <= 2
    await page.locator(_CELL).first.click()
    for text in ("8.5", "11", "7"):
        await keyboard.type(text)
        await keyboard.press("Enter")
    wrong = page.locator("[aria-invalid=true]")
    await expect(wrong).to_have_count(1)
    await expect(page.locator("[data-state=saving]")).to_have_count(0)
    await teacher.looks()
    await teacher.picture("book", 600)
    await wrong.click()
    await keyboard.type("9")
    await keyboard.press("Enter")
    await teacher.sees("All changes are saved.")
    # The second column comes from a spreadsheet, which a browser without a window cannot copy from.
    for key in ("ArrowUp", "ArrowUp", "ArrowRight"):
        await keyboard.press(key)
    await page.evaluate(_PASTE, "6\r\n7,5\r\n10\r\n")
    await expect(page.locator(_CELL).filter(has_text="7.5")).to_have_count(1)
    await teacher.sees("All changes are saved.")
    await page.reload()
    rows = await page.eval_on_selector_all(
        "tbody tr", "rows => rows.map((row) => [row.cells[1].textContent, row.cells[2].textContent])"
    )
    assert [["8.5", "6"], ["9", "7.5"], ["7", "10"]] == rows
    return teacher


async def the_homeroom_teacher(enter: Enter) -> Person:
    """Reads the marks of the class, in Simplified Chinese, and can write none of them."""
    homeroom = await enter("ha", "zh-Hans")
    await homeroom.press("Gradebooks", within="nav")
    await homeroom.open("Toán")
    await homeroom.sees("Bùi Minh Anh", "8.5", "7.5")
    await expect(homeroom.seat.page.locator(_CELL)).to_have_count(0)
    await homeroom.looks()
    await homeroom.picture("class", 600)
    return homeroom


async def the_family(enter: Enter) -> list[Person]:
    """The pupil and the mother read the pupil's marks in Vietnamese, the mother on a telephone."""
    pupil = await enter("anh", "vi")
    await pupil.sees("Toán", "8,5")
    await pupil.seat.page.locator("main a[href*='/nouns/subjectResults/']").first.click()
    await pupil.sees("8,5")
    await pupil.looks()
    mother = await enter("huong", "vi", width=390)
    await mother.sees("Bùi Minh Anh", "Toán", "8,5")
    await mother.picture("phone", 780)
    for each in (pupil, mother):
        await each.seat.go("/nouns/students")
        await each.sees("Bùi Minh Anh")
        assert "Cao Gia Bảo" not in await each.seat.page.content()
    return [pupil, mother]


async def the_head_of_the_district(enter: Enter) -> Person:
    """Looks at the schools, in English."""
    head = await enter("ngoc", "en", space="riverside")
    await head.press("Schools of the district", within="nav")
    await head.sees("Trường Hoa Sen")
    await head.looks()
    await head.picture("district", 560)
    return head


def test_pictures_of_the_manual_are_those_of_the_story() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {name for page in pages for name in _PICTURE.findall(page.read_text(encoding="utf-8"))}
    assert _PICTURES == shown == {each.stem for each in PICTURES.iterdir()}
