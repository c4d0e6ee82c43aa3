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
