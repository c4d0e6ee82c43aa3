"""Which origins may call which route with somebody's cookie: every route is classified here, each with its reason."""

from __future__ import annotations

from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.testing import Client, People

#: Pages of origins that the selected school lists may call it, and read the answer.
LISTED: Final = "listed"
#: Only our own pages at this host name may call it.
OWN: Final = "own"
#: It looks at no cookie, and pages of origins that the selected school lists may read the answer.
READABLE: Final = "readable"
#: It looks at no cookie and says the same to everybody.
OPEN: Final = "open"

ID: Final = str(new_id())
CODE: Final = {"code": "hrx_" + "x" * 43}

ASKED: Final = {
    "response_type": "code",
    "client_id": "http://app.localhost",
    "redirect_uri": "http://app.localhost/back",
    "code_challenge": "x" * 43,
    "code_challenge_method": "S256",
}

#: Method and path; who may call it; why; the body of a call.
ROUTES: Final[dict[tuple[str, str], tuple[str, str, dict[str, Any] | None]]] = {
    ("GET", "/health/live"): (OPEN, "says nothing of anybody", None),
    ("GET", "/health/ready"): (OPEN, "says nothing of anybody", None),
    ("GET", "/"): (OWN, "a page of the console", None),
    ("GET", "/nouns"): (OWN, "a page of the console", None),
    ("GET", "/nouns/{plural}"): (OWN, "a page of the console", None),
    ("GET", "/nouns/{plural}/{row}"): (OWN, "a page of the console", None),
    ("GET", "/nouns/{plural}/{row}/guarded"): (OWN, "a part of a page", None),
    ("GET", "/nouns/{plural}/{row}/{relation}"): (OWN, "a part of a page", None),
    ("GET", "/choices/{noun}"): (OWN, "a part of a page", None),
    ("GET", "/find"): (OWN, "a page of the console", None),
    ("GET", "/history/{row}"): (OWN, "a part of a page", None),
    ("GET", "/do/{name}"): (OWN, "a page of the console", None),
    ("POST", "/do/{name}"): (OWN, "a form of the console", {}),
    ("POST", "/check/{name}"): (OWN, "a form of the console", {}),
    ("GET", "/imports"): (OWN, "a page of the console", None),
    ("GET", "/imports/{name}"): (OWN, "a page of the console", None),
    ("GET", "/imports/{name}/template"): (OWN, "a page of the console", None),
    ("POST", "/imports/{name}"): (OWN, "a form of the console", {}),
    ("GET", "/import-runs/{run}"): (OWN, "a page of the console", None),
    ("GET", "/jobs"): (OWN, "a page of the console", None),
    ("GET", "/pages/{path}"): (OWN, "a page of the console", None),
    ("POST", "/run/{name}/{operation}"): (OWN, "a page of the console", {}),
    ("GET", "/sign-in"): (OPEN, "a page without data", None),
    ("GET", "/forgotten"): (OPEN, "a page without data", None),
    ("GET", "/schools"): (OPEN, "a page without data", None),
    ("GET", "/enter"): (OPEN, "a page without data", None),
    ("GET", "/inbox"): (OWN, "a page of the console", None),
    ("GET", "/inbox/todo"): (OWN, "a page of the console", None),
    ("GET", "/inbox/settings"): (OWN, "a page of the console", None),
    ("POST", "/inbox"): (OWN, "a form of the console", {}),
    ("POST", "/inbox/settings"): (OWN, "a form of the console", {}),
    ("GET", "/bells"): (OWN, "a part of a page", None),
    ("GET", "/district"): (OWN, "a page of the console", None),
    ("GET", "/account"): (OWN, "the account's page", None),
    ("GET", "/console/style"): (OWN, "a page of the console", None),
    ("GET", "/console/assets/{name}"): (OPEN, "files of pages", None),
    ("GET", "/console/crest/{name}"): (OPEN, "the crest of the school, which everybody sees", None),
    ("GET", "/graphiql"): (OPEN, "a page without data", None),
    ("GET", "/graphiql/{name}"): (OPEN, "files of that page", None),
    ("GET", "/welcome"): (OPEN, "a page without data", None),
    ("GET", "/welcome/welcome.js"): (OPEN, "files of that page", None),
    ("GET", "/welcome/common.js"): (OPEN, "files of that page", None),
    ("GET", "/oauth/authorize"): (OPEN, "a page without data", None),
    ("GET", "/oauth/authorize.js"): (OPEN, "files of that page", None),
    ("POST", "/oauth/authorize/request"): (OWN, "names who is signed in", ASKED),
    ("POST", "/oauth/authorize"): (OWN, "gives a page the account in this school", ASKED),
    ("POST", "/oauth/token"): (READABLE, "wants a code and a secret, and no cookie", None),
    ("POST", "/oauth/revoke"): (READABLE, "wants a token, and no cookie", None),
    ("GET", "/.well-known/oauth-authorization-server"): (READABLE, "says nothing of anybody", None),
    ("POST", "/graphql"): (LISTED, "the selected school's data", {"query": "{ __typename }"}),
    ("GET", "/graphql"): (LISTED, "the selected school's data", None),
    ("GET", "/documents"): (LISTED, "the selected school's papers", None),
    ("GET", "/documents/{name}"): (LISTED, "the selected school's papers", None),
    ("GET", "/lists/{file}"): (LISTED, "the selected school's lists", None),
    ("GET", "/files/{file_id}"): (LISTED, "the selected school's files", None),
    ("GET", "/rosters/export.zip"): (LISTED, "the selected school's roster", None),
    ("POST", "/auth/login"): (OWN, "signs in for every school", {"login": "nobody", "password": "wrong"}),
    ("POST", "/auth/enter"): (OWN, "signs in for every school", CODE),
    ("POST", "/auth/enter/look"): (OWN, "names an account", CODE),
    ("POST", "/auth/handover"): (OWN, "opens another school", {"space": "elsewhere"}),
    ("POST", "/auth/confirm"): (OWN, "the account's session", {"password": "x"}),
    ("POST", "/auth/logout"): (OWN, "the account's session", {}),
    ("GET", "/auth/session"): (OWN, "names the account's other schools", None),
    ("GET", "/auth/sessions"): (OWN, "the account's sessions", None),
    ("DELETE", "/auth/sessions"): (OWN, "the account's sessions", {}),
    ("DELETE", "/auth/sessions/{session_id}"): (OWN, "the account's sessions", {}),
    ("POST", "/auth/password"): (OWN, "the account's password", {"old": "wrong", "new": "wrong"}),
    ("POST", "/auth/reset"): (OWN, "the account's password", {**CODE, "new": "wrong"}),
    ("GET", "/auth/tokens"): (OWN, "the account's tokens, of every school", None),
    ("POST", "/auth/tokens"): (OWN, "outlives the page and its school's list", {"title": "a page's"}),
    ("DELETE", "/auth/tokens/{token_id}"): (OWN, "the account's tokens, of every school", {}),
    ("POST", "/auth/forgotten"): (OWN, "mails the account", {"login": "nobody"}),
    ("GET", "/auth/address"): (OWN, "the account's address", None),
    ("POST", "/auth/address"): (OWN, "the account's address", {"address": "thief@mail.example"}),
    ("POST", "/auth/address/confirm"): (OWN, "the account's address", CODE),
    ("POST", "/auth/address/undo"): (OWN, "the account's address", CODE),
    ("POST", "/auth/name"): (OWN, "the account's name, in every school", {"name": "Mai"}),
    ("POST", "/auth/language"): (OWN, "the account's language", {"language": "vi"}),
    ("POST", "/auth/invitation"): (OWN, "made for our own page", CODE),
    ("POST", "/auth/invitation/accept"): (OWN, "makes the account a member", CODE),
}

LIST = "mutation($o: [String!]!) { setOrigins(input: {origins: $o}) { errors { code } } }"
#: Same site as the schools, so that browsers send its requests with the cookie.
PAGE: Final = "http://app.localhost"


def called(path: str) -> str:
    for name in ("session_id", "token_id", "file_id"):
        path = path.replace(f"{{{name}}}", ID)
    return path.replace("{name}", "start.js").replace("{file}", "students.csv")


@pytest_asyncio.fixture(loop_scope="session")
async def victim(school_a: Space, school_b: Space, host: Host, as_role: People) -> Client:
    """A teacher of two schools, of which the first lists an origin, with the cookie at the first one's host name."""
    admin = await as_role.as_role(school_a, "admin")
    assert not (await admin.gql(LIST, o=[PAGE]))["setOrigins"]["errors"]
    client = await as_role.newcomer(school_a)
    assert client.account is not None
    for school in (school_a, school_b):
        await host.directory.add_member(school.id, client.account, roles=["teacher"])
    return client


def found_in(app: Litestar) -> set[tuple[str, str]]:
    found = set()
    for route in app.routes:
        methods = getattr(route, "methods", None) or {"GET", "POST"}  # an ASGI route sorts methods itself
        found |= {(str(each), route.path_format) for each in methods if each != "OPTIONS"}
    return found


def test_every_route_is_classified(app: Litestar) -> None:
    assert set(ROUTES) == found_in(app)


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and "CROSS_SITE" in answer.text


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
async def test_a_listed_origin_reaches_its_school_and_nothing_of_the_account(
    method: str, path: str, victim: Client
) -> None:
    who, _, body = ROUTES[method, path]
    headers = {"Origin": PAGE, "X-Homeroom-CSRF": "1", "Accept": "application/graphql-response+json"}
    answer = await victim.http.request(method, called(path), json=body, headers=headers)
    assert (who == OWN) == refused(answer), answer.text
    readable = PAGE == answer.headers.get("access-control-allow-origin")
    assert (who in (LISTED, READABLE)) == readable
    asked = await victim.http.options(
        called(path),
        headers={
            "Origin": PAGE,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type, x-homeroom-csrf",
        },
    )
    assert (who in (LISTED, READABLE)) == (PAGE == asked.headers.get("access-control-allow-origin"))
    # The same call by an origin that nobody lists never gets through, and with the own origin it is no other site's.
    strange = await victim.http.request(
        method, called(path), json=body, headers={**headers, "Origin": "http://x.localhost"}
    )
    assert (who in (LISTED, OWN)) == refused(strange)
    assert "access-control-allow-origin" not in strange.headers


async def test_a_page_of_school_a_gets_nowhere_in_school_b(school_b: Space, victim: Client, as_role: People) -> None:
    page = {"Origin": PAGE, "X-Homeroom-Tenant": school_b.slug}
    there = as_role.visitor(school_b)
    there.http.cookies.update(dict(victim.http.cookies))
    # At school B's host name, and at a host name of no school with B in the header.
    answer = await there.http.post("/graphql", json={"query": "{ __typename }"}, headers=page)
    assert ["CROSS_SITE"] == [each["extensions"]["code"] for each in answer.json()["errors"]]
    there.http.base_url = httpx.URL("https://localhost")
    answer = await there.http.post("/graphql", json={"query": "{ __typename }"}, headers=page)
    assert ["CROSS_SITE"] == [each["extensions"]["code"] for each in answer.json()["errors"]]


async def test_who_was_judged_on_one_route_is_judged_again_on_another(school_a: Space, victim: Client) -> None:
    # The same head to the letter: what is remembered of it for the school's routes says nothing for the account's.
    headers = {"Origin": PAGE, "X-Homeroom-CSRF": "1"}
    for path, expected in (("/graphql", 200), ("/auth/tokens", 403), ("/graphql", 200)):
        body = {"query": "{ __typename }"} if path == "/graphql" else {"title": "x"}
        assert expected == (await victim.http.post(path, json=body, headers=headers)).status_code


async def test_a_preflight_that_names_the_header_is_answered_where_no_host_name_chooses(
    school_a: Space, victim: Client, as_role: People
) -> None:
    portal = as_role.visitor(school_a)
    portal.http.base_url = httpx.URL("https://localhost")

    async def asks(origin: str, path: str = "/graphql", **more: str) -> str | None:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST", **more}
        answer = await portal.http.options(path, headers=headers)
        return answer.headers.get("access-control-allow-origin")

    named = {"Access-Control-Request-Headers": "content-type,x-homeroom-tenant"}
    assert PAGE == await asks(PAGE, **named)
    assert await asks(PAGE) is None
    assert await asks("https://unlisted.example", **named) is None
    assert await asks(PAGE, "/auth/handover", **named) is None
    # The request itself is judged by the school that it names.
    portal.http.cookies.update(dict(victim.http.cookies))
    portal.http.headers.update({"Origin": PAGE, "X-Homeroom-Tenant": school_a.slug})
    answer = await portal.post("{ __typename }")
    assert (200, PAGE) == (answer.status_code, answer.headers["access-control-allow-origin"])
