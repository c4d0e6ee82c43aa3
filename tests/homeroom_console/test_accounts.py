"""Around the sign-in: the own account, the way from school to school, and addresses at which nobody can sign in."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
from PIL import Image

from homeroom.host import Host
from homeroom.testing import People

#: "Sign in" in each language.
SIGN_IN = {"vi": "Đăng nhập", "zh-Hant": "登入", "zh-Hans": "登录", "en": "Sign in"}


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten", "/schools", "/enter"])
async def test_pages_before_the_sign_in_speak_the_readers_language_and_keep_nothing(
    path: str, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    for school, language in ((vietnamese, "vi"), (chinese, "zh-Hant"), (vietnamese, "zh-Hans"), (chinese, "en")):
        visitor = as_role.visitor(school.space)
        answer = await visitor.http.get(path, headers={"Accept-Language": language})
        assert (200, language) == (answer.status_code, answer.headers["content-language"])
        assert school.space.name in answer.text
        assert "no-store" == answer.headers["cache-control"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
        await visitor.close()


async def test_somebody_whose_browser_says_no_language_is_spoken_to_in_that_of_the_school(
    vietnamese: Any, as_role: People
) -> None:
    visitor = as_role.visitor(vietnamese.space)
    assert SIGN_IN["vi"] in (await visitor.http.get("/sign-in", headers={"Accept-Language": ""})).text
    visitor.http.cookies.set("homeroom-language", "zh-Hant")
    assert SIGN_IN["zh-Hant"] in (await visitor.http.get("/sign-in", headers={"Accept-Language": "en"})).text
    await visitor.close()


async def test_an_address_without_a_school_leads_to_the_choice_of_one(
    host: Host, vietnamese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    base = host.settings.base_domain
    wrong = await registrar.http.get("/sign-in", headers={"Host": f"nowhere.{base}:81", "Accept-Language": "vi"})
    assert (404, "vi") == (wrong.status_code, wrong.headers["content-language"])
    assert f'href="{host.settings.public_scheme}://{base}:81/schools"' in wrong.text
    at_the_base = {"Host": base, "Cookie": f"homeroom={registrar.http.cookies.get('homeroom')}"}
    answer = await registrar.http.get("/", headers=at_the_base)
    assert answer.headers["location"].startswith(("/schools", "/sign-in"))


async def test_a_link_from_elsewhere_does_not_sign_anybody_in_at_once(vietnamese: Any, as_role: People) -> None:
    visitor = as_role.visitor(vietnamese.space)
    for origin, how in (("same-site", "at once"), ("same-origin", "at once"), ("cross-site", "ask"), ("none", "ask")):
        page = await visitor.http.get("/enter", headers={"Sec-Fetch-Site": origin})
        assert f'data-enter="{how}"' in page.text
    assert 'data-enter="ask"' in (await visitor.http.get("/enter")).text
    await visitor.close()


async def test_the_sign_in_leads_to_no_other_host(vietnamese: Any, as_role: People) -> None:
    visitor = as_role.visitor(vietnamese.space)
    # Browsers drop tabs and line breaks, and take a backslash for a slash.
    for wanted in (
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n\\evil.example",
        "javascript:0",
        "evil",
    ):
        page = await visitor.http.get("/sign-in", params={"next": wanted})
        assert 'data-then="/"' in page.text, wanted
    page = await visitor.http.get("/sign-in", params={"next": "/nouns/students?q=Nguyễn Anh"})
    assert 'data-then="/nouns/students?q=Nguyễn Anh"' in page.text
    await visitor.close()


async def test_the_own_account_lists_sessions_and_tokens(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    await as_role.with_token(registrar, vietnamese.space)
    page = await registrar.http.get("/account", headers={"Accept-Language": "en"})
    assert registrar.login in page.text
    assert "This browser" in page.text
    assert 1 == page.text.count("/auth/tokens/")


RENAMES = """{ auditEntries(filter: {command: {eq: "tenants.account.rename"}}) {
  nodes { login via lines { nodes { oldValues newValues } } } } }"""


async def test_people_change_their_own_name_in_all_their_schools_and_no_other(
    vietnamese: Any, chinese: Any, as_role: People, host: Host
) -> None:
    reader, other = await as_role.newcomer(vietnamese.space), await as_role(chinese.space, "teacher")
    assert reader.account is not None
    for space in (vietnamese.space, chinese.space):
        await host.directory.add_member(space.id, reader.account, roles=["teacher"])
    program = await as_role.with_token(reader, vietnamese.space)
    before = (await other.gql("{ viewer { name } }"))["viewer"]["name"]
    headers = {"X-Homeroom-CSRF": "1", "Accept-Language": "vi"}
    assert 'name="name"' in (await reader.http.get("/account")).text
    for wrong in (" ", "…", "Mai\u202eiaM", "M\u0430i Lan", "x" * 201, "Mai\nLan"):
        refused = await reader.http.post("/auth/name", json={"name": wrong}, headers=headers)
        assert 422 == refused.status_code, wrong
        assert refused.json()["errors"][0]["message"]
    for wrong_shape in ("{}", "[", '{"name": 1}', '{"name": "Mai", "login": "x"}'):
        sent = {**headers, "Content-Type": "application/json"}
        assert 400 == (await reader.http.post("/auth/name", content=wrong_shape, headers=sent)).status_code
    # The name is that of the account in every school: a token of one school does not change it.
    assert 401 == (await program.http.post("/auth/name", json={"name": "Kẻ Trộm"})).status_code
    assert (await program.post('mutation { renameAccount(input: {name: "x"}) { errors { code } } }')).json()["errors"]
    assert reader.login == (await reader.gql("{ viewer { name } }"))["viewer"]["name"]
    for name in ("Trần Thị Mai  Lan ", "陳美蘭", "Мария Иванова", "Мария Иванова"):
        assert 204 == (await reader.http.post("/auth/name", json={"name": name}, headers=headers)).status_code
        assert " ".join(name.split()) == (await reader.gql("{ viewer { name } }"))["viewer"]["name"]
    assert before == (await other.gql("{ viewer { name } }"))["viewer"]["name"]
    for space in (vietnamese.space, chinese.space):
        entries = (await (await as_role.as_role(space, "admin")).gql(RENAMES))["auditEntries"]["nodes"]
        assert [(reader.login, "session")] * 3 == [(each["login"], each["via"]) for each in entries]
        (line,) = next(each["lines"]["nodes"] for each in entries if "Иванова" in str(each["lines"]))
        assert "陳美蘭" in str(line["oldValues"])
        assert "Мария Иванова" in str(line["newValues"])


async def test_nothing_is_changed_for_an_account_that_a_page_was_not_made_for(vietnamese: Any, as_role: People) -> None:
    before, after = await as_role(vietnamese.space, "teacher"), await as_role(vietnamese.space, "registrar")
    found = re.search(r'data-account="([^"]+)"', (await before.http.get("/account")).text)
    assert found is not None
    headers = {"X-Homeroom-CSRF": "1", "Accept-Language": "vi", "X-Homeroom-Account": found[1]}
    name = (await after.gql("{ viewer { name } }"))["viewer"]["name"]
    changes: list[tuple[str, str, Any]] = [
        ("POST", "/auth/name", {"name": "Trần Thị Mai"}),
        ("POST", "/auth/language", {"language": "zh-Hans"}),
        ("POST", "/auth/password", {"old": after.password, "new": "another horse battery"}),
        ("POST", "/auth/address", {"address": "mai@example.org", "password": after.password}),
        ("POST", "/auth/tokens", {"title": "A program", "password": after.password}),
        ("DELETE", "/auth/sessions", None),
        ("POST", "/auth/confirm", {"password": after.password}),
        ("POST", "/auth/logout", {}),
    ]
    for method, path, body in changes:
        refused = await after.http.request(method, path, json=body, headers=headers)
        assert 409 == refused.status_code, path
        assert "OTHER_ACCOUNT" == refused.json()["errors"][0]["code"]
        assert "đăng nhập" in refused.json()["errors"][0]["message"]
    assert name == (await after.gql("{ viewer { name } }"))["viewer"]["name"]
    own = {"password": before.password}
    assert 204 == (await before.http.post("/auth/confirm", json=own, headers=headers)).status_code


SET = "mutation($file: Upload!) { setCrest(input: {picture: $file}) { errors { code } } }"
COLOUR = "mutation { changeAppearanceSettings(input: {accent: PLUM}) { errors { code } } }"


async def test_a_school_has_its_colour_and_crest_also_before_the_sign_in(
    vietnamese: Any, chinese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    teacher = await as_role.as_role(vietnamese.space, "teacher")
    visitor, elsewhere = as_role.visitor(vietnamese.space), as_role.visitor(chinese.space)
    assert await teacher.refused(COLOUR)
    assert not (await registrar.gql(COLOUR))["changeAppearanceSettings"]["errors"]
    picture = io.BytesIO()
    Image.new("RGB", (400, 400), "red").save(picture, "PNG")
    answer = await registrar.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": SET, "variables": {"file": None}}),
            "map": '{"0": ["variables.file"]}',
        },
        files={"0": ("crest.png", picture.getvalue(), "image/png")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    assert not answer.json()["data"]["setCrest"]["errors"]
    page = (await visitor.http.get("/sign-in")).text
    assert 'data-accent="plum"' in page
    address = page.partition('class="crest" src="')[2].partition('"')[0]
    crest = await visitor.http.get(address)
    assert (200, "image/jpeg") == (crest.status_code, crest.headers["content-type"])
    assert "immutable" in crest.headers["cache-control"]
    assert 404 == (await elsewhere.http.get(address)).status_code
    assert 'data-accent="teal"' in (await elsewhere.http.get("/sign-in")).text
    await registrar.gql("mutation { removeCrest(input: {}) { errors { code } } }")
    assert 404 == (await visitor.http.get(address)).status_code
    for client in (visitor, elsewhere):
        await client.close()


async def test_notices_are_read_in_the_inbox_and_counted_at_the_top(vietnamese: Any, as_role: People) -> None:
    reader = await as_role.as_role(vietnamese.space, "teacher")
    await reader.http.post("/auth/tokens", json={"title": "A program", "password": reader.password})
    english = {"Accept-Language": "en"}
    page = (await reader.http.get("/inbox", headers=english)).text
    assert "Unread notices: 1" in page
    assert "A program" in page
    (notice,) = set(re.findall(r'"notices": "(Notice_[^"]+)"', html.unescape(page)))
    mine = {"do": "read", "notices": notice, "show": "all"}
    assert 403 == (await reader.http.post("/inbox", data=mine)).status_code
    part = await reader.http.post("/inbox", data=mine, headers={**english, "X-Homeroom-CSRF": "1"})
    assert (200, "hr-changed") == (part.status_code, part.headers["hx-trigger"])
    assert "Mark as unread" in part.text
    assert "Unread notices: 0" in (await reader.http.get("/inbox/todo", headers=english)).text
    other = await as_role.as_role(vietnamese.space, "registrar")
    await other.http.post("/inbox", data={**mine, "do": "unread"}, headers={"X-Homeroom-CSRF": "1"})
    assert "Unread notices: 0" in (await reader.http.get("/inbox", headers=english)).text


async def test_people_choose_how_notices_reach_them(vietnamese: Any, as_role: People) -> None:
    reader = await as_role.as_role(vietnamese.space, "teacher")
    page = (await reader.http.get("/inbox/settings", headers={"Accept-Language": "en"})).text
    kind = page.partition('name="kind" value="')[2].partition('"')[0]
    headers = {"X-Homeroom-CSRF": "1"}
    chosen = await reader.http.post("/inbox/settings", data={"kind": kind, "mode": "DIGEST"}, headers=headers)
    assert 204 == chosen.status_code
    after = (await reader.http.get("/inbox/settings", headers={"Accept-Language": "en"})).text
    assert page.count('"DIGEST" selected') + 1 == after.count('"DIGEST" selected')
    wrong = await reader.http.post("/inbox/settings", data={"kind": kind, "mode": "NEVER"}, headers=headers)
    assert 404 == wrong.status_code
