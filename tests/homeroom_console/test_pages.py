"""Pages: who may open which, what they show, and what they never show."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom import Plugin
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.pages import Look, Nav, Page, Widget, day
from homeroom.testing import People
from homeroom_calendar.pages import month
from homeroom_console.declared import Given, declared_in, roots_of
from homeroom_console.rendering import package_folder

CSRF = {"X-Homeroom-CSRF": "1"}
VIETNAMESE = {"Accept-Language": "vi"}
#: Hooks `pages`, `widgets` and `looks` give what these show.
PAGES = ["/", "/nouns", "/nouns/students", "/pages/approvals"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_shown_in_the_language_of_the_reader(path: str, vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    for language, home in (("vi", "Trang chủ"), ("zh-Hant", "主頁"), ("zh-Hans", "首页"), ("en", "Home")):
        answer = await registrar.http.get(path, headers={"Accept-Language": language})
        assert (200, language) == (answer.status_code, answer.headers["content-language"])
        assert home in answer.text


async def test_nobody_reads_another_schools_rows(vietnamese: Any, chinese: Any, as_role: People) -> None:
    theirs = f"/nouns/students/Student_{chinese.filled.student}"
    ours = f"/nouns/students/Student_{vietnamese.filled.student}"
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    assert 404 == (await registrar.http.get(theirs)).status_code
    assert 200 == (await registrar.http.get(ours)).status_code
    assert 404 == (await registrar.http.get("/nouns/none")).status_code


async def test_who_is_not_signed_in_is_asked_to_sign_in_and_comes_back(vietnamese: Any, as_role: People) -> None:
    client = await as_role.as_role(vietnamese.space, "registrar")
    kept = dict(client.http.cookies)
    client.http.cookies.clear()
    answer = await client.http.get("/nouns/students?order=code")
    client.http.cookies.update(kept)
    assert 302 == answer.status_code
    assert "/sign-in?next=/nouns/students%3Forder%3Dcode" == answer.headers["location"]


async def test_a_form_says_what_is_wrong_at_its_place_and_then_does_it(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    headers = {"X-Homeroom-CSRF": "1", "Accept-Language": "vi"}
    assert 200 == (await registrar.http.get("/do/school.campus.create")).status_code
    wrong = await registrar.http.post("/do/school.campus.create", data={"code": "C9", "name": " "}, headers=headers)
    assert 422 == wrong.status_code
    assert 'aria-invalid="true"' in wrong.text
    right = await registrar.http.post(
        "/do/school.campus.create", data={"code": "C9", "name": "Phân hiệu 9"}, headers=headers
    )
    assert 204 == right.status_code
    assert (await registrar.http.get(right.headers["hx-redirect"])).text.count("Phân hiệu 9")


async def test_what_one_person_typed_is_refused_in_the_session_of_another(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    principal = await as_role.as_role(vietnamese.space, "principal")
    page = await registrar.http.get("/do/school.room.create")
    typed_by = page.text.partition('data-account="')[2].partition('"')[0]
    headers = {**CSRF, "X-Homeroom-Account": typed_by}
    for method, path in (("POST", "/do/school.room.create"), ("POST", "/run/gradebook.book/save"), ("GET", "/bells")):
        answer = await principal.http.request(method, path, headers=headers)
        assert (409, "") == (answer.status_code, answer.text), path
    assert 422 == (await registrar.http.post("/do/school.room.create", data={"code": ""}, headers=headers)).status_code
    # A script whose session has ended learns of it, and is not led to a page.
    visitor = as_role.visitor(vietnamese.space)
    assert 401 == (await visitor.http.post("/run/gradebook.book/save", headers=headers)).status_code
    await visitor.close()


async def test_families_have_a_short_navigation_and_the_other_lists_under_all(vietnamese: Any, as_role: People) -> None:
    rarely = ("/nouns/subjects", "/nouns/studentGroups", "/nouns/staffMembers", "/nouns/calendarEntries")
    for roles, shown in ((["guardian"], False), (["guardian", "teacher"], True)):
        reader = await as_role(vietnamese.space, *roles)
        page = (await reader.http.get("/")).text
        nav = page[page.index("<nav") : page.index("</nav>")]
        assert [shown] * 4 == [f'"{each}"' in nav for each in rarely]
        assert f'"{rarely[0]}"' in (await reader.http.get("/nouns")).text
        assert 200 == (await reader.http.get(rarely[0])).status_code


async def test_declarations_that_cannot_be_are_refused() -> None:
    here, missing = Path(__file__), Path(__file__).with_name("none.html")
    with pytest.raises(ConfigurationError, match="no section"):
        Nav("nowhere")
    with pytest.raises(ConfigurationError, match="no file"):
        Page("library.loans", "Loans", "loans", missing)
    with pytest.raises(ConfigurationError, match="its place"):
        Widget("library.due", "Due", here, "{ viewer { login } }", place="somewhere")
    with pytest.raises(ConfigurationError, match="navigation cannot know"):
        Page("library.loan", "Loan", "loans/{loan}", here, nav=Nav("school"))
    assert ["due_on", "book", "made_on"] == Look(
        "Loan", columns=("due_on",), groups={"Book": ("book",)}, order="-made_on"
    ).fields


def test_widgets_are_known_by_their_plugins(host: Host) -> None:
    given = {each.name: plugin for plugin, found in host.hooks.collect_by_plugin("widgets") for each in found}
    assert "approvals" == given["approvals.waiting"]


async def test_a_month_of_the_calendar_has_every_day_and_names_its_holidays(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    (year,) = (await registrar.gql("{ schoolYears(first: 1) { nodes { id startsOn } } }"))["schoolYears"]["nodes"]
    month = year["startsOn"][:7]
    row = {"name": "Ngày hội trường", "startsOn": f"{month}-28", "kind": "HOLIDAY"}
    add = "mutation($year: ID!, $rows: [CalendarEntryRowInput!]!) {"
    add += " addCalendarEntries(input: {schoolYear: $year, rows: $rows}) { errors { message } } }"
    assert not (await registrar.gql(add, year=year["id"], rows=[row]))["addCalendarEntries"]["errors"]
    page = (await registrar.http.get("/pages/calendar", params={"month": month})).text
    for number in range(1, 29):
        assert f'datetime="{month}-{number:02}"' in page
    assert row["name"] in page
    for nonsense in ("2026-13", "9" * 5_000 + "-01"):
        assert 200 == (await registrar.http.get("/pages/calendar", params={"month": nonsense})).status_code


@given(st.dates(date(1950, 1, 1), date(2190, 1, 1)))
def test_a_month_is_whole_weeks_of_its_days(day: date) -> None:
    found = month({"month": day.isoformat()[:7]}, date(2026, 1, 1))
    days = [each for week in found["weeks"] for each in week if each]
    assert {7} == {len(week) for week in found["weeks"]}
    assert (days[0], days[-1]) == (found["since"], found["until"])
    assert days == [f"{day.isoformat()[:7]}-{number:02}" for number in range(1, len(days) + 1)]
    assert all(
        week.index(each) == date.fromisoformat(each).weekday() for week in found["weeks"] for each in week if each
    )


async def test_an_administrator_sees_why_somebody_may_see_a_row(vietnamese: Any, chinese: Any, as_role: People) -> None:
    admin = await as_role.as_role(vietnamese.space, "admin")
    teacher = await as_role.as_role(vietnamese.space, "teacher")
    asked = {"login": teacher.login, "object": "school.campus.create"}
    assert "Không được phép" in (await admin.http.get("/pages/access", params=asked, headers=VIETNAMESE)).text
    asked["object"] = "Student"
    assert "Được phép" in (await admin.http.get("/pages/access", params=asked, headers=VIETNAMESE)).text
    stranger = await as_role.as_role(chinese.space, "teacher")
    refused = await admin.http.get("/pages/access", params={**asked, "login": stranger.login}, headers=VIETNAMESE)
    assert 'role="alert"' in refused.text
    assert 404 == (await teacher.http.get("/pages/access")).status_code


async def test_a_seating_plan_is_a_room_that_is_saved_whole(vietnamese: Any, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    data = await registrar.gql(
        "query($id: ID!) { schoolClass(id: $id) { currentEnrolments(first: 2) { nodes { student { id } } } } }",
        id=f"SchoolClass_{vietnamese.filled.school_class}",
    )
    first, second = (each["student"]["id"] for each in data["schoolClass"]["currentEnrolments"]["nodes"])

    def plan(*students: str) -> dict[str, Any]:
        rows = [{"student": each, "rowNumber": 1, "place": place} for place, each in enumerate(students, 1)]
        school_class = f"SchoolClass_{vietnamese.filled.school_class}"
        return {"schoolClass": school_class, "name": "Sơ đồ", "rowCount": 2, "placesInRow": 3, "rows": rows}

    made = await registrar.http.post("/run/school.seating/save", json={"input": plan(first, second)}, headers=CSRF)
    address = f"/pages/seating/{made.json()['data']['planSeats']['seatingPlan']['id']}"
    page = (await registrar.http.get(address)).text
    assert page.index(f'data-place="1" data-student="{first}"') < page.index(f'data-place="2" data-student="{second}"')
    wrong = await registrar.http.post("/run/school.seating/save", json={"input": plan(first, first)}, headers=CSRF)
    assert wrong.json()["data"]["planSeats"]["errors"]
    stranger = await as_role.as_role(chinese.space, "registrar")
    assert 404 == (await stranger.http.get(address)).status_code


def test_every_plugin_with_looks_gives_them(host: Host) -> None:
    """A folder ``pages`` beside a module of that name would hide it."""
    packages = {package_folder(each) for each in host.registry.plugins.values()}
    assert [] == [str(each) for each in packages if (each / "pages.py").is_file() and (each / "pages").is_dir()]


@pytest.mark.parametrize("query", ["", "{ nothing }", "{ students {"])
async def test_a_page_that_its_plugin_breaks_leaves_the_shell_and_names_the_plugin(
    query: str, host: Host, vietnamese: Any, as_role: People
) -> None:
    def broken(given: Mapping[str, str], _today: date) -> dict[str, Any]:
        if not query:
            raise LookupError
        return dict(given)

    pages: Any = declared_in(host, host.variant_of(vietnamese.space)).pages
    page = Page("calendar.broken", "Broken", "broken", Path(__file__), query=query, fill=broken)
    pages[page.name] = Given("calendar", page, roots_of(query), re.compile(page.path))
    try:
        registrar = await as_role.as_role(vietnamese.space, "registrar")
        answer = await registrar.http.get("/pages/broken", headers={"Accept-Language": "en"})
    finally:
        del pages[page.name]
    assert 500 == answer.status_code
    assert "calendar.broken of the plugin calendar" in answer.text
    assert 'href="/nouns"' in answer.text


async def test_a_widget_of_another_plugin_gets_the_variables_of_the_page_that_it_is_on(
    host: Host, vietnamese: Any, chinese: Any, as_role: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an attendance plugin adds its register to the day of a class."""
    query = "query Register($schoolClass: ID!, $date: Date!) { schoolClass(id: $schoolClass) { name lessons("
    query += "first: 1, filter: {date: {eq: $date}}) { totalCount } } }"
    template = Path(__file__).with_name("outside.html")
    widget = Widget("outside.register", "Register", template, query, place="school.class_day")
    widgets: Any = declared_in(host, host.variant_of(vietnamese.space)).widgets
    # A plugin that is a module beside these tests, in no package of the installation.
    module: Any = ModuleType("outside")
    module.__file__ = __file__
    monkeypatch.setitem(sys.modules, "outside", module)
    plugins: Any = host.registry.plugins
    about = {"__module__": "outside", "name": "outside", "title": "Outside"}
    monkeypatch.setitem(plugins, "outside", type("Outside", (Plugin,), about)())
    widgets.append(Given("outside", widget, frozenset({"schoolClass"})))
    try:
        teacher = await as_role.as_role(vietnamese.space, "teacher", person=vietnamese.filled.teacher)
        address = f"/pages/class-day/SchoolClass_{vietnamese.filled.school_class}"
        given = (await teacher.http.get(address, params={"date": "2025-09-15", "data": "1"})).text
        today = (await teacher.http.get(address, params={"date": "2025-02-30"})).text
        theirs = f"/pages/class-day/SchoolClass_{chinese.filled.school_class}"
        assert 404 == (await teacher.http.get(theirs)).status_code
    finally:
        widgets.pop()
    assert f"register of {vietnamese.filled.class_name} on 2025-09-15" in given
    assert 'id="w-outside-register"' in given
    assert f"register of {vietnamese.filled.class_name} on 20" in today  # there is no such day, so it is today's
    assert "on 2025-02" not in today


@given(st.dates(), st.dates())
def test_the_days_before_and_after_a_day_are_its_neighbours(chosen: date, today: date) -> None:
    found = day({"date": chosen.isoformat()}, today)
    if found["date"] == chosen.isoformat():
        assert [each.toordinal() - chosen.toordinal() for each in map(date.fromisoformat, found.values())] == [0, -1, 1]
    else:  # the first and the last day there is have no neighbour
        assert found == day({}, today)
