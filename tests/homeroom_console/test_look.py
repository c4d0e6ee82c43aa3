"""How pages look: what can be read in every colour, and what is around each page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from homeroom.testing import People
from homeroom_console.assets import ASSETS
from homeroom_console.brands import Accent

_BASE = (ASSETS / "base.css").read_text("utf-8")


def _colours(name: str) -> list[tuple[str, str]]:
    return re.findall(rf"--{name}: light-dark\(#(\w+), #(\w+)\)", _BASE)


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    signs = colour if len(colour) == 6 else "".join(2 * each for each in colour)
    parts = [int(signs[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_texts_can_be_read_in_every_colour_of_a_school_in_light_and_in_dark() -> None:
    accents = _colours("accent")
    assert len(Accent) == len(accents)
    assert {each for each in Accent if each != "teal"} == set(re.findall(r"\[data-accent=(\w+)\]", _BASE))
    (on,), (card,), (ground,), (quiet,) = (_colours(each) for each in ("on-accent", "card", "ground", "quiet"))
    for scheme in (0, 1):
        for accent in accents:
            for behind in (card, ground, on):
                assert _contrast(accent[scheme], behind[scheme]) >= 4.5, (accent, behind)
        assert _contrast(quiet[scheme], ground[scheme]) >= 4.5


async def test_the_colours_that_somebody_chose_are_those_of_the_first_paint(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    assert "<html" in (await registrar.http.get("/")).text
    assert "data-scheme" not in (await registrar.http.get("/")).text.partition("<head>")[0]
    registrar.http.cookies.set("homeroom-scheme", "dark")
    answer = await registrar.http.get("/console/style")
    registrar.http.cookies.delete("homeroom-scheme")
    assert 'data-scheme="dark"' in answer.text.partition("<head>")[0]
    assert "Elements" in answer.text


@pytest.mark.parametrize("role", ["registrar", "student"])
async def test_the_top_of_a_page_counts_what_waits(role: str, vietnamese: Any, as_role: People) -> None:
    reader = await as_role.as_role(vietnamese.space, role)
    page = await reader.http.get("/", headers={"Accept-Language": "en"})
    assert "Unread notices: 0" in page.text
    part = await reader.http.get("/bells?at=/inbox", headers={"Accept-Language": "en"})
    assert part.text.startswith('<div id="bells"')
    assert 'href="/inbox" title="Unread notices: 0" aria-current="page"' in part.text


async def test_charts_are_drawn_by_the_server_beside_the_table_of_their_figures(
    vietnamese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    page = (await registrar.http.get("/console/style", headers={"Accept-Language": "vi"})).text
    bars, stacked, line = (page.partition(f'id="e-{each}"')[2].partition("</section>")[0] for each in _CHARTS)
    assert [*re.findall(r'class="bar" width="([\d.]+)"', bars)] == ["100.0", "35.3"]
    assert [*re.findall(r'<td class="number">(.*?)</td>', bars)] == ["34", "12 / 34", "0", "–"]
    assert '<a href="#e-bars">6A</a>' in bars
    # The longest bar is that of the row with the largest sum, and each part begins where the one before it ends.
    assert [*re.findall(r'class="(part-\d)" x="([\d.]+)" width="([\d.]+)"', stacked)] == [
        ("part-1", "0", "75.0"),
        ("part-2", "75.0", "3.33"),
        ("part-3", "78.33", "5.0"),
        ("part-1", "0", "100.0"),
    ]
    # A value that is missing interrupts the line, and the alternative to the picture is its table.
    (path,) = re.findall(r'class="stroke" d="([^"]*)"', line)
    assert re.sub(r"[\d. ]+", "-", path) == "M-L-L-M-"
    assert re.findall(r'<td class="number">(.*?)</td>', line) == ["6,5", "7,25", "7", "–", "8,5"]
    assert 'role="img" aria-label="Average of a class"' in line
    assert "Số liệu dạng bảng" in line
    assert "style=" not in page


_CHARTS = ("bars", "stacked", "line")
