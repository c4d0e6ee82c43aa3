"""Files: kept whole or not at all, fetched by those to whom a row shows them, and by nobody else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import resource
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from album.plugin import add_picture
from hypothesis import given
from hypothesis import strategies as st

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.files.keeping import storage_of
from homeroom.files.kinds import DOCUMENTS, HEAD, IMAGES, media_type_of
from homeroom.host import Host
from homeroom.testing import Client, People

#: The smallest PNG: one pixel that cannot be seen.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

ADD = """
mutation Add($title: String!, $name: String!, $content: String!, $owner: ID, $negative: Boolean) {
  addPicture(input: {title: $title, name: $name, content: $content, owner: $owner, negative: $negative}) {
    picture { id fileUrl negativeUrl } errors { code message field }
  }
}
"""


async def _add(client: Client, content: bytes, name: str = "sea.png", **values: Any) -> dict[str, Any]:
    variables = {"title": "sea", "name": name, "content": base64.b64encode(content).decode(), **values}
    answer = await client.post(ADD, variables)
    payload: dict[str, Any] = answer.json()["data"]["addPicture"]
    return payload


async def _url(client: Client, content: bytes, name: str = "sea.png", **values: Any) -> str:
    payload = await _add(client, content, name, **values)
    assert [] == payload["errors"]
    return str(payload["picture"]["negativeUrl" if values.get("negative") else "fileUrl"])


async def test_what_was_given_is_fetched(east: Space, people: People) -> None:
    keeper = await people(east, "keeper")
    url = await _url(keeper, PNG, "Biển đêm.png")
    answer = await keeper.http.get(url)
    assert (200, PNG, "image/png") == (answer.status_code, answer.content, answer.headers["content-type"])
    assert "filename*=UTF-8''Bi%E1%BB%83n%20%C4%91%C3%AAm.png" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("inline")
    assert ("nosniff", "default-src 'none'; sandbox") == (
        answer.headers["x-content-type-options"],
        answer.headers["content-security-policy"],
    )


async def test_a_full_disk_is_said_by_its_name(
    east: Space, people: People, contents: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = await people(east, "keeper")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # what lies on a disk of a kilobyte
    try:
        answer = await _sent(keeper, PNG + os.urandom(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ["INSUFFICIENT_STORAGE"] == [each["extensions"]["code"] for each in answer["errors"]]
    assert f"there is no room for files in {contents}" in caplog.text
    assert [] == [path for path in (contents / str(east.id)).rglob("*") if path.parent.name == "incoming"]


async def test_a_folder_that_cannot_be_used_is_named_in_the_log(
    gallery: Host, people: People, contents: Path, caplog: pytest.LogCaptureFixture
) -> None:
    south = await gallery.directory.create_space(slug=f"south-{new_id().hex[-8:]}", name="South", region="walls")
    (contents / str(south.id)).write_text("no folder")
    answer = await _sent(await people(south, "keeper"), PNG)
    assert ["UNAVAILABLE"] == [each["extensions"]["code"] for each in answer["errors"]]
    assert f"the disk refuses for files in {contents}" in caplog.text


async def _sent(client: Client, content: bytes) -> dict[str, Any]:
    variables = {"title": "sea", "name": "sea.png", "content": base64.b64encode(content).decode()}
    answer: dict[str, Any] = (await client.post(ADD, variables)).json()
    return answer


async def test_what_a_browser_cannot_show_safely_is_saved(east: Space, people: People) -> None:
    keeper = await people(east, "keeper")
    answer = await keeper.http.get(await _url(keeper, b"name,mark\nAn,7\n", "marks.csv"))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("page.png", b"<html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("program.exe", b"MZ\x90\x00" + bytes(60)),
        ("noise.csv", bytes(range(256))),
        ("empty.png", b""),
    ],
)
async def test_other_kinds_are_refused_and_leave_nothing(
    east: Space, people: People, gallery: Host, name: str, content: bytes
) -> None:
    keeper = await people(east, "keeper")
    payload = await _add(keeper, content, name)
    assert payload["picture"] is None
    assert ["content"] == [each["field"] for each in payload["errors"]]
    digest = hashlib.sha256(content).hexdigest()
    assert not await _rows(gallery, east, digest)


async def test_too_much_is_refused_as_soon_as_it_is_too_much(east: Space, people: People, contents: Path) -> None:
    keeper = await people(east, "keeper")
    payload = await _add(keeper, PNG + bytes(100_001))
    assert ["content"] == [each["field"] for each in payload["errors"]]
    assert [] == list((contents / str(east.id) / "incoming").iterdir())


async def test_only_those_who_see_the_row_fetch_the_file(east: Space, west: Space, people: People) -> None:
    owner, other = new_id(), new_id()
    keeper = await people(east, "keeper")
    url = await _url(keeper, PNG + b"own", owner=str(owner))
    allowed = [keeper, await people(east, "guest", person=owner)]
    refused = [
        await people(east, "guest", person=other),
        await people(east, "nobody"),
        await people(west, "keeper"),
        await people(west, "guest", person=owner),
    ]
    assert [200, 200] == [(await each.http.get(url)).status_code for each in allowed]
    answers = [await each.http.get(url) for each in refused]
    absent = await keeper.http.get(f"/files/{new_id()}")
    # "Not yours" and "not there" are one answer.
    assert {(404, absent.text)} == {(each.status_code, each.text) for each in answers}
    assert 401 == (await people.visitor(east).http.get(url)).status_code
    assert 403 == (await (await people.newcomer(east)).http.get(url)).status_code


async def test_a_field_that_may_not_be_read_shows_no_file(east: Space, people: People) -> None:
    owner = new_id()
    keeper, guest = await people(east, "keeper"), await people(east, "guest", person=owner)
    url = await _url(keeper, PNG + b"negative", owner=str(owner), negative=True)
    assert (200, 404) == ((await keeper.http.get(url)).status_code, (await guest.http.get(url)).status_code)


async def test_a_refused_command_leaves_no_row(east: Space, people: People, gallery: Host) -> None:
    keeper = await people(east, "keeper")
    content = PNG + b"refused"
    payload = await _add(keeper, content, title="refused")
    assert [("INVALID", "title")] == [(each["code"], each["field"]) for each in payload["errors"]]
    digest = hashlib.sha256(content).hexdigest()
    assert not await _rows(gallery, east, digest)
    # Its content is nobody's, and is removed once no command can be at work on it any more.
    path = storage_of(gallery).path(east.id, digest)
    assert path.is_file()
    wanted = await _digests(gallery, east)
    assert 0 == storage_of(gallery).sweep(east.id, wanted)
    os.utime(path, (0, 0))
    assert 1 == storage_of(gallery).sweep(east.id, wanted)
    assert [] == storage_of(gallery).missing(east.id, wanted)
    assert not path.exists()


async def test_a_rehearsed_command_leaves_no_file(east: Space, people: People, gallery: Host, contents: Path) -> None:
    keeper, content = await people(east, "keeper"), PNG + b"rehearsed"
    before = sorted(contents.rglob("*"))
    variables = {"title": "sea", "name": "sea.png", "content": base64.b64encode(content).decode()}
    rehearsal = ADD.replace("addPicture(input: {", "addPicture(input: {rehearse: true, ")
    shown = (await keeper.post(rehearsal, variables)).json()["data"]["addPicture"]
    assert [] == shown["errors"]
    assert 404 == (await keeper.http.get(shown["picture"]["fileUrl"])).status_code
    assert not await _rows(gallery, east, hashlib.sha256(content).hexdigest())
    assert before == sorted(path for path in contents.rglob("*") if path.name != "incoming" or path in before)


async def test_one_content_is_stored_once_in_each_school(
    east: Space, west: Space, people: People, gallery: Host
) -> None:
    content = PNG + b"twice"
    digest = hashlib.sha256(content).hexdigest()
    there = await people(west, "keeper")
    here = await people(east, "keeper")
    urls = [await _url(here, content, "one.png"), await _url(here, content, "two.png")]
    assert 2 == len(set(urls))
    assert 2 == len(await _rows(gallery, east, digest))
    assert not storage_of(gallery).path(west.id, digest).exists()
    await _url(there, content)
    assert storage_of(gallery).path(west.id, digest).is_file()


async def test_a_content_that_is_gone_is_a_fault_and_reported_as_one(
    east: Space, people: People, gallery: Host
) -> None:
    content = PNG + b"lost"
    keeper = await people(east, "keeper")
    url = await _url(keeper, content)
    digest = hashlib.sha256(content).hexdigest()
    storage_of(gallery).path(east.id, digest).unlink()
    assert 503 == (await keeper.http.get(url)).status_code
    assert [digest] == storage_of(gallery).missing(east.id, await _digests(gallery, east))
    await _url(keeper, content)  # given once more, it is there again
    assert 200 == (await keeper.http.get(url)).status_code


async def test_many_at_once_keep_their_contents_apart(east: Space, gallery: Host, people: People) -> None:
    caller = gallery.system_caller(east)
    contents = [PNG + bytes([number]) * 999 for number in range(20)]

    async def one(content: bytes) -> UUID:
        given = base64.b64encode(content).decode()
        made: UUID = await gallery.execute(caller, add_picture, title="x", name="x.png", content=given, piece=7)
        return made

    made = await asyncio.gather(*(one(each) for each in contents))
    keeper = await people(east, "keeper")
    data = await keeper.gql(
        "query($ids: [ID!]) { pictures(first: 100, filter: {id: {in: $ids}}) { nodes { id fileUrl } } }",
        ids=[f"Picture_{each}" for each in made],
    )
    urls = {each["id"]: each["fileUrl"] for each in data["pictures"]["nodes"]}
    for picture, content in zip(made, contents, strict=True):
        answer: httpx.Response = await keeper.http.get(urls[f"Picture_{picture}"])
        assert content == answer.content


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\photos\\me.png", "me.png"),
        (".png", "png"),
        ("a\nb<c.png", "a_b<c.png"),
        ("", "file"),
        ("é" * 300 + ".png", "é" * 251 + ".png"),
    ],
)
async def test_a_name_is_for_people_and_leads_nowhere(east: Space, gallery: Host, given_name: str, kept: str) -> None:
    content = PNG + b"named" + given_name.encode()
    given_content = base64.b64encode(content).decode()
    await gallery.execute(gallery.system_caller(east), add_picture, title="x", name=given_name, content=given_content)
    rows = await _rows(gallery, east, hashlib.sha256(content).hexdigest())
    assert [kept] == [row["name"] for row in rows]


async def test_a_full_disk_refuses_whole(east: Space, gallery: Host, contents: Path) -> None:
    async def broken() -> Any:
        yield PNG
        raise OSError("the connection is gone")

    with pytest.raises(OSError, match="gone"):
        await storage_of(gallery).keep(east.id, broken(), limit=1000)
    assert [] == list((contents / str(east.id) / "incoming").iterdir())


def _office(part: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<x/>")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "me.jpg", "image/png"),
        (PDF, "form", "application/pdf"),
        (_office("xl/workbook.xml"), "list.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("họ,tên\n".encode(), "list.csv", "text/csv"),
        (b"plain", "note.txt", "text/plain"),
        (("ă" * HEAD).encode()[:HEAD], "long.txt", "text/plain"),
        (b"plain", "note", None),
        (b"plain", "note.pdf", None),
    ],
)
def test_the_content_says_what_it_is(content: bytes, name: str, kind: str | None) -> None:
    assert kind == media_type_of(content[:HEAD], name, DOCUMENTS)


@given(content=st.binary(max_size=300), name=st.text(max_size=20))
def test_no_name_makes_something_a_picture(content: bytes, name: str) -> None:
    assert media_type_of(content, name, IMAGES) == media_type_of(content, "", IMAGES)


async def _rows(gallery: Host, space: Space, digest: str) -> list[Any]:
    async with gallery.database.transaction(space.id) as transaction:
        return list(await transaction.fetch("SELECT * FROM stored_file WHERE digest = $1", digest))


async def _digests(gallery: Host, space: Space) -> set[str]:
    async with gallery.database.transaction(space.id) as transaction:
        return {row["digest"] for row in await transaction.fetch("SELECT digest FROM stored_file")}


async def test_a_command_names_its_own_limit(east: Space, gallery: Host) -> None:
    given_content = base64.b64encode(PNG + bytes(100_001)).decode()
    with pytest.raises(Refusal, match="100,000"):
        await gallery.execute(gallery.system_caller(east), add_picture, title="x", name="x.png", content=given_content)
