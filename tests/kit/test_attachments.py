"""Files of a noun by declaration: uploads with its verbs, who reads them, what is refused, what binds a decision."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import pytest_asyncio
from talents.nouns import EVIDENCE

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People

pytestmark = pytest.mark.asyncio(loop_scope="session")

STUDENT = """
mutation { createStudent(input: {name: {familyName: "Chan", givenName: "Mei"}}) { student { id } } }"""
TALENT = "talent { id version evidence { nodes { id name mediaType size digest fileUrl position } } evidenceHash }"
CREATE = f"""
mutation($student: ID!, $title: String!, $evidence: [Upload!]) {{
  createTalent(input: {{student: $student, category: "swimming", title: $title, evidence: $evidence}}) {{
    {TALENT} errors {{ code field }}
  }}
}}"""
CHANGE = f"""
mutation($talent: ID!, $evidence: [Upload!]) {{
  changeTalent(input: {{talent: $talent, evidence: $evidence}}) {{ {TALENT} errors {{ code field }} }}
}}"""
ADD = """
mutation($talent: ID!, $evidence: [Upload!]!) {
  addTalentProof(input: {talent: $talent, evidence: $evidence}) {
    talentProofs { id name } errors { code field }
  }
}"""
REMOVE = """
mutation($file: ID!) { removeTalentProof(input: {talentProof: $file}) { removed errors { code field } } }"""
REMOVE_TALENT = "mutation($talent: ID!) { removeTalent(input: {talent: $talent}) { removed errors { code field } } }"
READ = f"query($talent: ID!) {{ talent(id: $talent) {{ {TALENT.removeprefix('talent { ')} }}"

PNG = b"\x89PNG\r\n\x1a\n" + b"a" * 30
PDF = b"%PDF-1.7 " + b"b" * 30


async def upload(client: Client, document: str, *files: tuple[str, bytes], **variables: Any) -> Any:
    """The data of a mutation that carries files as its variable ``evidence``."""
    sent = {str(number): (name, content, "application/octet-stream") for number, (name, content) in enumerate(files)}
    operations = {"query": document, "variables": {**variables, "evidence": [None] * len(files)}}
    places = {str(number): [f"variables.evidence.{number}"] for number in range(len(files))}
    answer = await client.http.post(
        "/graphql",
        data={"operations": json.dumps(operations), "map": json.dumps(places)},
        files=sent,
        headers={"X-Homeroom-CSRF": "1"},
    )
    body = answer.json()
    assert "errors" not in body, body
    (data,) = body["data"].values()
    return data


@pytest_asyncio.fixture(loop_scope="session")
async def registrar(east: Space, people: People) -> Client:
    """The office of a school."""
    return await people(east, "registrar")


@pytest_asyncio.fixture(loop_scope="session")
async def student(registrar: Client) -> str:
    """A student."""
    made: str = (await registrar.gql(STUDENT))["createStudent"]["student"]["id"]
    return made


async def test_files_come_with_the_verbs_of_the_row(
    registrar: Client, student: str, west: Space, people: People
) -> None:
    made = await upload(registrar, CREATE, ("a.png", PNG), ("b.pdf", PDF), student=student, title="Swims")
    assert [] == made["errors"]
    talent = made["talent"]
    files = talent["evidence"]["nodes"]
    assert [("a.png", "image/png", "38", 1), ("b.pdf", "application/pdf", "39", 2)] == [
        (each["name"], each["mediaType"], each["size"], each["position"]) for each in files
    ]
    assert hashlib.sha256(PNG).hexdigest() == files[0]["digest"]
    assert PNG == (await registrar.http.get(files[0]["fileUrl"])).content
    changed = (await upload(registrar, CHANGE, ("c.png", PNG), talent=talent["id"]))["talent"]
    assert 3 == len(changed["evidence"]["nodes"])
    full = await upload(registrar, ADD, ("d.png", PNG), talent=talent["id"])
    assert [{"code": "TOO_MANY", "field": "evidence"}] == full["errors"]
    # Neither people without the right nor another school sees the files.
    for other in (await people(west, "registrar"), await people(west, "teacher")):
        assert 404 == (await other.http.get(files[0]["fileUrl"])).status_code
        foreign = await upload(other, ADD, ("d.png", PNG), talent=talent["id"])
        assert [{"code": "NOT_FOUND", "field": "talent"}] == foreign["errors"]
        gone = (await other.gql(REMOVE, file=files[0]["id"]))["removeTalentProof"]
        assert [{"code": "NOT_FOUND", "field": "talentProof"}] == gone["errors"]


async def test_bad_files_leave_nothing_behind(bank: Host, registrar: Client, student: str, east: Space) -> None:
    for file, error in (
        (("a.png", b"no picture"), "INVALID"),
        (("a.png", PNG * 100), "TOO_LARGE"),
    ):
        refused = await upload(registrar, CREATE, ("good.png", PNG), file, student=student, title="Nothing")
        assert [{"code": error, "field": "evidence"}] == refused["errors"]
    async with bank.database.transaction(east.id) as transaction:
        assert 0 == await transaction.fetchval("SELECT count(*) FROM talent WHERE title = 'Nothing'")


async def test_another_set_of_files_has_another_hash_and_version(registrar: Client, student: str) -> None:
    talent = (await upload(registrar, CREATE, ("a.png", PNG), student=student, title="Dives"))["talent"]
    seen = [(talent["evidenceHash"], talent["version"])]
    added = await upload(registrar, ADD, ("b.pdf", PDF), talent=talent["id"])
    seen.append(await self_seen(registrar, talent["id"]))
    (file,) = added["talentProofs"]
    removed = (await registrar.gql(REMOVE, file=file["id"]))["removeTalentProof"]
    assert {"removed": [file["id"]], "errors": []} == removed
    seen.append(await self_seen(registrar, talent["id"]))
    hashes, versions = zip(*seen, strict=True)
    assert hashes[0] == hashes[2] != hashes[1]
    assert list(versions) == sorted(set(versions))


async def self_seen(client: Client, talent: str) -> tuple[str, int]:
    """What a decision would be bound to."""
    shown = (await client.gql(READ, talent=talent))["talent"]
    return shown["evidenceHash"], shown["version"]


async def test_the_plugin_refuses_changes_of_what_was_decided(registrar: Client, student: str) -> None:
    talent = (await registrar.gql(CREATE, student=student, title="Decided"))["createTalent"]["talent"]
    refused = await upload(registrar, ADD, ("a.png", PNG), talent=talent["id"])
    assert [{"code": "INVALID", "field": "talent"}] == refused["errors"]


async def test_files_go_with_their_row_and_its_people(
    bank: Host, registrar: Client, student: str, east: Space, people: People
) -> None:
    talent = (await upload(registrar, CREATE, ("x.png", PNG + b"only here"), student=student, title="Gone"))["talent"]
    (file,) = talent["evidence"]["nodes"]
    teacher = await people(east, "teacher")
    assert 200 == (await teacher.http.get(file["fileUrl"])).status_code
    gone = (await registrar.gql(REMOVE_TALENT, talent=talent["id"]))["removeTalent"]
    assert {"removed": [talent["id"]], "errors": []} == gone
    assert 404 == (await teacher.http.get(file["fileUrl"])).status_code
    async with bank.database.transaction(east.id) as transaction:
        assert 0 == await transaction.fetchval("SELECT count(*) FROM stored_file WHERE digest = $1", file["digest"])
    (of_files,) = [each for each in EVIDENCE.personal_data if each.table is EVIDENCE.table]
    assert ("talent_id.student_id",) == of_files.paths
    assert EVIDENCE.owner.personal_data[0].category is of_files.category
