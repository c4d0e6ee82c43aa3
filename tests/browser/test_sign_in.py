"""Signing in, in four languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from homeroom.languages import LANGUAGES

if TYPE_CHECKING:
    from homeroom.testing import People

    from .conftest import School, Sit

_TITLES = {"en": "Sign in", "vi": "Đăng nhập", "zh-Hant": "登入", "zh-Hans": "登录"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_people_sign_in_by_keyboard_alone(language: str, school: School, sit: Sit, as_role: People) -> None:
    client = await as_role.as_role(school.space, "teacher", person=school.people["teacher"])
    seat = await sit(school, language=language)
    await seat.go("/")
    assert "/sign-in" == seat.path
    assert language == await seat.page.get_attribute("html", "lang")
    assert _TITLES[language] == await seat.page.inner_text("h1")
    keyboard = seat.page.keyboard
    await keyboard.type(client.login)
    await keyboard.press("Tab")
    await keyboard.type("not the password")
    await keyboard.press("Enter")
    problem = seat.page.locator(".problem:not([hidden])")
    await problem.wait_for()
    assert await problem.inner_text()
    await seat.page.fill("#password", "")
    await seat.page.focus("#password")
    await keyboard.type(client.password)
    await keyboard.press("Enter")
    await seat.page.wait_for_url(f"{seat.address}/")
    assert school.space.name in await seat.page.inner_text("header")
