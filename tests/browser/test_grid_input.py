"""A block from a spreadsheet, locked cells, input methods, and what cannot be undone any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from .test_marks import _FREE, at_a_book

if TYPE_CHECKING:
    from playwright.async_api import Page

    from homeroom.testing import People

    from .conftest import School, Sit

PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
}"""
#: The texts of all rows, and which cells of the first one can be written.
_TEXTS = "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"


async def _saved(page: Page) -> None:
    await expect(page.locator("[data-state=saving]")).to_have_count(0)


async def _texts(page: Page) -> list[list[str]]:
    found: list[list[str]] = await page.eval_on_selector_all("tbody tr", _TEXTS)
    return found


async def test_a_block_of_a_spreadsheet_is_one_request_and_names_what_is_wrong(school: School, sit: Sit) -> None:
    seat = await sit(school, "teacher")
    await at_a_book(seat)
    page, keyboard = seat.page, seat.page.keyboard
    posts: list[str] = []
    page.on("request", lambda each: posts.append(each.url) if each.url.endswith("/save") else None)
    before = await _texts(page)
    columns: list[int] = await page.evaluate(
        "() => [...document.querySelector('tbody tr').querySelectorAll('td')]"
        ".flatMap((cell, place) => cell.hasAttribute('aria-readonly') ? [] : [place])"
    )
    results: list[int] = await page.eval_on_selector_all(
        "tbody tr:first-child td", "cells => cells.flatMap((cell, place) => cell.dataset.result ? [place] : [])"
    )
    written = len(before[0]) - len(results)
    # Excel's text: decimal commas, an empty cell, CRLF, a line end at the end; no mark in one; two rows too many.
    rows = [[f"{(row + place) % 9},5" for place in range(written)] for row in range(len(before) + 2)]
    rows[1][0], rows[2][0] = "nine", ""
    await page.locator(_FREE).first.click()
    await page.evaluate(PASTE, "".join("\t".join(row) + "\r\n" for row in rows))
    await expect(page.locator("[data-said]")).to_contain_text(f"outside of the table: {2 * written}")
    await _saved(page)
    assert 1 == len(posts)
    after = await _texts(page)
    # Averages are stepped over; what is locked stays, and is named.
    for row, texts in enumerate(after):
        free = [place for place in range(len(texts)) if place not in results]
        for sent, place in enumerate(free):
            if place in columns:
                expected = "nine" if (row, sent) == (1, 0) else rows[row][sent].replace(",", ".")
                assert expected == texts[place], (row, place)
            else:
                assert before[row][place] == texts[place]
    name = await page.locator("tbody th").nth(1).inner_text()
    problem = page.locator("[data-problems] li")
    await expect(problem).to_have_count(1)
    assert name.split(maxsplit=1)[1] in await problem.inner_text()
    if len(columns) < written:
        assert "No entry round is open" in await page.inner_text("[data-refused]")
    await expect(page.locator("[data-said]")).to_contain_text("attention: 1")
    assert [] == await seat.violations()

    # One key undoes it; it does not undo what was there before the page was opened.
    await page.locator("tbody td").first.focus()
    await keyboard.press("Control+z")
    await _saved(page)
    assert 2 == len(posts)
    assert [row[: columns[-1] + 1] for row in before] == [row[: columns[-1] + 1] for row in await _texts(page)]
    await expect(problem).to_have_count(0)
    await keyboard.press("Control+z")
    await expect(page.locator("[data-said]")).to_have_text("There is nothing to undo since this page was opened.")

    # A text that is no mark for anybody keeps nobody else's from being saved.
    await page.locator(_FREE).first.click()
    await page.evaluate(PASTE, f"{'9' * 5000}\r\n8\r\n")
    await _saved(page)
    await expect(problem).to_contain_text("too long")
    await expect(page.locator("tbody tr").nth(1).locator("td").first).to_have_text("8")
    await keyboard.press("Control+z")
    await _saved(page)


async def test_input_methods_compose_in_a_cell(school: School, sit: Sit) -> None:
    seat = await sit(school, "teacher")
    await at_a_book(seat)
    page = seat.page
    session = await seat.context.new_cdp_session(page)
    cell = page.locator(_FREE).first
    before = await cell.inner_text()
    await cell.click()
    # The first key belongs to the method, and so does Enter, which ends the composition and not the cell.
    process = {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229}
    await session.send("Input.dispatchKeyEvent", process)
    await expect(cell.locator("input")).to_be_focused()
    await session.send("Input.imeSetComposition", {"text": "６。", "selectionStart": 2, "selectionEnd": 2})
    await session.send("Input.dispatchKeyEvent", {**process, "key": "Enter"})
    await expect(cell.locator("input")).to_be_focused()
    await session.send("Input.insertText", {"text": "６。５"})
    await page.keyboard.press("Enter")
    await expect(cell).to_have_text("6.5")
    await _saved(page)
    await page.keyboard.press("Control+z")
    await _saved(page)
    await expect(cell).to_have_text(before)


async def test_a_round_that_closes_meanwhile_says_so_at_the_cell(
    school: School, other_school: School, sit: Sit, as_role: People
) -> None:
    admin = await as_role.as_role(school.space, "admin", person=school.people["admin"])
    found = await admin.gql(
        "{ entryRounds { nodes { term { id } } } terms(first: 9) { nodes { id schoolYear { id } } } }"
    )
    opened = {one["term"]["id"] for one in found["entryRounds"]["nodes"]}
    (year,) = {one["schoolYear"]["id"] for one in found["terms"]["nodes"] if one["id"] in opened}
    term = next(
        one["id"] for one in found["terms"]["nodes"] if one["id"] not in opened and one["schoolYear"]["id"] == year
    )
    seat = await sit(school, "teacher")
    await seat.go("/")
    await seat.page.wait_for_selector("html[data-live-state]")
    todo = seat.page.locator("#bells a[href='/inbox/todo']")
    before = await todo.get_attribute("title") or ""
    answer = await admin.gql(
        'mutation ($term: ID!) { openEntryRound(input: {title: "Short", term: $term})'
        " { entryRound { id } errors { message } } }",
        term=term,
    )
    entry_round = answer["openEntryRound"]["entryRound"]["id"]
    # Teachers are asked to enter marks: an open page counts that sooner than it would ask by itself.
    await expect(todo).not_to_have_attribute("title", before, timeout=40_000)
    await at_a_book(seat)
    await seat.page.locator("tbody tr").first.locator("td:not([aria-readonly])").last.click()
    await seat.context.set_offline(True)
    await seat.page.keyboard.type("5")
    await seat.page.keyboard.press("Enter")
    await expect(seat.page.locator("hr-grid")).to_have_attribute("data-state", "offline")
    await admin.gql(
        "mutation ($round: ID!) { closeEntryRound(input: {entryRound: $round}) { errors { message } } }",
        round=entry_round,
    )
    await seat.context.set_offline(False)
    await expect(seat.page.locator("[data-problems] li")).to_contain_text("No entry round is open for this.")
    # What was typed is still there, and leaving the page asks.
    assert await seat.page.evaluate("() => !dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    await expect(seat.page.locator("td[data-state=error]")).to_have_text("5")
    seat.faults.clear()  # the requests without a connection
    # In another school there is no such book.
    elsewhere = await sit(other_school, "teacher")
    await elsewhere.go(seat.path, status=404)
