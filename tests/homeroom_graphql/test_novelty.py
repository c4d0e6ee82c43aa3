"""Anyone who sends ever new documents is asked to stop, and nobody else feels it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from garden.planting import Garden

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import Client, People

NEW = "application/graphql-response+json"
KNOWN = "query Known { beds { totalCount } }"


@pytest.fixture
async def strict(house: Host) -> AsyncIterator[People]:
    """People of an installation in which little is new."""
    variables = house.settings.environment() | {"HOMEROOM_GRAPHQL_NEW_DOCUMENTS": "1"}
    host = build_host(Settings.load(variables), house.registry)
    await host.open()
    people = People(host, create_app(host))
    yield people
    await people.close()
    await host.close()


async def ask(client: Client, query: str, **variables: Any) -> Any:
    """The response, whatever it says."""
    body = {"query": query, "variables": variables}
    return await client.http.post("/graphql", json=body, headers={"Accept": NEW})


async def first_429(client: Client, query: str, most: int = 200) -> Any:
    """The first such response to ever new documents."""
    for number in range(most):
        response = await ask(client, f"{query} # {number}")
        if response.status_code == 429:
            return response
    raise AssertionError(f"{most} documents, and never too many")


@pytest.mark.parametrize("query", [KNOWN, "{ nobody }", "{", "{ " + "beds { totalCount } " * 300 + "}"])
async def test_ever_new_documents_are_too_many(strict: People, garden: Garden, query: str) -> None:
    keeper, other = await strict(garden.space, "keeper"), await strict(garden.space, "visitor")
    assert 200 == (await ask(keeper, KNOWN)).status_code
    response = await first_429(keeper, query)
    assert "TOO_MANY_DOCUMENTS" == response.json()["errors"][0]["extensions"]["code"]
    assert "5" == response.headers["retry-after"]
    # What was asked before is answered as ever, and so is everybody else.
    assert 200 == (await ask(keeper, KNOWN)).status_code
    assert 200 == (await ask(other, "{ __typename }")).status_code


async def test_a_known_document_that_is_refused_again_and_again_is_one_too_many(strict: People, garden: Garden) -> None:
    keeper = await strict(garden.space, "keeper")
    inner = "plants(first: $n) { nodes { harvests(first: $n) { nodes { id } } } }"
    query = f"query($n: Int) {{ beds(first: $n) {{ nodes {{ {inner} }} }} }}"
    statuses = [(await ask(keeper, query, n=500)).status_code for _ in range(50)]
    assert {400, 429} == set(statuses)
    assert 429 == statuses[-1]
