"""A rehearsal answers as the command does, and nothing of it stays."""

from __future__ import annotations

import dataclasses
import json
from typing import Any
from uuid import UUID

import pytest
from bookshelf.places import NOW
from bookshelf.plugin import add_books, add_shelf, move_in
from bookshelf.tables import Book

from homeroom import Context, Forbidden, Refusal, command
from homeroom.callers import Caller
from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.permissions import Access, Scopes
from homeroom.testing.contents import contents_of


async def entries(kernel: Host, caller: Caller) -> list[tuple[str, Any]]:
    """The command and the arguments of each entry of the audit but the first, which furnished the space."""
    async with kernel.database.transaction(caller.space.id) as transaction:
        rows = await transaction.fetch("SELECT command, arguments FROM audit_entry ORDER BY id")
    return [(row["command"], row["arguments"] and json.loads(row["arguments"])) for row in rows]


async def the_shelf(kernel: Host, caller: Caller) -> UUID:
    """The one shelf of a furnished space."""
    async with kernel.database.transaction(caller.space.id) as transaction:
        made: UUID = await transaction.fetchval("SELECT id FROM shelf")
    return made


async def test_it_answers_and_leaves_no_row_and_no_entry(kernel: Host, here: Caller) -> None:
    shelf = await the_shelf(kernel, here)
    before, noted = await contents_of(kernel, here.space), await entries(kernel, here)

    async def answer(context: Context, books: Any) -> int:
        assert context.rehearsing
        found: int = await context.fetchval("SELECT count(*) FROM book WHERE id = ANY($1::uuid[])", books)
        return found

    arguments = {"shelf": shelf, "titles": ["a", "b"]}
    assert 2 == await kernel.run(here, add_books, arguments, answer=answer, rehearse=True)
    plugin: Any = kernel.registry.plugins["bookshelf"]
    assert "bookshelf.books.added" == plugin.received[-1].name, "other plugins may refuse it"
    assert (before, noted) == (await contents_of(kernel, here.space), await entries(kernel, here))


async def test_what_is_checked_at_the_end_is_refused_too(kernel: Host, here: Caller) -> None:
    @command("bookshelf.books.lend", returns="Book", many=True)
    async def add_nowhere(context: Context) -> list[UUID]:
        """Put a book on a shelf that is not there; the key is deferred to the commit."""
        return await context.rows(Book).insert([{"shelf_id": new_id(), "title": "lost"}])

    for rehearse in (True, False):
        with pytest.raises(Refusal) as refused:
            await kernel.execute(here, add_nowhere, rehearse=rehearse)
        assert ["NOT_FOUND"] == [each.code for each in refused.value.problems]


async def test_its_key_stays_free(kernel: Host, here: Caller) -> None:
    person = dataclasses.replace(here, account=new_id())
    rehearsed = await kernel.execute(person, add_shelf, name="Plays", room=3, idempotency_key="k", rehearse=True)
    made = await kernel.execute(person, add_shelf, name="Maps", room=3, idempotency_key="k")
    assert rehearsed != made


async def test_it_needs_the_right_to_the_command(kernel: Host, here: Caller) -> None:
    person = dataclasses.replace(here, access=Access("none", {"Shelf": Scopes(frozenset({"school"}))}, {}))
    with pytest.raises(Forbidden):
        await kernel.execute(person, add_shelf, name="Plays", room=3, rehearse=True)


async def test_the_audit_keeps_that_a_value_was_shown(kernel: Host, here: Caller) -> None:
    before = await entries(kernel, here)
    assert 1 == await kernel.execute(here, move_in, name="New", rehearse=True)
    assert [*before, ("audit.read", {"rehearsed": "bookshelf.move.in"})] == await entries(kernel, here)


async def test_what_it_looked_at_stays_in_the_audit(kernel: Host, here: Caller) -> None:
    shelf = await the_shelf(kernel, here)

    async def answer(context: Context, result: Any) -> Any:
        context.trail.looked("book", shelf, ["note"])
        return result

    await kernel.run(here, add_shelf, {"name": "Plays", "room": 3}, answer=answer, rehearse=True)
    assert ("audit.read", {"rehearsed": "bookshelf.shelf.add"}) == (await entries(kernel, here))[-1]
    async with kernel.database.transaction(here.space.id) as transaction:
        row = await transaction.fetchrow(
            "SELECT l.row_id, l.new_values, e.at FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id"
            " WHERE e.command = 'audit.read'"
        )
    assert row is not None
    assert (shelf, {"read": ["note"]}, NOW) == (row["row_id"], json.loads(row["new_values"]), row["at"])


def test_no_command_has_a_parameter_of_this_name() -> None:
    with pytest.raises(ConfigurationError, match="rehearse"):

        @command("bookshelf.try")
        async def try_out(context: Context, *, rehearse: bool = False) -> None:
            """Try something out."""
