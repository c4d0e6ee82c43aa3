"""The registry over HTTP, as people of the school."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import read_roster, write_roster

pytestmark = pytest.mark.asyncio(loop_scope="session")

_IMPORT = """mutation ($input: ImportRosterInput!) {
    importRoster(input: $input) { importRun { kind report } errors { code message row } } }"""
A = SchoolShape("a", students=2)


@pytest.fixture
async def people(host: Any) -> Any:
    """Signs people in at schools of the test's host."""
    from homeroom.app import create_app
    from homeroom.testing import People

    made = People(host, create_app(host))
    yield made
    await made.close()


async def test_a_roster_enters_by_graphql_and_comes_out_as_a_file(school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    roster = generate_roster([A])
    bundle = base64.b64encode(write_zip(write_roster(roster))).decode()
    data = await registrar.gql(_IMPORT, input={"bundle": bundle, "organisations": ["a"]})
    assert ([], "IMPORT") == (data["importRoster"]["errors"], data["importRoster"]["importRun"]["kind"])
    answer = await registrar.http.get("/rosters/export.zip", params={"system": "oneroster-1.2"})
    assert (200, "application/zip", "no-store") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["cache-control"],
    )
    assert roster.people == read_roster(answer.content).people
    own = await registrar.http.get("/rosters/export.zip", params={"format": "sds-v1"})
    assert "sds-v1" == read_roster(own.content).format


async def test_the_viewer_has_the_name_of_the_account(school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    standing = await school.host.directory.store.standing(registrar.account)
    assert {"login": registrar.login, "name": standing.account.name} == (
        await registrar.gql("{ viewer { login name } }")
    )["viewer"]


async def test_a_bad_bundle_is_answered_with_its_rows(school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    files = write_roster(generate_roster([A]))
    files["users.csv"] = files["users.csv"].replace(b",true,", b",yes,")
    bundle = base64.b64encode(write_zip(files)).decode()
    data = await registrar.gql(_IMPORT, input={"bundle": bundle, "organisations": ["a"]})
    assert data["importRoster"]["importRun"] is None
    found = data["importRoster"]["errors"]
    assert {"BAD_BOOLEAN"} == {each["code"] for each in found}
    assert len(found) == files["users.csv"].count(b"\n") - 1
    assert "users.csv:2 [enabledUser]" in found[0]["message"]


@pytest.mark.parametrize("role", ["admin", "teacher", "student", "guardian"])
async def test_others_get_no_file(school: Any, people: Any, role: str) -> None:
    client = await people(school.space, role)
    answer = await client.http.get("/rosters/export.zip")
    assert 403 == answer.status_code
    assert "FORBIDDEN" == answer.json()["errors"][0]["code"]


async def test_what_was_never_imported_is_no_file(school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    answer = await registrar.http.get("/rosters/export.zip", params={"system": "never"})
    assert (422, "NOT_FOUND") == (answer.status_code, answer.json()["errors"][0]["code"])
