"""A call under a key: repeated, reused, at the same moment twice."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest
from bookshelf.places import NOW
from bookshelf.plugin import add_books, add_shelf, move_in

from homeroom import Forbidden, Refusal
from homeroom.callers import Caller
from homeroom.database.ids import new_id
from homeroom.host import Host


async def counts(kernel: Host, caller: Caller) -> tuple[int, int, int]:
    """How many shelves, books and audit entries a space has."""
    async with kernel.database.transaction(caller.space.id) as transaction:
        row = await transaction.fetchrow(
            "SELECT (SELECT count(*) FROM shelf), (SELECT count(*) FROM book), (SELECT count(*) FROM audit_entry)"
        )
        assert row is not None
        return row[0], row[1], row[2]


@pytest.fixture
def person(here: Caller) -> Caller:
    """Somebody with an account, who may do everything."""
    return dataclasses.replace(here, account=new_id())


async def test_a_repeated_call_gives_the_first_ids_and_writes_nothing(kernel: Host, person: Caller) -> None:
    first = await kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key="k")
    after = await counts(kernel, person)
    assert isinstance(first, UUID)
    assert first == await kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key="k")
    assert after == await counts(kernel, person)


async def test_lists_of_ids_and_plain_values_come_again_too(kernel: Host, person: Caller) -> None:
    shelf = await kernel.execute(person, add_shelf, name="Plays", room=3)
    for _ in range(2):
        books = await kernel.execute(person, add_books, shelf=shelf, titles=["a", "b"], idempotency_key="b")
        moved = await kernel.execute(person, move_in, name="New", idempotency_key="m")
        assert 1 == moved
        assert 2 == len(books)
        assert all(isinstance(each, UUID) for each in books)
    assert (3, 2 + 2 + 1, 2 + 3) == await counts(kernel, person)


async def test_the_answer_of_a_repeated_call_is_made_again(kernel: Host, person: Caller) -> None:
    seen: list[object] = []

    async def answer(_context: object, result: object) -> str:
        seen.append(result)
        return "answered"

    for _ in range(2):
        arguments = {"name": "Plays", "room": 3}
        assert "answered" == await kernel.run(person, add_shelf, arguments, answer=answer, idempotency_key="k")
    assert seen[0] == seen[1]


async def test_a_key_used_for_another_call_is_refused(kernel: Host, person: Caller) -> None:
    await kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key="k")
    before = await counts(kernel, person)
    for command, arguments in ((add_shelf, {"name": "Other", "room": 3}), (move_in, {"name": "Plays"})):
        with pytest.raises(Refusal) as refused:
            await kernel.execute(person, command, idempotency_key="k", **arguments)
        assert ("KEY_REUSED", "idempotencyKey") == (refused.value.problems[0].code, refused.value.problems[0].field)
    assert before == await counts(kernel, person)


async def test_keys_are_an_accounts_own_in_a_space(kernel: Host, person: Caller, there: Caller) -> None:
    other = dataclasses.replace(person, account=new_id())
    elsewhere = dataclasses.replace(there, account=person.account)
    made = {
        await kernel.execute(caller, add_shelf, name=f"Plays {number}", room=3, idempotency_key="k")
        for number, caller in enumerate((person, other, elsewhere))
    }
    assert 3 == len(made)


async def test_a_refused_call_leaves_its_key_free(kernel: Host, person: Caller) -> None:
    shelf = await kernel.execute(person, add_shelf, name="Plays", room=3)
    with pytest.raises(Refusal):
        await kernel.execute(person, add_books, shelf=shelf, titles=[""], idempotency_key="k")
    assert 1 == len(await kernel.execute(person, add_books, shelf=shelf, titles=["a"], idempotency_key="k"))


async def test_of_many_at_once_one_writes_and_all_answer_the_same(kernel: Host, person: Caller) -> None:
    calls = (kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key="k") for _ in range(8))
    assert 1 == len(set(await asyncio.gather(*calls)))
    shelves, _, entries = await counts(kernel, person)
    assert (2, 3) == (shelves, entries)


async def test_a_right_that_was_taken_away_is_not_kept_by_a_key(kernel: Host, person: Caller) -> None:
    await kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key="k")
    without = dataclasses.replace(person, access=dataclasses.replace(person.access, commands={}))
    with pytest.raises(Forbidden):
        await kernel.execute(without, add_shelf, name="Plays", room=3, idempotency_key="k")


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_has_1_to_200_characters(kernel: Host, person: Caller, key: str) -> None:
    with pytest.raises(Refusal, match="1 to 200 characters"):
        await kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key=key)


async def test_keys_are_forgotten_after_seven_days(kernel: Host, person: Caller) -> None:
    async def keys() -> list[str]:
        async with kernel.database.transaction(person.space.id) as transaction:
            return [row["key"] for row in await transaction.fetch("SELECT key FROM command_call ORDER BY key")]

    clock = kernel.clock
    try:
        for number, days in enumerate((0, 6, 8)):
            kernel.clock = lambda days=days: NOW + timedelta(days=days)
            await kernel.execute(person, add_shelf, name=f"{number}", room=3, idempotency_key=f"{number}")
    finally:
        kernel.clock = clock
    assert ["1", "2"] == await keys()
