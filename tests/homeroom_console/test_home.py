"""The first page of each role: what it shows, and to whom it does not."""

from __future__ import annotations

from typing import Any

import pytest

from homeroom.host import Host
from homeroom.testing import People

#: What is there for a role, and what is not.
SHOWN = {
    "principal": ({"school.class_figures"}, {"school.children", "gradebook.my_results"}),
    "registrar": ({"school.class_figures"}, {"school.children", "gradebook.open_rounds"}),
    "teacher": (set(), {"school.class_figures", "school.children"}),
    "student": (set(), {"school.class_figures", "school.children"}),
}


@pytest.mark.parametrize("role", SHOWN)
async def test_the_first_page_shows_what_concerns_a_role(
    role: str, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    for school in (vietnamese, chinese):
        reader = await as_role.as_role(school.space, role)
        page = (await reader.http.get("/", headers={"Accept-Language": "en"})).text
        assert "does not work at present" not in page
        shown, hidden = SHOWN[role]
        assert set() == {each for each in shown if f'id="w-{each.replace(".", "-")}"' not in page}
        assert set() == {each for each in hidden if f'id="w-{each.replace(".", "-")}"' in page}


async def test_a_widget_for_persons_is_for_those_persons_alone(
    host: Host, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    """A teacher finds the own classes, a guardian the own children: of this school and no other."""
    filled = vietnamese.filled
    teacher = await as_role.newcomer(vietnamese.space)
    assert teacher.account is not None
    await host.directory.add_member(vietnamese.space.id, teacher.account, roles=["teacher"], person=filled.teacher)
    page = (await teacher.http.get("/", headers={"Accept-Language": "en"})).text
    assert "Your classes" in page
    assert filled.class_name in page
    student = await as_role.newcomer(vietnamese.space)
    assert student.account is not None
    await host.directory.add_member(vietnamese.space.id, student.account, roles=["student"], person=filled.student)
    assert "does not work" not in (await student.http.get("/", headers={"Accept-Language": "en"})).text
    guardian = await as_role.newcomer(vietnamese.space)
    assert guardian.account is not None
    await host.directory.add_member(vietnamese.space.id, guardian.account, roles=["guardian"], person=filled.guardian)
    await host.directory.add_member(chinese.space.id, guardian.account, roles=["guardian"])
    page = (await guardian.http.get("/", headers={"Accept-Language": "en"})).text
    assert "Your children" in page
    assert str(filled.student) in page
    other = await as_role.as_role(vietnamese.space, "guardian")
    assert "Your children" not in (await other.http.get("/", headers={"Accept-Language": "en"})).text
