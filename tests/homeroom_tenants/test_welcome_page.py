"""The pages of accounts: whole, in every language, and closed to everything but themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from litestar import Litestar

import homeroom_tenants
from homeroom.callers import Space
from homeroom.notices.kinds import LANGUAGES
from homeroom.testing import People

PAGES = Path(homeroom_tenants.__file__).parent / "pages"
#: The page's address; its script; what the script asks for.
SCRIPTS = {
    "/welcome": (
        "welcome.js",
        {
            *("/auth/reset", "/auth/address/confirm", "/auth/address/undo"),
            *("/auth/invitation/accept", "/auth/login", "/auth/language"),
        },
    ),
    "/oauth/authorize": ("authorize.js", {"/oauth/authorize/request", "/oauth/authorize", "/auth/login"}),
}


@pytest.mark.parametrize("address", SCRIPTS)
async def test_it_is_served_at_every_school_and_runs_its_own_scripts_alone(
    address: str, as_role: People, school_a: Space, school_b: Space
) -> None:
    for school in (school_a, school_b):
        visitor = as_role.visitor(school)
        page = await visitor.http.get(address)
        assert (200, "text/html") == (page.status_code, page.headers["content-type"].partition(";")[0])
        assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "no-store" == page.headers["cache-control"]
        sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert ["common.js", SCRIPTS[address][0]] == [each.rpartition("/")[2] for each in sources]
        for source in sources:
            script = await visitor.http.get(source)
            assert (200, (PAGES / source.rpartition("/")[2]).read_bytes()) == (script.status_code, script.content)
            assert script.headers["content-type"].startswith("text/javascript")
        await visitor.close()


@pytest.mark.parametrize("address", SCRIPTS)
def test_whatever_it_asks_for_is_there(address: str, app: Litestar) -> None:
    name, expected = SCRIPTS[address]
    asked = set(re.findall(r'(?:post|fetch)\("(/[^"]+)"', (PAGES / name).read_text()))
    assert expected <= asked
    assert set() == asked - {route.path for route in app.routes}


@pytest.mark.parametrize("address", SCRIPTS)
def test_it_speaks_every_language_to_the_last_word(address: str) -> None:
    name, _ = SCRIPTS[address]
    text, common = (PAGES / name).read_text(), (PAGES / "common.js").read_text()
    words = text[text.index("const WORDS") : text.index(" words = WORDS[")]
    spoken = {}
    for language, block in re.findall(r'^  "?([\w-]+)"?: \{$(.*?)^  \},$', words, re.MULTILINE | re.DOTALL):
        spoken[language] = set(re.findall(r"(\w+): \"", block))
    assert set(LANGUAGES) == spoken.keys()
    used = set(re.findall(r"words\.(\w+)", text)) | {"login", "password", "gone", "done"}
    if address == "/welcome":
        used |= {"reset", "address", "undo", "invitation", "name"} | set(re.findall(r"words\.(\w+)", common))
    for language, known in spoken.items():
        assert used <= known, language
        assert spoken["en"] == known, language
