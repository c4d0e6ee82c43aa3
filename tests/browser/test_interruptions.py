"""What people type survives lost connections and ended sessions, and is saved in nobody else's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from .line import lines
from .test_marks import _FREE, at_a_book, column

if TYPE_CHECKING:
    from homeroom.testing import Client, People

    from .conftest import School, Sit


async def test_marks_survive_a_killed_connection_and_a_lost_answer(school: School, sit: Sit, port: int) -> None:
    async with lines(port) as line:
        one, two = await sit(school, "teacher", at=line.port), await sit(school, "teacher")
        for seat in (one, two):
            await at_a_book(seat)
        page, keyboard = one.page, one.page.keyboard
        keys: list[str] = []
        page.on("request", lambda each: keys.append(each.post_data_json["key"]) if each.url.endswith("/save") else None)
        cells = page.locator(_FREE)
        await cells.first.click()

        # The server writes, and the answer is lost: it is asked again with the same key, and writes once.
        line.loses = b"/save"
        await keyboard.type("2,5")
        await keyboard.press("Enter")
        await expect(page.locator("[data-saved]")).to_have_text("All changes are saved.")
        await expect(page.locator("[data-state=saving]")).to_have_count(0)
        assert 2 == len(keys)
        assert 1 == len(set(keys))
        await expect(page.locator("[data-state]:is(td)")).to_have_count(0)

        # The server is killed while somebody types; others write meanwhile.
        await line.cut()
        await expect(page.locator("html")).not_to_have_attribute("data-live-state", "on")
        await keyboard.type("3.5")
        await keyboard.press("Enter")
        await expect(page.locator("hr-grid")).to_have_attribute("data-state", "offline")
        await expect(page.locator("[data-saved]")).to_contain_text("cannot be reached")
        await two.page.locator(_FREE).first.click()
        for _ in range(3):
            await two.page.keyboard.press("ArrowDown")
        await two.page.keyboard.type("7")
        await two.page.keyboard.press("Enter")
        await expect(two.page.locator("[data-saved]")).to_have_text("All changes are saved.")
        await keyboard.type("4.5")
        await keyboard.press("Enter")
        await line.mend()
        await expect(page.locator("[data-saved]")).to_have_text("All changes are saved.")
        await page.wait_for_selector("html[data-live-state]")
        await expect(page.locator("tbody tr").nth(3).locator("td").first).to_have_text("7")
        assert ["2.5", "3.5", "4.5", "7"] == await column(one, 4)
        await page.reload()
        assert ["2.5", "3.5", "4.5", "7"] == await column(one, 4)
        # Its page would report that its socket fails once the line is gone.
        await one.page.close()
        one.faults.clear()


async def test_a_filled_form_is_not_saved_in_the_name_of_another(school: School, sit: Sit, as_role: People) -> None:
    registrar = await as_role.as_role(school.space, "registrar", person=school.people["registrar"])
    principal = await as_role.as_role(school.space, "principal", person=school.people["principal"])
    seat = await sit(school)
    page = seat.page

    async def sign_in(client: Client) -> None:
        await page.fill("#login", client.login)
        await page.fill("#password", client.password)
        await page.keyboard.press("Enter")

    await seat.go("/sign-in?next=/do/school.student.create")
    await sign_in(registrar)
    await page.wait_for_url("**/do/school.student.create")
    await page.fill("#f-name-givenName", "Hạnh")
    await page.fill("#f-birthDate", "2014-01-01")

    # Somebody signs out beside it, and another person signs in.
    form, page = page, await seat.context.new_page()
    await page.goto(f"{seat.address}/nouns/students")
    await page.click(".account summary")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in")
    dialog = form.locator("#ask-sign-in[open]")
    await expect(dialog).to_contain_text("Your session has ended")
    await dialog.get_by_role("button", name="Cancel").click()
    await sign_in(principal)
    await page.wait_for_url(f"{seat.address}/")
    await expect(dialog).to_contain_text("Somebody else has signed in")
    await dialog.get_by_role("button", name="Cancel").click()
    await form.get_by_role("button", name="Create student").click()
    await expect(dialog).to_contain_text("Somebody else has signed in")
    await page.goto(f"{seat.address}/nouns/students?q=Hạnh")
    await expect(page.locator("main")).not_to_contain_text("Hạnh")

    # The first person signs in over the form, and saves it; the other's page does not stay.
    await dialog.locator("[name=password]").fill(registrar.password)
    await form.keyboard.press("Enter")
    await form.wait_for_url("**/nouns/students/Student_*")
    await expect(form.locator("h1")).to_contain_text("Hạnh")
    await expect(page.locator("body")).to_have_attribute(
        "data-account", await form.get_attribute("body", "data-account") or ""
    )

    # After a sign-out the way back shows nothing.
    await form.click(".account summary")
    await form.get_by_role("button", name="Sign out").click()
    await form.wait_for_url("**/sign-in")
    await form.go_back()
    await form.wait_for_url(re.compile("/sign-in.next="))
    assert "Hạnh" not in await form.content()
    await page.wait_for_url(re.compile("/sign-in.next="))
    seat.faults.clear()
