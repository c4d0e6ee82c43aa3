"""From a list to a form and back: what goes wrong is mended where it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from .conftest import School, Sit


async def test_a_form_with_an_error_is_mended_by_keyboard(school: School, sit: Sit) -> None:
    seat = await sit(school, "registrar")
    page, keyboard = seat.page, seat.page.keyboard
    await seat.go("/nouns/students")
    await page.get_by_role("link", name="Create student", exact=True).focus()
    await keyboard.press("Enter")
    await page.wait_for_url("**/do/school.student.create*")
    await page.focus("#f-name-givenName")
    await keyboard.type("Quỳnh")
    await page.fill("#f-birthDate", "2150-01-01")
    await page.focus("#f-birthDate")
    await keyboard.press("Enter")
    # What is wrong has the focus; its link leads to the control, which keeps what was typed.
    await page.wait_for_selector("[data-focus]:focus")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    born = page.locator("#f-birthDate:focus")
    await born.wait_for()
    await expect(born).to_have_value("2150-01-01")
    assert "true" == await born.get_attribute("aria-invalid")
    assert "f-birthDate-error" in (await born.get_attribute("aria-describedby") or "").split()
    assert await page.inner_text("#f-birthDate-error")
    assert [] == await seat.violations()
    await born.fill("2014-01-01")
    await keyboard.press("Enter")
    await page.wait_for_url("**/nouns/students/Student_*")
    assert "Quỳnh" in await page.inner_text("h1")
    assert "Create student" in await page.inner_text("#notice")
    # The list has the row, and leads back to it.
    await page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Students").click()
    await page.get_by_role("link", name="Quỳnh").click()
    await page.wait_for_url("**/nouns/students/Student_*")
