"""Files by the GraphQL multipart request specification: bounded, streamed, and never by a page of another site."""

from __future__ import annotations

import json
import os
from typing import Any

import httpx
import pytest
from garden.planting import Garden
from litestar import Litestar

from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom.testing.serving import served

NEW = "application/graphql-response+json"
PICTURE = """mutation($bed: ID!, $pictures: [Upload!]!, $plan: Upload) {
    pictureBed(input: {bed: $bed, pictures: $pictures, plan: $plan}) { bed { title } errors { code } } }"""
WHOLE = "mutation($input: PictureBedInput!) { pictureBed(input: $input) { bed { title } errors { code } } }"
CSRF = {"X-Homeroom-CSRF": "1"}


@pytest.fixture
async def keeper(own_garden: Garden, people: People) -> Client:
    """Somebody who may do everything in a garden."""
    return await people(own_garden.space, "keeper")


Part = tuple[str, str | None, str | None, bytes]


def form(*parts: Part, boundary: str = "xYzZY") -> tuple[bytes, str]:
    """A form's body and content type from (name, file name, content type, content)."""
    body = b""
    for name, filename, kind, content in parts:
        head = f'Content-Disposition: form-data; name="{name}"'
        head += f'; filename="{filename}"' if filename is not None else ""
        head += f"\r\nContent-Type: {kind}" if kind is not None else ""
        body += f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def operation(query: str, **variables: Any) -> Part:
    """The form's first field."""
    return "operations", None, None, json.dumps({"query": query, "variables": variables}).encode()


def places(**paths: list[str]) -> Part:
    """The form's second field."""
    return "map", None, None, json.dumps(paths).encode()


async def send(client: Client, *parts: Part, headers: dict[str, str] | None = None) -> Any:
    """Send a form with the header that a page of ours sends."""
    body, kind = form(*parts)
    given = {"Content-Type": kind, "Accept": NEW} | (CSRF if headers is None else headers)
    return await client.http.post("/graphql", content=body, headers=given)


def codes(response: Any) -> list[str]:
    return [each["extensions"]["code"] for each in response.json()["errors"]]


async def test_files_arrive_whole(keeper: Client, own_garden: Garden) -> None:
    bed = f"Bed_{own_garden.ids['Bed'][0]}"
    small, large = os.urandom(1000), os.urandom(3_000_000)
    response = await send(
        keeper,
        operation(PICTURE, bed=bed, pictures=[None, None], plan=None),
        places(a=["variables.pictures.0"], b=["variables.pictures.1"], c=["variables.plan"]),
        ("a", "rose.png", "image/png", small),
        ("b", "học bạ.jpg", "image/jpeg", large),
        ("c", "plan", None, b""),
    )
    assert 200 == response.status_code, response.text
    title = "rose.png image/png 1000; học bạ.jpg image/jpeg 3000000; plan application/octet-stream 0"
    assert title == response.json()["data"]["pictureBed"]["bed"]["title"]


async def test_one_file_may_stand_in_several_places_of_an_input(keeper: Client, own_garden: Garden) -> None:
    given = {"bed": f"Bed_{own_garden.ids['Bed'][0]}", "pictures": [None], "plan": None}
    response = await send(
        keeper,
        operation(WHOLE, input=given),
        places(a=["variables.input.pictures.0", "variables.input.plan"]),
        ("a", "x.txt", "text/plain", b"hello"),
    )
    assert "x.txt text/plain 5; x.txt text/plain 5" == response.json()["data"]["pictureBed"]["bed"]["title"]


async def test_the_audit_keeps_name_and_digest_and_a_repeated_call_is_known(
    house: Host, keeper: Client, own_garden: Garden
) -> None:
    given = {"bed": f"Bed_{own_garden.ids['Bed'][1]}", "pictures": [None], "idempotencyKey": "once"}
    for content in (b"same", b"same", b"other"):
        response = await send(
            keeper, operation(WHOLE, input=given), places(a=["variables.input.pictures.0"]),
            ("a", "x.txt", "text/plain", content),
        )  # fmt: skip
        answer = response.json()["data"]["pictureBed"]
        assert (["KEY_REUSED"] if content == b"other" else []) == [each["code"] for each in answer["errors"]]
    async with house.database.transaction(own_garden.space.id) as transaction:
        kept = await transaction.fetchval(
            "SELECT arguments::text FROM audit_entry WHERE command = 'garden.bed.picture' ORDER BY id LIMIT 1"
        )
    (picture,) = json.loads(kept)["pictures"]
    assert {"name", "content_type", "size", "sha256"} == picture.keys()
    assert "x.txt" == picture["name"]


ONE = operation(PICTURE, bed="Bed_1", pictures=[None])
HERE = places(a=["variables.pictures.0"])
FILE: Part = ("a", "x", "text/plain", b"x")


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (ONE,),
        (HERE, ONE, FILE),
        (ONE, FILE, HERE),
        (ONE, HERE),
        (ONE, HERE, FILE, FILE),
        (ONE, HERE, ("b", "x", "text/plain", b"x")),
        (ONE, places(a=["variables.pictures.1"]), FILE),
        (ONE, places(a=["variables.pictures.-1"]), FILE),
        (ONE, places(a=["variables.pictures.0.x"]), FILE),
        (ONE, places(a=["variables.bed"]), FILE),
        (ONE, places(a=["variables.nobody"]), FILE),
        (ONE, places(a=["variables"]), FILE),
        (ONE, places(a=["query"]), FILE),
        (ONE, places(a=[""]), FILE),
        (ONE, places(a=["variables.pictures.0", "variables.pictures.0"]), FILE),
        (ONE, ("map", None, None, b"[]"), FILE),
        (ONE, ("map", None, None, b"{"), FILE),
        (("operations", None, None, b"["), HERE, FILE),
        (("operations", None, None, b"[" * 50_000), HERE, FILE),
        (("operations", None, None, b"[]"), HERE, FILE),
        (("operations", None, None, b"{}"), HERE, FILE),
    ],
)
async def test_a_wrong_form_is_400(keeper: Client, parts: tuple[Part, ...]) -> None:
    response = await send(keeper, *parts)
    assert (400, ["BAD_REQUEST"]) == (response.status_code, codes(response)), response.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=operations\r\n\r\n{", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"--x--", "multipart/form-data; boundary=" + "x" * 100),
        (b"--x\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    ],
)
async def test_what_is_no_form_is_400(keeper: Client, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind, "Accept": NEW} | CSRF
    response = await keeper.http.post("/graphql", content=body, headers=headers)
    assert (400, ["BAD_REQUEST"]) == (response.status_code, codes(response)), response.text


async def test_too_much_is_413(house: Host, keeper: Client) -> None:
    most = house.settings.max_upload
    many = {f"f{each}": ["variables.pictures.0"] for each in range(house.settings.graphql_max_files + 1)}
    for parts in (
        (ONE, HERE, ("a", "x", None, bytes(most + 1))),
        (ONE, places(**many), FILE),
        (("operations", None, None, b" " * (house.settings.graphql_max_body + 1)), HERE, FILE),
        (ONE, ("map", None, None, b" " * (house.settings.graphql_max_body + 1)), FILE),
        (ONE, HERE, *[FILE] * 50),
    ):
        response = await send(keeper, *parts)
        assert response.status_code in (400, 413)
        assert codes(response) in (["TOO_LARGE"], ["BAD_REQUEST"])
    body, kind = form(ONE, HERE, ("a", "x", None, bytes(1_000_000)))

    async def pieces() -> Any:
        yield body[:500]
        for _ in range(most // 1_000_000 + 2):
            yield bytes(1_000_000)

    headers = {"Content-Type": kind, "Accept": NEW} | CSRF
    response = await keeper.http.post("/graphql", content=pieces(), headers=headers)
    assert (413, ["TOO_LARGE"]) == (response.status_code, codes(response))


async def test_a_form_of_another_site_is_refused(keeper: Client, own_garden: Garden) -> None:
    bed = f"Bed_{own_garden.ids['Bed'][2]}"
    parts = (operation(PICTURE, bed=bed, pictures=[None]), HERE, FILE)
    before = await keeper.gql("query($id: ID!) { bed(id: $id) { title } }", id=bed)
    for headers in ({}, CSRF | {"Origin": "https://elsewhere.example"}):
        response = await send(keeper, *parts, headers=headers)
        assert (403, ["CROSS_SITE"]) == (response.status_code, codes(response))
    assert before == await keeper.gql("query($id: ID!) { bed(id: $id) { title } }", id=bed)


async def test_nobody_in_particular_sends_nothing(own_garden: Garden, people: People) -> None:
    visitor = people.visitor(own_garden.space)
    assert 401 == (await send(visitor, ONE, HERE, FILE)).status_code
    await visitor.close()


async def test_a_file_is_only_where_one_is_asked_for(keeper: Client, own_garden: Garden) -> None:
    query = 'mutation($o: JSON) { digBed(input: {title: "x", options: $o}) { errors { code } } }'
    for variables, path in (({"o": None}, "variables.o"), ({"o": {"a": [None]}}, "variables.o.a.0")):
        response = await send(keeper, operation(query, **variables), places(a=[path]), FILE)
        assert (400, ["BAD_USER_INPUT"]) == (response.status_code, codes(response))
    bed = f"Bed_{own_garden.ids['Bed'][0]}"
    response = await keeper.post(PICTURE, {"bed": bed, "pictures": ["a file"]})
    assert ["BAD_USER_INPUT"] == codes(response)


async def test_anyone_who_is_refused_reads_why_though_the_form_is_still_on_its_way(
    own_garden: Garden, garden_app: Litestar, keeper: Client
) -> None:
    """On a real server, and with more than what lies in the buffers between."""
    body, kind = form(
        operation(PICTURE, bed=f"Bed_{own_garden.ids['Bed'][0]}", pictures=[None]),
        places(a=["variables.pictures.0"]),
        ("a", "x.png", "image/png", os.urandom(9_000_000)),
    )
    origin = str(keeper.http.base_url).rstrip("/")
    cookies = "; ".join(f"{each.name}={each.value}" for each in keeper.http.cookies.jar)
    headers = {"Host": origin.partition("//")[2], "Origin": origin, "Cookie": cookies, "Content-Type": kind}
    async with served(garden_app) as port, httpx.AsyncClient(timeout=900) as http:
        url = f"http://127.0.0.1:{port}/graphql"
        for more, code in (({}, "CROSS_SITE"), ({"Cookie": ""} | CSRF, "UNAUTHENTICATED")):
            answer = await http.post(url, content=body, headers=headers | more)
            assert [code] == codes(answer), answer.text
