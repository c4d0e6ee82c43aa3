"""The plugin of somebody else in a browser: its list, form, page and grid work, and what it breaks breaks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from chromium import seated
from homeroom.app import create_app
from homeroom.testing.people import People
from homeroom.testing.serving import served
from written_plugin import open_host, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.async_api import Browser

    from homeroom.settings import Settings

_PLUGIN = "docs/plugins-pages.md"
#: What the plugin brings in its next version, of which nothing works.
_BROKEN = """
PAGES += (
    Page("canteen.torn", title="Torn", path="torn", template=HERE / "torn.html"),
    Page("canteen.asks", title="Asks", path="asks", query="{ nothing }", template=HERE / "week.html"),
    Page("canteen.unread", title="Unread", path="unread", query="{ canteenMeals {", template=HERE / "week.html"),
)
from homeroom.pages import Widget

WIDGETS += (Widget("canteen.torn", title="Torn", query="{ viewer { login } }", template=HERE / "torn.html"),)
"""


@pytest.fixture
def canteen(tmp_path: Path) -> Iterator[Path]:
    """The plugin of the manual, as if it were installed, with a widget and pages that are broken."""
    with written(_PLUGIN, tmp_path) as folder:
        pages = folder / "homeroom_canteen/pages"
        (pages / "torn.html").write_text("{{ data.nothing.at_all }}")
        with (pages / "__init__.py").open("a") as file:
            file.write(_BROKEN)
        yield folder


async def test_the_plugin_of_somebody_else_works_and_breaks_alone(
    chromium: Browser, canteen: Path, database_settings: Settings
) -> None:
    async with open_host(database_settings) as host, served(app := create_app(host)) as port:
        space = await host.directory.create_space(
            slug="refectory", name="Refectory", region="vn", plugins=("school", "canteen")
        )
        people = People(host, app)
        cook = await people.as_role(space, "registrar")
        async with seated(chromium, cook, f"http://{space.slug}.localhost:{port}") as seat:
            page = seat.page

            # A noun: from its list to its form and to the new row.
            await seat.go("/nouns/canteenMeals")
            assert [] == await seat.violations()
            await page.get_by_role("link", name="Create canteen meal", exact=True).first.click()
            await page.wait_for_url("**/do/canteen.meal.create*")
            assert [] == await seat.violations()
            await page.fill("#f-title", "Rice with tofu")
            today = host.clock().astimezone(space.time_zone).date().isoformat()
            await page.fill("#f-servedOn", today)
            await page.fill("#f-portions", "7")
            await page.get_by_role("button", name="Create canteen meal").click()
            await page.wait_for_url("**/nouns/canteenMeals/CanteenMeal_*")
            assert [] == await seat.violations()

            # A page of its own: a script writes, and the socket shows what somebody else has changed.
            await seat.go(f"/pages/canteen?since={today}")
            assert [] == await seat.violations()
            await page.wait_for_selector("html[data-live-state]")
            await page.get_by_role("button", name="One more: Rice with tofu").click()
            await expect(page.locator("output")).to_have_text("8")
            (meal,) = (await cook.gql("{ canteenMeals { nodes { id version } } }"))["canteenMeals"]["nodes"]
            change = "mutation($id: ID!) { changeCanteenMeal(input: {canteenMeal: $id, portions: 20})"
            await cook.gql(change + " { errors { code } } }", id=meal["id"])
            await expect(page.locator("output")).to_have_text("20")

            # A grid of its own.
            await seat.go("/pages/canteen/portions")
            assert [] == await seat.violations()
            await page.locator("tbody td").click()
            await page.keyboard.type("31")
            await page.keyboard.press("Enter")
            await expect(page.locator("[data-saved]")).to_have_text("All changes are saved.")
            await page.reload()
            await expect(page.locator("tbody td")).to_have_text("31")

            # A widget on the first page; when it fails, it says so in its place, and the others are there.
            await seat.go("/")
            await expect(page.get_by_role("heading", name="Meals of today")).to_be_visible()
            await expect(page.get_by_text("canteen.torn of the plugin canteen")).to_be_visible()
            assert [] == await seat.violations()

            # A page whose template or query is broken leaves the shell up, and names the plugin.
            for name in ("torn", "asks", "unread"):
                await seat.go(f"/pages/{name}", status=500)
                await expect(page.get_by_text(f"canteen.{name} of the plugin canteen")).to_be_visible()
                await page.get_by_role("link", name="Home", exact=True).click()
                await expect(page.get_by_role("heading", name="Meals of today")).to_be_visible()
            assert [f"GET {seat.address}/pages/{name}: 500" for name in ("torn", "asks", "unread")] == seat.faults
            seat.faults.clear()
        await people.close()
