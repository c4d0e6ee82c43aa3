"""The page that mailed links lead to: whole, in every language, and closed to everything but itself."""

from __future__ import annotations

import re
from pathlib import Path

from litestar import Litestar

import homeroom_tenants
from homeroom.callers import Space
from homeroom.notices.kinds import LANGUAGES
from homeroom.testing import People

SCRIPT = Path(homeroom_tenants.__file__).parent / "pages" / "welcome.js"


async def test_it_is_served_at_every_school_and_runs_its_own_script_alone(
    as_role: People, school_a: Space, school_b: Space
) -> None:
    for school in (school_a, school_b):
        visitor = as_role.visitor(school)
        page = await visitor.http.get("/welcome")
        assert (200, "text/html") == (page.status_code, page.headers["content-type"].partition(";")[0])
        assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
        assert "no-store" == page.headers["cache-control"]
        assert [] == re.findall(r'(?:src|href)="(?!/welcome/)', page.text)
        (source,) = re.findall(r'<script src="([^"]+)">', page.text)
        script = await visitor.http.get(source)
        assert (200, SCRIPT.read_bytes()) == (script.status_code, script.content)
        assert script.headers["content-type"].startswith("text/javascript")
        await visitor.close()


def test_whatever_it_asks_for_is_there(app: Litestar) -> None:
    asked = set(re.findall(r'(?:post|fetch)\("(/[^"]+)"', SCRIPT.read_text()))
    assert {"/auth/reset", "/auth/address/confirm", "/auth/address/undo", "/auth/invitation/accept"} < asked
    assert set() == asked - {route.path for route in app.routes}


def test_it_speaks_every_language_to_the_last_word() -> None:
    text = SCRIPT.read_text()
    words = text[text.index("const WORDS") : text.index("function language")]
    spoken = {}
    for language, block in re.findall(r'^  "?([\w-]+)"?: \{$(.*?)^  \},$', words, re.MULTILINE | re.DOTALL):
        spoken[language] = set(re.findall(r"(\w+): \"", block))
    assert set(LANGUAGES) == spoken.keys()
    used = set(re.findall(r"words\.(\w+)", text)) | {
        "reset",
        "address",
        "undo",
        "invitation",
        "login",
        "name",
        "password",
    }
    for language, known in spoken.items():
        assert used <= known, language
        assert spoken["en"] == known, language
