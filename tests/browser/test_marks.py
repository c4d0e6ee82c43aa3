"""Entering marks in a real browser: by keys, by the clipboard, without a connection, beside somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from chromium import Seat
    from homeroom.testing import People

    from .conftest import School, Sit

_FREE = "tbody td:not([aria-readonly])"


async def at_a_book(seat: Seat) -> None:
    """Open a book of numbers in which the teacher may write."""
    await seat.go("/pages/gradebooks")
    links = await seat.page.eval_on_selector_all(
        "main .rows a", "found => found.map(each => each.getAttribute('href'))"
    )
    for link in links:
        await seat.go(link)
        if await seat.page.locator(_FREE).count() and not await seat.page.locator("th[data-choices]").count():
            await seat.page.wait_for_selector("html[data-live-state]")
            return
    raise AssertionError("the teacher has no such book")


async def column(seat: Seat, count: int) -> list[str]:
    """The first cells of the first column that can be written."""
    script = "(rows, n) => rows.slice(0, n).map((row) => row.cells[1].textContent)"
    found: list[str] = await seat.page.eval_on_selector_all("tbody tr", script, count)
    return found


async def test_marks_are_typed_pasted_undone_and_kept(school: School, sit: Sit, as_role: People) -> None:
    teacher = await as_role.as_role(school.space, "teacher", person=school.people["teacher"])
    seat = await sit(school, "teacher", language="en")
    await at_a_book(seat)
    page, keyboard = seat.page, seat.page.keyboard
    posts: list[str] = []
    page.on("request", lambda each: posts.append(each.url) if each.method == "POST" else None)
    saved = page.locator("[data-saved]")

    # By keys: three for the mark, one to go on, none to save.
    await page.locator(_FREE).first.click()
    for text in ("9,5", "8.5"):
        await keyboard.type(text)
        await keyboard.press("Enter")
    await expect(page.locator("[data-state=saving]")).to_have_count(0)
    assert ["9.5", "8.5"] == await column(seat, 2)
    await seat.page.reload()
    await page.wait_for_selector("html[data-live-state]")
    assert ["9.5", "8.5"] == await column(seat, 2)

    # By the clipboard: one request, and undone by one key.
    await page.locator(_FREE).first.click()
    posts.clear()
    paste = "(text) => { const data = new DataTransfer(); data.setData('text/plain', text);"
    paste += (
        " document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }"
    )
    await page.evaluate(paste, "1\t2\r\n3\t4\r\n")
    await expect(page.locator("[data-state=saving]")).to_have_count(0)
    assert ["1", "3"] == await column(seat, 2)
    assert 1 == len(posts)
    await keyboard.press("Control+z")
    await expect(page.locator("[data-state=saving]")).to_have_count(0)
    assert ["9.5", "8.5"] == await column(seat, 2)

    # Without a connection what was written waits; then it is saved, though the session has ended.
    await seat.context.set_offline(True)
    await keyboard.type("6")
    await keyboard.press("Enter")
    await expect(page.locator("hr-grid")).to_have_attribute("data-state", "offline")
    await seat.context.clear_cookies()
    await seat.context.set_offline(False)
    dialog = page.locator("#ask-sign-in[open]")
    await dialog.wait_for()
    await keyboard.press("Escape")
    await expect(page.locator("hr-grid")).to_have_attribute("data-state", "signed-out")
    await page.locator("[data-sign-in]").click()
    await dialog.wait_for()
    await keyboard.press("Escape")
    # Signing in elsewhere is enough, too.
    other = await seat.context.new_page()
    await other.goto(f"{seat.address}/sign-in")
    await other.fill("#login", teacher.login)
    await other.fill("#password", teacher.password)
    await other.keyboard.press("Enter")
    await expect(saved).to_have_text("All changes are saved.")
    assert ["6", "8.5"] == await column(seat, 2)
    assert [] == await seat.violations()

    # After the sign-in by the button of the grid the next key is that of the cell again.
    await other.close()
    await seat.context.clear_cookies()
    await page.locator(_FREE).first.click()
    await keyboard.type("7")
    await keyboard.press("Enter")
    await dialog.wait_for()
    await keyboard.press("Escape")
    await page.locator("[data-sign-in]").click()
    await dialog.locator("[name=password]").fill(teacher.password)
    await keyboard.press("Enter")
    await expect(saved).to_have_text("All changes are saved.")
    await expect(page.locator("td:focus")).to_have_count(1)
    await keyboard.press("ArrowUp")
    await expect(page.locator("td:focus")).to_have_text("7")
    seat.faults.clear()  # the requests without a connection and without a session


async def test_two_who_write_one_mark_choose(school: School, sit: Sit) -> None:
    one, two = await sit(school, "teacher", language="en"), await sit(school, "teacher", language="en")
    for seat in (one, two):
        await at_a_book(seat)
    await two.context.set_offline(True)
    for seat, text in ((one, "3"), (two, "4")):
        await seat.page.locator(_FREE).first.click()
        await seat.page.keyboard.type(text)
        await seat.page.keyboard.press("Enter")
    await expect(one.page.locator("[data-saved]")).to_have_text("All changes are saved.")
    await two.context.set_offline(False)
    await expect(two.page.locator("[data-state=conflict]")).to_have_count(1)
    await two.page.locator("[data-next-problem]").click()
    assert "3" == await two.page.inner_text("[data-theirs]")
    await two.page.locator("dialog[open] [value=mine]").click()
    await expect(two.page.locator("[data-saved]")).to_have_text("All changes are saved.")
    # The other one sees it without asking.
    await expect(one.page.locator(_FREE).first).to_have_text("4")
    two.faults.clear()
