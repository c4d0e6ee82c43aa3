"""The page of a district with its schools: figures where the reader may see them, and nothing of other districts."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.pages import Figure
from homeroom.testing import Client, People
from homeroom_console.declared import Given, declared_in
from homeroom_console.routes import district as routes

GRANT = """mutation($login: String!, $school: String!, $role: String!) {
  grantInSchool(input: {login: $login, school: $school, role: $role}) { errors { code field } } }"""
REVOKE = GRANT.replace("grantInSchool", "revokeInSchool")
ENGLISH = {"Accept-Language": "en"}


@dataclass
class Districts:
    """A district with two schools of which one is filled, and another one with a school that is filled as well."""

    ours: Space
    theirs: Space
    filled: Space
    empty: Space
    foreign: Space
    head: Client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def districts(
    host: Host, make_space: Callable[..., Awaitable[Space]], vietnamese: Any, chinese: Any, as_role: People
) -> Districts:
    ours, theirs = await make_space("vn", kind="district"), await make_space("hk", kind="district")
    empty = await make_space("vn")
    for school, district in ((vietnamese.space, ours), (empty, ours), (chinese.space, theirs)):
        await host.directory.join_district(school.id, district.id)  # type: ignore[attr-defined]
    head = await as_role.as_role(ours, "district_admin")
    return Districts(ours, theirs, vietnamese.space, empty, chinese.space, head)


def line_of(page: str, school: Space) -> str:
    """The row of a school in the table; empty if it is not there."""
    found = [each for each in re.findall(r'<tr role="row">.*?</tr>', page, re.DOTALL) if f">{school.name}<" in each]
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


async def shown(client: Client, query: str = "") -> str:
    answer = await client.http.get(f"/district{query}", headers=ENGLISH)
    assert 200 == answer.status_code
    return answer.text


async def test_figures_are_shown_where_a_role_in_the_school_allows_them(districts: Districts, as_role: People) -> None:
    head = districts.head
    page = await shown(head)
    assert districts.filled.name in page
    assert districts.foreign.name not in page
    for school in (districts.filled, districts.empty):
        assert "You have no role in this school" in line_of(page, school)
    given = {"login": head.login, "school": districts.filled.slug}
    for role in ("principal", "admin"):
        assert not (await head.gql(GRANT, **given, role=role))["grantInSchool"]["errors"]
    principal = await as_role(districts.filled, "principal")
    count = (await principal.gql("{ students(filter: {currentEnrolment: {}}) { totalCount } }"))["students"][
        "totalCount"
    ]
    assert count
    page = await shown(head)
    line = line_of(page, districts.filled)
    assert f" {count} " in line
    assert "no right" not in line
    assert "You have no role in this school" in line_of(page, districts.empty)
    for role in ("principal", "admin"):
        assert not (await head.gql(REVOKE, **given, role=role))["revokeInSchool"]["errors"]
    assert "You have no role in this school" in line_of(await shown(head), districts.filled)


async def test_a_figure_without_a_right_says_so(districts: Districts) -> None:
    head = districts.head
    given = {"login": head.login, "school": districts.filled.slug, "role": "guardian"}
    await head.gql(GRANT, **given)
    line = line_of(await shown(head), districts.filled)
    assert "No right to see: " in line
    assert "Webhooks switched off" in line
    await head.gql(REVOKE, **given)


async def test_schools_are_ordered_and_chosen_by_the_address(districts: Districts) -> None:
    page = await shown(districts.head, f"?name={districts.empty.name}")
    assert line_of(page, districts.empty)
    assert not line_of(page, districts.filled)
    assert "1 of 1 schools" in page
    down = await shown(districts.head, "?order=-name")
    assert (down.index(districts.filled.name) < down.index(districts.empty.name)) == (
        districts.filled.name.casefold() > districts.empty.name.casefold()
    )
    assert "No school has all of that." in await shown(districts.head, "?show=alarms")
    await shown(districts.head, "?order=nothing&figure=nothing&region=zz&show=x")


async def test_many_schools_are_shown_page_by_page(districts: Districts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_SHOWN", 1)
    monkeypatch.setattr(routes, "_SCHOOLS", routes._SCHOOLS.replace("first: 200", "first: 1"))
    schools = sorted((districts.filled, districts.empty), key=lambda each: each.name.casefold())
    for order in ("name", "school.students", "-name"):
        for number, school in enumerate(schools if order != "-name" else schools[::-1], 1):
            page = await shown(districts.head, f"?order={order}&page={number}")
            assert "2 of 2 schools" in page
            if order != "school.students":
                assert line_of(page, school)
            assert 1 == sum(bool(line_of(page, each)) for each in schools)
            assert ('rel="prev"' in page, 'rel="next"' in page) == (number == 2, number == 1)
            assert f"page={3 - number}" in page
    last = await shown(districts.head, "?page=99")
    assert 'rel="prev"' in last
    for wrong in ("0", "-1", "x", "9" * 5000, "٣"):
        assert line_of(await shown(districts.head, f"?page={wrong}"), schools[0])


async def test_a_figure_that_cannot_be_asked_spoils_no_other(
    host: Host, districts: Districts, caplog: pytest.LogCaptureFixture
) -> None:
    head, school = districts.head, districts.filled
    given = {"login": head.login, "school": school.slug, "role": "principal"}
    await head.gql(GRANT, **given)
    variant = host.variant_of(school)
    declared = declared_in(host, variant)
    broken = [
        Figure("school.unread", "Unread", "{ students {", "students"),
        Figure("school.unknown", "Unknown", "{ pupils { totalCount } }", "pupils"),
        Figure("school.writes", "Writes", "mutation { nothing }", "nothing"),
        Figure("school.named", "Named", "{ students { totalCount } }", "pupils"),
    ]
    spoilt = replace(declared, figures=[*(Given("school", each, frozenset()) for each in broken), *declared.figures])
    before = line_of(await shown(head), school)
    with pytest.MonkeyPatch.context() as changed:
        changed.setitem(variant.parts, "console.declared", spoilt)
        changed.delitem(variant.parts, "console.figures")
        line = line_of(await shown(head), school)
    variant.parts.pop("console.figures", None)
    assert before.split().count("–") + len(broken) == line.split().count("–")
    assert before.split() == [each for each in line.split() if each != "–"]
    assert "no right" not in line
    said = " ".join(each.getMessage() for each in caplog.records)
    for each in broken:
        assert each.name in said
    await head.gql(REVOKE, **given)


async def test_only_people_of_a_district_who_may_see_its_schools_open_the_page(
    districts: Districts, as_role: People
) -> None:
    for client in (await as_role(districts.filled, "admin"), await as_role(districts.ours, "member")):
        assert 404 == (await client.http.get("/district")).status_code
    other = await as_role.as_role(districts.theirs, "district_admin")
    page = await shown(other)
    assert districts.foreign.name in page
    assert districts.filled.name not in page


@pytest.mark.parametrize("language", ["vi", "zh-Hant", "zh-Hans"])
async def test_the_page_speaks_the_readers_language(districts: Districts, language: str) -> None:
    page = (await districts.head.http.get("/district", headers={"Accept-Language": language})).text
    for english in ("Schools of the district", "Students", "You have no role", "Needs attention"):
        assert english not in page
