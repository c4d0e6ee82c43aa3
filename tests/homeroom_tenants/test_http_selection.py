"""Which school a request reaches, and what other sites cannot make a browser do."""

from __future__ import annotations

import httpx
import pytest

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People

ASK = "{ __typename }"


def portal(client: Client, header: str | None = None) -> Client:
    """The same client at an address that belongs to no school."""
    client.http.base_url = httpx.URL("https://localhost")
    client.http.headers["Origin"] = "http://localhost"
    if header is not None:
        client.http.headers["X-Homeroom-Tenant"] = header
    return client


async def _teacher(host: Host, as_role: People, *spaces: Space) -> Client:
    client = await as_role.newcomer(spaces[0])
    assert client.account is not None
    for space in spaces:
        await host.directory.add_member(space.id, client.account, roles=["teacher"])
    return client


async def test_nobody_is_somebody_without_signing_in(school_a: Space, as_role: People) -> None:
    assert ["UNAUTHENTICATED"] == await as_role.visitor(school_a).refused(ASK)


async def test_no_school_and_not_your_school_are_one_answer(
    school_a: Space, school_b: Space, host: Host, as_role: People
) -> None:
    client = await _teacher(host, as_role, school_a)
    assert [] == await client.refused(ASK)
    cookies = dict(client.http.cookies)
    answers = []
    for slug in (school_b.slug, "there-is-none"):
        elsewhere = portal(as_role.visitor(school_a), slug)
        elsewhere.http.cookies.update(cookies)
        answer = await elsewhere.post(ASK)
        answers.append((answer.status_code, answer.json()))
    assert 403 == answers[0][0]
    assert answers[0] == answers[1]


async def test_an_address_of_no_school_needs_the_header(school_a: Space, host: Host, as_role: People) -> None:
    client = await _teacher(host, as_role, school_a)
    cookies = dict(client.http.cookies)
    without, with_header = portal(as_role.visitor(school_a)), portal(as_role.visitor(school_a), school_a.slug)
    for each in (without, with_header):
        each.http.cookies.update(cookies)
    assert ["FORBIDDEN"] == await without.refused(ASK)
    assert [] == await with_header.refused(ASK)


async def test_host_name_and_header_must_agree(school_a: Space, school_b: Space, host: Host, as_role: People) -> None:
    client = await _teacher(host, as_role, school_a, school_b)
    client.http.headers["X-Homeroom-Tenant"] = school_a.slug
    assert [] == await client.refused(ASK)
    client.http.headers["X-Homeroom-Tenant"] = school_b.slug
    assert ["BAD_SELECTION"] == await client.refused(ASK)


async def test_a_school_answers_at_a_host_name_of_its_own(school_a: Space, host: Host, as_role: People) -> None:
    client = await _teacher(host, as_role, school_a)
    name = f"{school_a.slug}.example"
    await host.directory.add_host(school_a.id, name)  # type: ignore[attr-defined]
    client.http.headers["Host"] = name
    client.http.headers["Origin"] = f"http://{name}"
    client.http.headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in client.http.cookies.items())
    assert [] == await client.refused(ASK)


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://school.localhost"])
async def test_a_cookie_alone_does_nothing_for_another_site(
    origin: str | None, school_a: Space, host: Host, as_role: People
) -> None:
    client = await _teacher(host, as_role, school_a)
    del client.http.headers["Origin"]
    if origin is not None:
        client.http.headers["Origin"] = origin
    assert ["CROSS_SITE"] == await client.refused(ASK)


async def test_a_form_does_nothing_even_from_our_own_pages(school_a: Space, host: Host, as_role: People) -> None:
    client = await _teacher(host, as_role, school_a)
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await client.http.post("/auth/logout", content=b"{}", headers={"Content-Type": content_type})
        assert (403, "CROSS_SITE") == (answer.status_code, answer.json()["errors"][0]["code"])
    assert [] == await client.refused(ASK)


async def test_a_listed_origin_may_speak_and_read(
    school_a: Space, school_b: Space, host: Host, as_role: People
) -> None:
    admin = await as_role.as_role(school_a, "admin")
    app = "https://app.example"
    answer = await admin.gql(
        "mutation($o: [String!]!) { setOrigins(input: {origins: $o}) { errors { code field row } } }", o=[app]
    )
    assert not answer["setOrigins"]["errors"]
    client = await _teacher(host, as_role, school_a, school_b)
    client.http.headers["Origin"] = app
    read = await client.post(ASK)
    assert (200, app) == (read.status_code, read.headers["access-control-allow-origin"])
    asked = await client.http.options("/graphql", headers={"Access-Control-Request-Method": "POST"})
    assert 204 == asked.status_code
    assert "POST" in asked.headers["access-control-allow-methods"]
    # The list is the school's own.
    client.http.base_url = httpx.URL(f"https://{school_b.slug}.localhost")
    asked = await client.http.options("/graphql", headers={"Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in asked.headers
    bad = await admin.gql(
        'mutation { setOrigins(input: {origins: ["https://fine.example", "*"]}) { errors { code field row } } }'
    )
    assert [{"code": "BAD_FORMAT", "field": "origins", "row": 1}] == bad["setOrigins"]["errors"]


@pytest.mark.parametrize("name", ["x" * 300, "school.localhost:port", "school_.localhost"])
async def test_a_malformed_host_is_refused(name: str, school_a: Space, as_role: People) -> None:
    visitor = as_role.visitor(school_a)
    visitor.http.headers["Host"] = name
    answer = await visitor.http.post("/auth/login", json={"login": "mai", "password": "correct horse"})
    assert 400 == answer.status_code, answer.text
    assert "BAD_HOST" == answer.json()["errors"][0]["code"]
