"""Pages of listed origins on other sites sign people in without any cookie of theirs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, Clock, People
from homeroom.testing.serving import served, socket
from homeroom_tenants.page_sign_in import ACCESS, CODE

APP, OTHER = "https://app.example", "https://other.example"
BACK = f"{APP}/back?from=school"
LIST = "mutation($o: [String!]!) { setOrigins(input: {origins: $o}) { errors { code } } }"
ASK = "{ viewer { login space { slug } } }"


class Page:
    """A page of another site: it has no cookie of ours, and keeps a secret.

    Args:
        client: Of nobody, at the school's host name.
        origin: Of the page.
    """

    def __init__(self, client: Client, origin: str = APP) -> None:
        self.client = client
        self.http = client.http
        self.http.headers["Origin"] = origin
        self.origin = origin
        self.verifier = secrets.token_urlsafe(32)

    def asked(self, **changes: str) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        return {
            "response_type": "code",
            "client_id": self.origin,
            "redirect_uri": BACK,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": "a state & more",
            **changes,
        }

    async def post(self, path: str, **form: str) -> httpx.Response:
        return await self.http.post(path, data=form)

    async def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": self.verifier,
            "redirect_uri": BACK,
            "client_id": self.origin,
        }
        return await self.post("/oauth/token", **{**form, **changes})

    async def refresh(self, token: str) -> httpx.Response:
        return await self.post("/oauth/token", grant_type="refresh_token", refresh_token=token)

    async def reads(self, token: str, **headers: str) -> httpx.Response:
        return await self.http.post(
            "/graphql",
            json={"query": ASK},
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/graphql-response+json",
                **headers,
            },
        )


async def agree(person: Client, page: Page, **changes: str) -> str:
    """Somebody agrees on our own page; gives the code that the browser carries back."""
    answer = await person.http.post("/oauth/authorize", json=page.asked(**changes))
    assert 200 == answer.status_code, answer.text
    location = urlsplit(answer.json()["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == f"{APP}/back"
    said = parse_qs(location.query)
    assert (["school"], ["a state & more"]) == (said["from"], said["state"])
    assert [person.http.headers["Origin"]] == said["iss"]
    return said["code"][0]


async def signed_in(person: Client, page: Page) -> dict[str, Any]:
    answer = await page.exchange(await agree(person, page))
    assert 200 == answer.status_code, answer.text
    assert "no-store" == answer.headers["cache-control"]
    assert page.origin == answer.headers["access-control-allow-origin"]
    found: dict[str, Any] = answer.json()
    return found


async def ended(page: Page, token: str) -> None:
    """Wait until every process has been notified that a token is worth nothing any more."""
    for _ in range(200):
        if 401 == (await page.reads(token)).status_code:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the token is still good")


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(host: Host, school_a: Space, school_b: Space, as_role: People) -> Client:
    """A teacher of two schools; the first lists two origins, the second one of them."""
    for school, origins in ((school_a, [APP, OTHER]), (school_b, [APP])):
        admin = await as_role.as_role(school, "admin")
        assert not (await admin.gql(LIST, o=origins))["setOrigins"]["errors"]
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    for school in (school_a, school_b):
        await host.directory.add_member(school.id, client.account, roles=["teacher"])
    return client


@pytest.fixture
def page(school_a: Space, as_role: People) -> Page:
    return Page(as_role.visitor(school_a))


async def test_a_page_signs_somebody_in_and_works_in_the_school(teacher: Client, page: Page, school_a: Space) -> None:
    shown = await teacher.http.post("/oauth/authorize/request", json=page.asked())
    assert (APP, school_a.name, teacher.login) == tuple(shown.json()[each] for each in ("origin", "school", "login"))
    assert "error=access_denied" in shown.json()["denied"]
    tokens = await signed_in(teacher, page)
    assert ("Bearer", 600) == (tokens["token_type"], tokens["expires_in"])
    answer = await page.reads(tokens["access_token"])
    assert {"login": teacher.login, "space": {"slug": school_a.slug}} == answer.json()["data"]["viewer"]
    assert APP == answer.headers["access-control-allow-origin"]
    assert not page.http.cookies
    asked = await page.http.options(
        "/graphql",
        headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"},
    )
    assert "Authorization" in asked.headers["access-control-allow-headers"]


async def test_the_token_is_good_there_from_that_origin_and_for_nothing_else(
    teacher: Client, page: Page, school_b: Space, as_role: People
) -> None:
    token = (await signed_in(teacher, page))["access_token"]
    assert 200 == (await page.reads(token)).status_code
    for origin in (OTHER, "https://unlisted.example"):
        answer = await page.reads(token, Origin=origin)
        assert (403, "CROSS_SITE") == (answer.status_code, answer.json()["errors"][0]["extensions"]["code"])
    del page.http.headers["Origin"]
    assert 403 == (await page.reads(token)).status_code
    page.http.headers["Origin"] = APP
    there = Page(as_role.visitor(school_b))
    assert 403 == (await there.reads(token)).status_code
    for path in ("/auth/session", "/auth/tokens", "/auth/sessions", "/auth/address"):
        for origin in (APP, teacher.http.headers["Origin"]):
            answer = await page.http.get(path, headers={"Authorization": f"Bearer {token}", "Origin": origin})
            assert answer.status_code in (401, 403)
    issued = await page.http.post(
        "/auth/tokens",
        json={"title": "x", "password": teacher.password},
        headers={"Authorization": f"Bearer {token}", "Origin": teacher.http.headers["Origin"]},
    )
    assert 401 == issued.status_code


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("redirect_uri", {"redirect_uri": "https://evil.example/back"}),
        ("redirect_uri", {"redirect_uri": f"{APP}.evil.example/back"}),
        ("redirect_uri", {"redirect_uri": f"{APP}@evil.example/back"}),
        ("redirect_uri", {"redirect_uri": f"{APP}:443/back"}),
        ("redirect_uri", {"redirect_uri": f"{APP}\\@evil.example"}),
        ("redirect_uri", {"redirect_uri": f"{APP}/back#fragment"}),
        ("redirect_uri", {"redirect_uri": f"{APP}/ba ck"}),
        ("redirect_uri", {"redirect_uri": f"{APP}/back\n"}),
        ("redirect_uri", {"redirect_uri": "javascript:alert(1)"}),
        ("redirect_uri", {"redirect_uri": "http://app.example/back"}),
        ("client_id", {"client_id": OTHER}),
        ("response_type", {"response_type": "token"}),
        ("code_challenge_method", {"code_challenge_method": "plain"}),
        ("code_challenge", {"code_challenge": "short"}),
    ],
)
async def test_what_is_not_in_order_gets_no_code(
    field: str, changes: dict[str, str], teacher: Client, page: Page
) -> None:
    for path in ("/oauth/authorize", "/oauth/authorize/request"):
        answer = await teacher.http.post(path, json=page.asked(**changes))
        assert (422, field) == (answer.status_code, answer.json()["errors"][0]["field"])


async def test_nobody_agrees_for_somebody_else(teacher: Client, page: Page, school_a: Space, as_role: People) -> None:
    # A page cannot press the button itself: with the cookie, too, its origin is not ours.
    answer = await teacher.http.post("/oauth/authorize", json=page.asked(), headers={"Origin": APP})
    assert (403, "CROSS_SITE") == (answer.status_code, answer.json()["errors"][0]["code"])
    assert 401 == (await as_role.visitor(school_a).http.post("/oauth/authorize", json=page.asked())).status_code
    stranger = await as_role.newcomer(school_a)
    assert 403 == (await stranger.http.post("/oauth/authorize", json=page.asked())).status_code


async def test_a_code_is_good_once_and_for_who_asked(
    teacher: Client, page: Page, school_b: Space, as_role: People
) -> None:
    async def refused(code: str, **changes: str) -> str:
        answer = await page.exchange(code, **changes)
        assert 400 == answer.status_code
        return str(answer.json()["error"])

    assert "invalid_grant" == await refused(await agree(teacher, page), code_verifier=secrets.token_urlsafe(32))
    assert "invalid_grant" == await refused(await agree(teacher, page), redirect_uri=f"{APP}/back")
    assert "unauthorized_client" == await refused(await agree(teacher, page), client_id=OTHER)
    assert "invalid_request" == (await page.post("/oauth/token", grant_type="authorization_code")).json()["error"]
    assert "unsupported_grant_type" == (await page.post("/oauth/token", grant_type="password")).json()["error"]
    twice = await page.http.post(
        "/oauth/token", content="code=a&code=b", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert "invalid_request" == twice.json()["error"]
    code = await agree(teacher, page)
    page.http.headers["Origin"] = OTHER
    assert "invalid_grant" == await refused(code, client_id=OTHER)
    page.http.headers["Origin"] = "https://unlisted.example"
    assert "unauthorized_client" == await refused(await agree(teacher, page), client_id="https://unlisted.example")
    page.http.headers["Origin"] = APP
    there = Page(as_role.visitor(school_b))
    there.verifier = page.verifier
    assert 400 == (await there.exchange(await agree(teacher, page))).status_code
    # A code that comes a second time was stolen: what it gave ends.
    code = await agree(teacher, page)
    token = (await page.exchange(code)).json()["access_token"]
    assert 200 == (await page.reads(token)).status_code
    assert "invalid_grant" == await refused(code)
    await ended(page, token)


async def test_tokens_are_renewed_and_a_stolen_one_ends_them_all(teacher: Client, page: Page) -> None:
    first = await signed_in(teacher, page)
    second = (await page.refresh(first["refresh_token"])).json()
    assert 200 == (await page.reads(second["access_token"])).status_code
    again = await page.refresh(first["refresh_token"])
    assert (400, "invalid_grant") == (again.status_code, again.json()["error"])
    await ended(page, second["access_token"])
    assert 400 == (await page.refresh(second["refresh_token"])).status_code
    # An access token renews nothing, and a refresh token reads nothing.
    third = await signed_in(teacher, page)
    assert 400 == (await page.refresh(third["access_token"])).status_code
    assert 401 == (await page.reads(third["refresh_token"])).status_code


async def test_a_page_signs_out(teacher: Client, page: Page) -> None:
    tokens = await signed_in(teacher, page)
    assert 200 == (await page.reads(tokens["access_token"])).status_code
    assert 200 == (await page.post("/oauth/revoke", token=tokens["refresh_token"])).status_code
    assert 401 == (await page.reads(tokens["access_token"])).status_code
    assert 400 == (await page.refresh(tokens["refresh_token"])).status_code
    assert 200 == (await page.post("/oauth/revoke", token="no token of ours")).status_code


@pytest.mark.parametrize("how", ["password", "others", "one", "unlisted", "left"])
async def test_what_ends_a_session_ends_a_pages_too(
    how: str, teacher: Client, page: Page, host: Host, school_a: Space, as_role: People
) -> None:
    person = await as_role.newcomer(school_a)
    assert person.account is not None
    await host.directory.add_member(school_a.id, person.account, roles=["teacher"])
    tokens = await signed_in(person, page)
    assert 200 == (await page.reads(tokens["access_token"])).status_code
    (listed,) = [each for each in (await person.http.get("/auth/sessions")).json() if each["origin"]]
    assert (APP, str(school_a.id)) == (listed["origin"], listed["space"])
    csrf, expected = {"X-Homeroom-CSRF": "1"}, 401
    admin = await as_role.as_role(school_a, "admin")
    if how == "password":
        body = {"old": person.password, "new": "con chim xanh hót trên cành cây"}
        assert 204 == (await person.http.post("/auth/password", json=body)).status_code
    elif how == "others":
        assert {"ended": 1} == (await person.http.delete("/auth/sessions", headers=csrf)).json()
    elif how == "one":
        assert 204 == (await person.http.delete(f"/auth/sessions/{listed['id']}", headers=csrf)).status_code
    elif how == "unlisted":
        expected = 403
        await admin.gql(LIST, o=[OTHER])
    else:
        expected = 403
        await admin.gql(
            "mutation($l: String!) { removeMember(input: {login: $l}) { errors { code } } }", l=person.login
        )
    assert expected == (await page.reads(tokens["access_token"])).status_code
    assert 400 == (await page.refresh(tokens["refresh_token"])).status_code
    if how == "unlisted":
        await admin.gql(LIST, o=[APP, OTHER])


async def test_codes_and_tokens_do_not_live_long(clock: Clock, teacher: Client, page: Page, as_role: People) -> None:
    code = await agree(teacher, page)
    tokens = await signed_in(teacher, page)
    clock.advance(CODE + timedelta(seconds=1))
    assert 400 == (await page.exchange(code)).status_code
    clock.advance(ACCESS)
    assert 401 == (await page.reads(tokens["access_token"])).status_code
    for _ in range(5):
        tokens = (await page.refresh(tokens["refresh_token"])).json()
        clock.advance(timedelta(hours=2, minutes=30))
    # Used all the time, it ends twelve hours after somebody signed in.
    assert 400 == (await page.refresh(tokens["refresh_token"])).status_code


async def test_a_page_stays_no_longer_than_who_let_it_in(
    clock: Clock, page: Page, host: Host, school_a: Space, as_role: People
) -> None:
    person = await as_role.newcomer(school_a)
    assert person.account is not None
    await host.directory.add_member(school_a.id, person.account, roles=["teacher"])
    for _ in range(4):
        clock.advance(timedelta(hours=2, minutes=50))
        assert 200 == (await person.http.get("/auth/session")).status_code
    tokens = await signed_in(person, page)
    clock.advance(timedelta(minutes=41))
    assert 400 == (await page.refresh(tokens["refresh_token"])).status_code


async def test_a_page_listens(app: Any, teacher: Client, page: Page) -> None:
    token = (await signed_in(teacher, page))["access_token"]
    async with served(app) as port:
        async with socket(page.client, port, origin=APP, init={"Authorization": f"Bearer {token}"}) as here:
            await here.ready()


async def test_a_library_finds_its_way(page: Page, teacher: Client) -> None:
    answer = await page.http.get("/.well-known/oauth-authorization-server")
    issuer = teacher.http.headers["Origin"]
    assert (issuer, f"{issuer}/oauth/token") == (answer.json()["issuer"], answer.json()["token_endpoint"])
    assert APP == answer.headers["access-control-allow-origin"]


async def test_no_secret_is_in_the_log(
    teacher: Client, page: Page, school_b: Space, as_role: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = await signed_in(teacher, page)
    await page.reads(tokens["access_token"])
    await page.refresh(tokens["refresh_token"])
    await page.refresh(tokens["refresh_token"])
    way = (await teacher.http.post("/auth/handover", json={"space": school_b.slug})).json()
    there = as_role.visitor(school_b)
    for _ in range(2):
        await there.http.post("/auth/enter", json=way)
    body = {"title": "x", "password": teacher.password}
    issued = (await teacher.http.post("/auth/tokens", json=body)).json()["token"]
    for given in ("wrong wrong wrong", teacher.password):
        await there.http.post("/auth/login", json={"login": teacher.login, "password": given})
    reported = caplog.text
    assert "/auth/enter" in reported  # the client's own log of addresses, to see that there is one
    secret = [*tokens.values(), way["code"], issued, teacher.password, "wrong wrong wrong", page.verifier]
    assert [] == [each for each in secret if isinstance(each, str) and len(each) > 10 and each in reported]
