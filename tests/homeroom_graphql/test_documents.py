"""Documents that are asked for by their hash, and installations that answer no others."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from garden.planting import Garden

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import Client, People
from homeroom_graphql.documents import document_hash

NEW = "application/graphql-response+json"
QUERY = "query Beds { beds { totalCount } }"
ANSWER = {"data": {"beds": {"totalCount": 9}}}
REGISTER = """mutation($text: String!, $title: String) {
    registerGraphqlDocument(input: {document: $text, title: $title}) {
        graphqlDocument { id hash title document } errors { code field message } } }"""
RESTRICT = "mutation($only: Boolean!) { restrictGraphqlDocuments(input: {listedOnly: $only}) { errors { code } } }"
REMOVE = "mutation($id: ID!) { removeGraphqlDocument(input: {document: $id}) { removed errors { code field } } }"


@contextlib.asynccontextmanager
async def installation(house: Host, **settings: str) -> AsyncIterator[People]:
    """Another process of the same installation, with other settings."""
    variables = house.settings.environment() | {f"HOMEROOM_{name.upper()}": value for name, value in settings.items()}
    host = build_host(Settings.load(variables), house.registry)
    await host.open()
    people = People(host, create_app(host))
    try:
        yield people
    finally:
        await people.close()
        await host.close()


def by_hash(document: str, **more: Any) -> dict[str, Any]:
    """The body of a request by Apollo's convention."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": document_hash(document)}}, **more}


async def ask(client: Client, body: Any, accept: str = NEW) -> tuple[int, Any]:
    """Status, and the data or the codes of the errors."""
    response = await client.http.post("/graphql", json=body, headers={"Accept": accept})
    answer = response.json()
    return response.status_code, [each["extensions"]["code"] for each in answer.get("errors", ())] or answer


async def test_a_document_is_made_known_by_anyone_who_sends_it_with_its_hash(
    garden: Garden, other_garden: Garden, people: People
) -> None:
    keeper = await people(garden.space, "keeper")
    query = "query Known { beds { totalCount } }"
    assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(keeper, by_hash(query))
    assert (200, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(keeper, by_hash(query), "application/json")
    status, first = await ask(keeper, by_hash(query, query=query))
    assert 200 == status
    assert (200, first) == await ask(keeper, by_hash(query))
    parameters = {"extensions": json.dumps(by_hash(query)["extensions"])}
    response = await keeper.http.get("/graphql", params=parameters, headers={"Accept": NEW})
    assert (200, first) == (response.status_code, response.json())
    # Another school learns nothing of it.
    other = await people(other_garden.space, "keeper")
    assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(other, by_hash(query))


async def test_a_document_made_known_at_one_process_is_known_at_every_other(
    house: Host, own_garden: Garden, other_garden: Garden, people: People
) -> None:
    query = "query Shared { plants { totalCount } }"
    async with installation(house) as others:
        here, there = await people(own_garden.space, "keeper"), await others(own_garden.space, "keeper")
        for client in (here, there):  # neither may remember for long that it was not known
            assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(client, by_hash(query))
        status, answer = await ask(here, by_hash(query, query=query))
        assert 200 == status
        assert (200, answer) == await ask(there, by_hash(query))
        assert (200, answer) == await ask(there, {"documentId": f"sha256:{document_hash(query)}"})
        foreign = await others(other_garden.space, "keeper")
        assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(foreign, by_hash(query))
    async with installation(house) as later:  # and after a restart
        assert (200, answer) == await ask(await later(own_garden.space, "keeper"), by_hash(query))


async def test_what_is_no_valid_document_is_not_kept(house: Host, own_garden: Garden, people: People) -> None:
    keeper = await people(own_garden.space, "keeper")
    query = "query Wrong { nobody }"
    assert 400 == (await ask(keeper, by_hash(query, query=query)))[0]
    assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(keeper, by_hash(query))


async def test_a_school_keeps_the_documents_that_were_made_known_last(
    house: Host, own_garden: Garden, other_garden: Garden, people: People
) -> None:
    keeper, other = await people(own_garden.space, "keeper"), await people(other_garden.space, "keeper")
    foreign = "query Foreign { beds { totalCount } }"
    assert 200 == (await ask(other, by_hash(foreign, query=foreign)))[0]
    async with house.database.transaction(own_garden.space.id) as transaction:
        await transaction.execute(
            "INSERT INTO graphql_known_document (id, hash, document, known_since)"
            " SELECT gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), repeat('#', 5000), $1::timestamptz"
            " - n * interval '1 second' FROM generate_series(1, 1500) n",
            house.clock(),
        )
    query = "query Newest { beds { totalCount } }"
    assert 200 == (await ask(keeper, by_hash(query, query=query)))[0]
    async with house.database.transaction(own_garden.space.id) as transaction:
        count, size = await transaction.fetchrow(
            "SELECT count(*), sum(octet_length(document)) FROM graphql_known_document"
        )
    assert (800, True) == (count, size <= 4_000_000)
    async with installation(house) as others:
        assert 200 == await status(await others(own_garden.space, "keeper"), by_hash(query))
        assert 200 == await status(await others(other_garden.space, "keeper"), by_hash(foreign))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"extensions": {}},
        {"extensions": {"persistedQuery": 1}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 63}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}, "query": QUERY},
        {"documentId": ""},
        {"documentId": "nul\0"},
        {"documentId": "x" * 500},
        {"documentId": "sha256:" + "0" * 64, "query": QUERY},
    ],
)
async def test_a_wrong_hash_is_400(garden: Garden, people: People, body: Any) -> None:
    assert (400, ["BAD_REQUEST"]) == await ask(await people(garden.space, "keeper"), body)


async def test_a_school_registers_documents_for_itself(
    house: Host, garden: Garden, other_garden: Garden, people: People
) -> None:
    admin = await people(garden.space, "admin", "keeper")
    query = "query Registered { beds { totalCount } }"
    made = (await admin.gql(REGISTER, text=query, title="The app"))["registerGraphqlDocument"]
    assert [] == made["errors"]
    registered = made["graphqlDocument"]
    assert (document_hash(query), "The app", query) == (registered["hash"], registered["title"], registered["document"])
    again = (await admin.gql(REGISTER, text=query))["registerGraphqlDocument"]
    assert registered == again["graphqlDocument"]
    status, answer = await ask(admin, {"documentId": f"sha256:{registered['hash']}"})
    assert (200, {"beds"}) == (status, set(answer["data"]))
    other = await people(other_garden.space, "admin", "keeper")
    assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(other, by_hash(query))
    assert "NOT_FOUND" == (await other.gql(REMOVE, id=registered["id"]))["removeGraphqlDocument"]["errors"][0]["code"]
    removed = (await admin.gql(REMOVE, id=registered["id"]))["removeGraphqlDocument"]
    assert {"removed": [registered["id"]], "errors": []} == removed
    async with installation(house) as others:  # a process that has not yet asked
        assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(await others(garden.space, "keeper"), by_hash(query))


async def test_a_check_names_what_is_wrong_in_the_language_of_the_reader(garden: Garden, people: People) -> None:
    admin = await people(garden.space, "admin")
    for document in ("{", "{ nobody }", "{ " + "beds { totalCount } " * 600 + "}"):
        asked = {
            "query": "query($document: String!) { checkGraphqlDocument(document: $document) { problems { message } } }",
            "variables": {"document": document},
        }
        messages = set()
        for language in ("en", "vi", "zh-Hant", "zh-Hans"):
            answer = await admin.http.post("/graphql", json=asked, headers={"Accept-Language": language})
            messages.add(answer.json()["data"]["checkGraphqlDocument"]["problems"][0]["message"])
        assert 4 == len(messages), messages


@pytest.mark.parametrize("document", ["", "{", "{ nobody }", "{ " + "beds { totalCount } " * 600 + "}"])
async def test_what_the_school_has_no_answer_to_is_not_registered(
    garden: Garden, people: People, document: str
) -> None:
    admin = await people(garden.space, "admin")
    made = (await admin.gql(REGISTER, text=document))["registerGraphqlDocument"]
    assert ("INVALID", "document") == (made["errors"][0]["code"], made["errors"][0]["field"])


async def test_only_an_administrator_registers(garden: Garden, people: People) -> None:
    visitor = await people(garden.space, "visitor")
    assert ["FORBIDDEN"] == await visitor.refused(REGISTER, text=QUERY)


async def test_only_what_is_listed_is_answered_where_it_was_set(house: Host, garden: Garden, tmp_path: Path) -> None:
    listed, other = "{ plants { totalCount } }", "{ gardeners { totalCount } }"
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "plants.graphql").write_text(listed)
    relay = {"d41d8cd98f00b204e9800998ecf8427e": QUERY}
    (tmp_path / "relay.json").write_text(json.dumps(relay))
    settings = {"graphql_documents": "listed", "graphql_documents_path": str(tmp_path)}
    async with installation(house, **settings) as people:
        keeper = await people(garden.space, "keeper")
        for body in ({"query": listed}, by_hash(listed), by_hash(listed, query=listed), by_hash(QUERY)):
            assert 200 == (await ask(keeper, body))[0]
        assert 200 == (await ask(keeper, {"documentId": next(iter(relay))}))[0]
        refused = (403, ["PERSISTED_QUERY_NOT_ALLOWED"])
        assert refused == await ask(keeper, {"query": other})
        assert refused == await ask(keeper, {"query": 'mutation { digBed(input: {title: "x"}) { errors { code } } }'})
        assert refused == await ask(keeper, by_hash(other, query=other))
        assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(keeper, by_hash(other))
        # Anyone who has the right may send anything; what such a person registers, everybody may ask for.
        admin = await people(garden.space, "admin", "keeper")
        assert 200 == (await ask(admin, {"query": other}))[0]
        await admin.gql(REGISTER, text="{ harvests { totalCount } }")
        assert 200 == (await ask(keeper, {"query": "{ harvests { totalCount } }"}))[0]


async def answered(ask: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Ask until the answer is the one wanted: for a second processes may believe an old one."""
    async with asyncio.timeout(300):
        while await ask() != wanted:
            await asyncio.sleep(0.05)


async def test_a_school_answers_registered_documents_alone_in_every_process(
    house: Host, own_garden: Garden, other_garden: Garden, people: People
) -> None:
    admin = await people(own_garden.space, "admin", "keeper")
    listed, other = "{ plants { totalCount } }", "query Unlisted { gardeners { totalCount } }"
    async with installation(house) as others:
        here, there = await people(own_garden.space, "keeper"), await others(own_garden.space, "keeper")
        foreign = await people(other_garden.space, "keeper")
        registered = (await admin.gql(REGISTER, text=listed))["registerGraphqlDocument"]["graphqlDocument"]
        # Made known before by itself: no document that a school would answer for ever.
        assert 200 == (await ask(here, by_hash(other, query=other)))[0]
        assert [] == (await admin.gql(RESTRICT, only=True))["restrictGraphqlDocuments"]["errors"]
        refused = (403, ["PERSISTED_QUERY_NOT_ALLOWED"])
        for client in (here, there):
            await answered(lambda client=client: ask(client, {"query": other}), refused)
            assert (404, ["PERSISTED_QUERY_NOT_FOUND"]) == await ask(client, by_hash(other))
            assert 200 == (await ask(client, by_hash(listed)))[0]
            assert 200 == (await ask(client, {"query": listed}))[0]
        assert 200 == (await ask(foreign, {"query": other}))[0]
        assert 200 == (await ask(admin, {"query": other}))[0]  # who has graphql.unlisted
        await admin.gql(REMOVE, id=registered["id"])
        for client in (here, there):
            await answered(lambda client=client: ask(client, {"query": listed}), refused)
        for _ in range(2):  # once more is no error
            assert [] == (await admin.gql(RESTRICT, only=False))["restrictGraphqlDocuments"]["errors"]
        for client in (here, there):
            await answered(lambda client=client: status(client, {"query": other}), 200)


async def status(client: Client, body: Any) -> int:
    """The status alone."""
    return (await ask(client, body))[0]


async def test_only_an_administrator_restricts(garden: Garden, people: People) -> None:
    assert ["FORBIDDEN"] == await (await people(garden.space, "keeper")).refused(RESTRICT, only=True)


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', "\udcff"])
async def test_a_list_that_cannot_be_read_stops_the_start(house: Host, tmp_path: Path, text: str) -> None:
    file = tmp_path / "documents.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    settings = Settings.load(house.settings.environment() | {"HOMEROOM_GRAPHQL_DOCUMENTS_PATH": str(file)})
    host = build_host(settings, house.registry)
    with pytest.raises(ConfigurationError, match=r"documents\.json"):
        create_app(host)
