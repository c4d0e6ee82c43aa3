"""The way through the pages: where one is, what the navigation offers, and names in the order of the reader."""

from __future__ import annotations

import re
from typing import Any

from homeroom.testing import People

ENGLISH = {"Accept-Language": "en"}


def _steps(page: str) -> list[str]:
    """The texts of the way to a page, in their order."""
    (trail,) = re.findall(r'<nav class="trail" aria-label="Where you are">(.*?)</nav>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r"<li.*?</li>", trail, re.DOTALL)]


async def test_each_page_names_the_pages_above_it(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    student = f"Student_{vietnamese.filled.student}"
    row = (await registrar.gql("query ($id: ID!) { student(id: $id) { fullName code } }", id=student))["student"]
    name, known = row["fullName"], f"{row['fullName']} · {row['code']}"
    for path, steps in (
        (f"/nouns/students/{student}", ["People", "Students", name]),
        (f"/do/school.student.change?subject={student}", ["People", "Students", known, "Change student"]),
        ("/do/school.student.create", ["People", "Students", "Create student"]),
        ("/imports/school.student.import", ["Office", "Imports", "Import students"]),
    ):
        page = (await registrar.http.get(path, headers=ENGLISH)).text
        assert steps == _steps(page), path
        assert page.count('aria-current="page">') >= 1


async def test_lists_for_the_office_are_not_in_the_navigation_of_families(vietnamese: Any, as_role: People) -> None:
    lists = ("/nouns/subjects", "/nouns/calendarEntries")
    for role, offered in (("registrar", True), ("guardian", False), ("student", False)):
        reader = await as_role.as_role(vietnamese.space, role)
        page = (await reader.http.get("/", headers=ENGLISH)).text
        assert [offered] * 2 == [f'href="{each}"' in page for each in lists], role


async def test_parts_of_a_name_are_in_the_order_of_the_reader(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    for language, parts in (
        ("vi", ["fullName", "familyName", "middleName", "givenName", "script"]),
        ("en", ["givenName", "familyName", "middleName", "script", "fullName"]),
    ):
        page = (await registrar.http.get("/do/school.student.create", headers={"Accept-Language": language})).text
        assert parts == re.findall(r'name="name\.(\w+)"', page), language


async def test_settings_with_parts_are_shown_in_words(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    page = (await registrar.http.get("/nouns/registrySettings", headers=ENGLISH, follow_redirects=True)).text
    assert "Terms: Name: Học kì I, " in page
    assert "{&#39;" not in page
