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

from .test_grid_input import PASTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.async_api import Browser

    from homeroom.settings import Settings

_PLUGIN = "docs/plugins-pages.md"
#: A class of 34 with 20 columns, which is saved by one request for all that was entered.
_SHEET = """
PAGES += tuple(
    Page(f"canteen.{name}", title="Sheet", path=name, template=HERE / "sheet.html", modules=(HERE / "sheet.js",),
         operations={"meals": HERE / "portions.graphql"})
    for name in ("sheet", "read")
)
"""
_TABLE = """{% extends "console/page.html" %}
{% import "console/grid.html" as grid with context %}
{% block title %}{{ page_title }}{% endblock %}
{% block head %}<script type="module" src="{{ asset('grid.js') }}"></script>
{% for each in modules %}<script type="module" src="{{ each }}"></script>{% endfor %}{% endblock %}
{% block content %}<h1>{{ page_title }}</h1>
{% call grid.element("sheet", page.name, page_title, {"reader": t("You may read this.")}) %}
<table role="grid" aria-label="{{ page_title }}" aria-multiselectable="true"><thead><tr>
<th scope="col" data-name>{{ t("Meal") }}</th>
{% set locked = ' data-locked="reader"'|safe if page.name == "canteen.read" %}
{% for column in range(20) %}<th scope="col" data-col="{{ column }}"{{ locked }}>{{ column }}</th>{% endfor %}
</tr></thead><tbody>
{% for row in range(34) %}
<tr data-row="{{ row }}"><th scope="row">{{ row }}</th>{% for column in range(20) %}<td></td>{% endfor %}</tr>
{% endfor %}
</tbody></table>
{% endcall %}{% endblock %}
"""
_SAVING = """
const grid = document.querySelector("hr-grid#sheet");
grid.save = async (changes) => {
  await grid.run("meals", {});
  return changes.map(({ row, column, value, version }) => ({ row, column, value, version: (version ?? 0) + 1 }));
};
"""
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
        (pages / "sheet.html").write_text(_TABLE)
        (pages / "sheet.js").write_text(_SAVING)
        with (pages / "__init__.py").open("a") as file:
            file.write(_SHEET + _BROKEN)
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

            # A whole class, 34 x 20: four keys a mark, none to save; what is pasted is one request.
            await seat.go("/pages/sheet")
            runs: list[str] = []
            page.on("request", lambda each: runs.append(each.url) if "/run/canteen.sheet/" in each.url else None)
            await page.evaluate(
                "() => { let keys = 0; addEventListener('keydown', () => { window.keys = keys += 1; }, true); }"
            )
            await page.locator("tbody td").first.click()
            marks = [f"{row % 10},5" for row in range(34)]
            for mark in marks:
                await page.keyboard.type(mark)
                await page.keyboard.press("Enter")
            await expect(page.locator("[data-saved]")).to_have_text("All changes are saved.")
            assert 4 * 34 == await page.evaluate("window.keys")
            first = "rows => rows.map(row => row.cells[1].textContent)"
            assert [each.replace(",", ".") for each in marks] == await page.eval_on_selector_all("tbody tr", first)
            runs.clear()
            await page.locator("tbody td").first.click()
            await page.evaluate(PASTE, "".join("\t".join(["9,25"] * 20) + "\r\n" for _ in range(34)))
            await expect(page.locator("[data-said]")).to_have_text("Cells filled: 680")
            await expect(page.locator("[data-saved]")).to_have_text("All changes are saved.")
            await expect(page.locator("[data-state]:is(td)")).to_have_count(0)
            texts = "cells => cells.filter(cell => cell.textContent === '9.25').length"
            assert 680 == await page.eval_on_selector_all("tbody td", texts)
            assert 1 == len(runs)
            # Nobody has changed anything in a table that one may only read.
            await seat.go("/pages/read")
            await expect(page.locator("[data-saved]")).to_have_text("You can read this table, and write nothing in it.")
            await page.locator("tbody td").first.click()
            await page.keyboard.type("7")
            await page.keyboard.press("Control+s")
            await expect(page.locator("[data-saved]")).to_have_text("You can read this table, and write nothing in it.")

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
