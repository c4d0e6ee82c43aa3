"""Files of rows fill the school's own fields: found by title or name, judged with the file, and undone with it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio
from owning.place import Place, make_place

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People

FIELDS = "code customShoeSize customBus customClubs customSince"
UNDO = "mutation ($run: ID!) { undoImport(input: {importRun: $run}) { importRun { report } errors { code message } } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People) -> Place:
    """A school that asks for more of its students."""
    made = await make_place(host, await make_space("vn"), as_role)
    for name, kind, more in (
        ("shoe_size", "INTEGER", {"title": "Cỡ giày", "minimum": "20"}),
        ("bus", "CHOICE", {"codes": ["red", "blue"]}),
        ("clubs", "CHOICES", {"codes": ["chess", "choir"]}),
        ("since", "DATE", {}),
        ("allergy", "TEXT", {"sensitive": True}),
    ):
        assert [] == await made.define(name, kind, **more)
    return made


async def send(client: Client, text: str) -> Any:
    """Import students."""
    document = (
        "mutation ($file: Upload!) { importStudents(input: {file: $file, allowChanges: true})"
        " { importRun { id report } errors { code row column } } }"
    )
    answer = await client.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": document, "variables": {"file": None}}),
            "map": json.dumps({"a": ["variables.file"]}),
        },
        files={"a": ("students.csv", text.encode(), "text/csv")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]["importStudents"]


async def test_files_fill_own_fields_and_are_undone(place: Place) -> None:
    assert [] == await place.set((0, "shoe_size", 36), (0, "since", "2024-09-05"))
    before = await place.ask(FIELDS)
    file = (
        "code,given name,family name,Cỡ giày,custom_bus,customClubs,custom_since,custom_allergy\n"
        'S0,An,Lê,38,BLUE,"choir, chess",,\nS9,Chi,Lê,40,,chess,2025-09-05,Peanuts\n'
    )
    wrong = await send(place.registrar, file.replace(",38,BLUE", ",12,green"))
    assert {(2, "Cỡ giày"), (2, "custom_bus")} == {(each["row"], each["column"]) for each in wrong["errors"]}
    nameless = await send(place.registrar, f"{file}S8,,,41,,,,\n")
    assert [(4, "given name")] == [(each["row"], each["column"]) for each in nameless["errors"]]
    assert before == await place.ask(FIELDS)

    done = await send(place.registrar, file)
    assert [] == done["errors"]
    shown = {each["code"]: [*each.values()][1:] for each in await place.ask(FIELDS)}
    assert [38, "BLUE", ["choir", "chess"], None] == shown["S0"]
    assert [40, None, ["chess"], "2025-09-05"] == shown["S9"]
    async with place.host.database.transaction(place.space.id) as transaction:
        assert 1 == await transaction.fetchval("SELECT count(*) FROM custom_value WHERE text_value = 'Peanuts'")
    again = (await send(place.registrar, file))["importRun"]
    report = again["report"]
    assert {"students": 2} == report["unchanged"]
    assert "changed" not in report

    for run in (again, done["importRun"]):
        assert [] == (await place.registrar.gql(UNDO, run=run["id"]))["undoImport"]["errors"]
    assert before == await place.ask(FIELDS)
    async with place.host.database.transaction(place.space.id) as transaction:
        assert 0 == await transaction.fetchval("SELECT count(*) FROM custom_value WHERE text_value = 'Peanuts'")
