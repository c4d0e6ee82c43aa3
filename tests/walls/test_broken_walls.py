"""The three walls, broken one at a time: what the others hold.

1. Casbin decides what a role may do. 2. SQL decides on which rows. 3. PostgreSQL guarantees the space.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from homeroom.boot import build_host
from homeroom.callers import Caller
from homeroom.database.connection import AWAY
from homeroom.database.engine import Database
from homeroom.database.sql import DENIED, EVERYTHING, Predicates
from homeroom.database.walls import ContextSigner
from homeroom.errors import Failure
from homeroom.host import Host
from homeroom.permissions import Scopes
from homeroom.plugins import PluginRegistry
from homeroom.resources import Resource
from homeroom.settings import Settings
from homeroom.testing.people import People
from homeroom.variants import full_access
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError
from homeroom_school.commands.people import NameInput, create_student

STUDENTS = "{ students(first: 100) { totalCount nodes { id fullName } } }"
MARKS = "{ marks(first: 500) { totalCount nodes { id student { id } } } }"
COUNTS = "{ students { totalCount } staff: staffMembers { totalCount } }"
MARK = "Quince"


@pytest_asyncio.fixture(loop_scope="session")
async def other_host(database_settings: Settings) -> AsyncIterator[Host]:
    """A host of a test's own on the same database, to break something in it."""
    made = build_host(database_settings, PluginRegistry.discover())
    await made.database.open()
    yield made
    await made.database.close()


def caller_of(host: Host, planted: Any, role: str) -> Caller:
    """Somebody of a school as the directory would describe them."""
    access = host.compile_access(planted.space.plugins, frozenset({role}), ())
    return Caller(space=planted.space, persons=(planted.roles[role],), roles=frozenset({role}), access=access)


async def ask(host: Host, caller: Caller, document: str) -> dict[str, Any]:
    """The whole response."""
    made: dict[str, Any] = json.loads(await Executor(host).execute(caller, document, {}))
    return made


def every_connection(host: Host, planted: Any) -> list[str]:
    """A document for each resource of a school."""
    return [
        f"{{ {each.singular} {{ id }} }}"
        if each.single
        else f"{{ {each.plural}(first: 500) {{ totalCount nodes {{ id }} }} }}"
        for each in host.variant(planted.space.plugins).resources.values()
    ]


def betrayed(answer: dict[str, Any], theirs: Any) -> list[str]:
    """What of the other school is in an answer."""
    text = json.dumps(answer, ensure_ascii=False)
    return [each for each in (*theirs.known, MARK) if each in text]


async def test_unbroken_a_student_sees_the_own_record_alone(host: Host, ours: Any, theirs: Any) -> None:
    answer = await ask(host, caller_of(host, ours, "student"), STUDENTS)
    assert [f"Student_{ours.filled.student}"] == [each["id"] for each in answer["data"]["students"]["nodes"]]


# The first wall -----------------------------------------------------------------------------------------


async def test_where_casbin_allows_all_rows_are_still_those_of_the_scope(host: Host, ours: Any) -> None:
    """Every role may do everything, in the rows that are its own."""
    variant, own = host.variant(ours.space.plugins), Scopes(frozenset({"self"}))
    access = dataclasses.replace(
        full_access(variant),
        key="all, in own rows",
        resources=dict.fromkeys(variant.resources, own),
        commands=dict.fromkeys(variant.commands, own),
    )
    student = dataclasses.replace(caller_of(host, ours, "student"), access=access)
    seen = await ask(host, student, STUDENTS)
    assert [f"Student_{ours.filled.student}"] == [each["id"] for each in seen["data"]["students"]["nodes"]]
    marks = await ask(host, student, MARKS)
    whose = {each["student"]["id"] for each in marks["data"]["marks"]["nodes"]}
    assert {f"Student_{ours.filled.student}"} == whose


async def test_where_casbin_allows_all_in_the_whole_school_the_other_school_is_shut(
    host: Host, ours: Any, theirs: Any
) -> None:
    access = full_access(host.variant(ours.space.plugins))
    student = dataclasses.replace(caller_of(host, ours, "student"), access=access)
    seen = await ask(host, student, STUDENTS)
    assert len(ours.ids["Student"]) <= seen["data"]["students"]["totalCount"]
    for document in every_connection(host, ours):
        assert [] == betrayed(await ask(host, student, document), theirs), document
    for resource, rows in theirs.ids.items():
        answer = await ask(host, student, f'{{ node(id: "{resource}_{rows[0]}") {{ id }} }}')
        assert answer["data"]["node"] is None


# The second wall ----------------------------------------------------------------------------------------


@pytest.fixture
def no_predicates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scopes let every row through, whichever they are."""

    def visible(_self: Predicates, _resource: Resource, scopes: Scopes | None, *_: object) -> str:
        return EVERYTHING if scopes is not None and scopes.allow else DENIED

    monkeypatch.setattr(Predicates, "visible", visible)


@pytest.mark.usefixtures("no_predicates")
async def test_without_predicates_the_first_wall_still_says_what_a_role_may_ask_for(
    other_host: Host, ours: Any
) -> None:
    student = caller_of(other_host, ours, "student")
    seen = await ask(other_host, student, STUDENTS)
    assert len(ours.ids["Student"]) <= seen["data"]["students"]["totalCount"], "the wall is not broken"
    forbidden = await ask(other_host, student, "{ importRuns { totalCount } }")
    assert ["FORBIDDEN"] == [error["extensions"]["code"] for error in forbidden["errors"]]
    with pytest.raises(Failure):
        await other_host.execute(student, create_student, name=NameInput(given_name="X", family_name="Y"))


@pytest.mark.usefixtures("no_predicates")
async def test_without_predicates_the_other_school_is_shut(other_host: Host, ours: Any, theirs: Any) -> None:
    for role in ours.roles:
        somebody = caller_of(other_host, ours, role)
        for document in every_connection(other_host, ours):
            assert [] == betrayed(await ask(other_host, somebody, document), theirs), (role, document)
        for resource, rows in theirs.ids.items():
            answer = await ask(other_host, somebody, f'{{ node(id: "{resource}_{rows[0]}") {{ id }} }}')
            assert answer["data"]["node"] is None


# The third wall -----------------------------------------------------------------------------------------


class Unsigned(ContextSigner):
    """Names the space and signs nothing."""

    def sign(self, space: Any, session: str) -> str:
        return str(space)


SIGNERS: dict[str, Callable[[], ContextSigner]] = {
    "forged": lambda: ContextSigner(b"a key that somebody has guessed wrongly"),
    "missing": lambda: Unsigned(b""),
}


@pytest.mark.parametrize("broken", SIGNERS)
async def test_a_context_that_is_not_ours_is_refused_and_nothing_is_written(
    host: Host, ours: Any, theirs: Any, broken: str, contents: Callable[[Any], Awaitable[dict[str, str]]]
) -> None:
    before = [await contents(each.space) for each in (ours, theirs)]
    principal = caller_of(host, ours, "principal")
    seen = await ask(host, principal, STUDENTS)
    assert seen["data"]["students"]["totalCount"] > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host.database, "signer", SIGNERS[broken]())
        await forget_contexts(host)
        with pytest.raises(AWAY):  # every door answers it with 503 and UNAVAILABLE
            await ask(host, principal, STUDENTS)
        for document in every_connection(host, ours):
            with contextlib.suppress(*AWAY):
                assert "errors" in await ask(host, principal, document), document  # no right to it
        with pytest.raises(AWAY):
            await host.execute(principal, create_student, name=NameInput(given_name="X", family_name="Y"))
    await forget_contexts(host)
    assert before == [await contents(each.space) for each in (ours, theirs)]


async def forget_contexts(host: Host) -> None:
    """Have the host connect again: a connection remembers what it was signed."""
    await host.database.close()
    await host.database.open()


async def test_somebody_who_gets_into_another_schools_context_has_no_rows_there(
    host: Host, ours: Any, theirs: Any
) -> None:
    """The selection of the school is broken, not the walls: the person's own scopes know nobody over there."""
    for role in ("student", "guardian", "teacher"):
        lost = dataclasses.replace(caller_of(host, ours, role), space=theirs.space)
        for document in (STUDENTS, MARKS):
            try:
                answer = await ask(host, lost, document)
            except RequestError:
                continue
            assert [] == [each for each in theirs.known if each in json.dumps(answer)]


async def test_an_account_of_one_school_is_nobody_at_the_address_of_another(
    as_role: People, ours: Any, theirs: Any
) -> None:
    principal = await as_role.as_role(ours.space, "principal", person=ours.roles["principal"])
    for headers in (
        {"X-Homeroom-Tenant": theirs.space.slug},
        {"Host": f"{theirs.space.slug}.localhost"},
        {"Host": f"{theirs.space.slug}.localhost", "X-Homeroom-Tenant": ours.space.slug},
    ):
        answer = await principal.http.post("/graphql", json={"query": STUDENTS}, headers=headers)
        assert 400 <= answer.status_code < 500
        assert [] == [each for each in (*theirs.known, MARK) if each in answer.text]
    nowhere = await principal.http.post("/graphql", json={"query": STUDENTS}, headers={"X-Homeroom-Tenant": "no-such"})
    there = await principal.http.post(
        "/graphql", json={"query": STUDENTS}, headers={"X-Homeroom-Tenant": theirs.space.slug}
    )
    assert (nowhere.status_code, nowhere.text) == (there.status_code, there.text)


async def test_a_host_with_another_key_serves_nobody(database_settings: Settings, ours: Any) -> None:
    stranger = Database(str(database_settings.database_url), ContextSigner(b"k" * 40))
    await stranger.open()
    try:
        with pytest.raises(AWAY):
            async with stranger.transaction(ours.space.id) as transaction:
                await transaction.fetchval("SELECT count(*) FROM student")
    finally:
        await stranger.close()
