"""Commands: permission, refusal, audit, events, and commands within commands."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from bookshelf.places import NOW
from bookshelf.plugin import BookshelfPlugin, add_books, add_shelf, discard_books, lend_books, move_in

from homeroom import Context, Forbidden, Refusal, command
from homeroom.callers import Caller
from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.permissions import Access, Scopes


async def fetch(kernel: Host, caller: Caller, sql: str) -> list[dict[str, Any]]:
    """Rows of a space."""
    async with kernel.database.transaction(caller.space.id) as transaction:
        return [dict(row) for row in await transaction.fetch(sql)]


async def the_shelf(kernel: Host, caller: Caller) -> UUID:
    """The one shelf of a furnished space."""
    (row,) = await fetch(kernel, caller, "SELECT id FROM shelf")
    made: UUID = row["id"]
    return made


def librarian(here: Caller, **commands: Scopes) -> Caller:
    """Somebody who may do just this; ``__`` stands for a dot."""
    sight = dict.fromkeys(("Book", "Shelf", "Loan"), SCHOOL)
    access = Access("some", sight, {name.replace("__", "."): scopes for name, scopes in commands.items()})
    return dataclasses.replace(here, account=new_id(), login="lan", via="session", access=access)


SCHOOL = Scopes(frozenset({"school"}))
OWN = Scopes(frozenset({"own"}))


async def test_one_entry_says_who_did_what_when_and_why(kernel: Host, here: Caller) -> None:
    shelf = await the_shelf(kernel, here)
    person = librarian(here, bookshelf__books__add=SCHOOL)
    made = await kernel.execute(person, add_books, shelf=shelf, titles=["a", "b"], audit_reason="a gift")
    (entry,) = await fetch(kernel, here, "SELECT * FROM audit_entry WHERE reason IS NOT NULL")
    assert (NOW, person.account, "lan", "session", "bookshelf.books.add", "a gift") == tuple(
        entry[name] for name in ("at", "account_id", "login", "via", "command", "reason")
    )
    assert {"shelf": str(shelf), "titles": ["a", "b"]} == json.loads(entry["arguments"])
    lines = await fetch(kernel, here, f"SELECT * FROM audit_line WHERE entry_id = '{entry['id']}' ORDER BY id")
    assert [("book", each) for each in made] == [(line["noun"], line["row_id"]) for line in lines]
    assert {"shelf_id": str(shelf), "title": "b"} == json.loads(lines[1]["new_values"])
    assert lines[1]["old_values"] is None


async def test_a_command_may_have_a_reason_of_its_own_beside_the_audits(kernel: Host, here: Caller) -> None:
    books = [row["id"] for row in await fetch(kernel, here, "SELECT id FROM book ORDER BY id")]
    await kernel.execute(here, discard_books, books=books[:1], reason="Mould", audit_reason="The inspector asked")
    await kernel.execute(here, discard_books, books=books[1:], reason="Torn")
    notes = {row["id"]: row["note"] for row in await fetch(kernel, here, "SELECT id, note FROM book")}
    assert {books[0]: "Mould", books[1]: "Torn"} == notes
    audited = await fetch(
        kernel, here, "SELECT reason, arguments FROM audit_entry WHERE command = 'bookshelf.books.discard'"
    )
    # Anyone who gives one reason means it for both.
    assert {("The inspector asked", "Mould"), ("Torn", "Torn")} == {
        (row["reason"], json.loads(row["arguments"])["reason"]) for row in audited
    }


async def test_arguments_are_kept_only_where_the_command_says_so(kernel: Host, here: Caller) -> None:
    await kernel.execute(here, add_shelf, name="Quiet", room=1)
    rows = await fetch(kernel, here, "SELECT arguments FROM audit_entry WHERE command = 'bookshelf.shelf.add'")
    assert [None, None] == [row["arguments"] for row in rows]


async def test_a_refusal_leaves_nothing_behind(kernel: Host, here: Caller) -> None:
    shelf = await the_shelf(kernel, here)
    counts = "SELECT (SELECT count(*) FROM book) b, (SELECT count(*) FROM audit_entry) e"
    before = await fetch(kernel, here, counts)
    with pytest.raises(Refusal) as refused:
        await kernel.execute(here, add_books, shelf=shelf, titles=["good", ""])
    assert ("titles", 1) == (refused.value.problems[0].field, refused.value.problems[0].row)
    assert before == await fetch(kernel, here, counts)


async def test_what_postgresql_refuses_is_a_refusal_too(kernel: Host, here: Caller) -> None:
    with pytest.raises(Refusal) as refused:
        await kernel.execute(here, add_shelf, name="Poems", room=1)
    assert "DUPLICATE" == refused.value.problems[0].code
    with pytest.raises(Refusal):
        await kernel.execute(here, add_shelf, name="x" * 41, room=1)


async def test_who_may_not_run_it_is_informed_before_anything_happens(kernel: Host, here: Caller) -> None:
    with pytest.raises(Forbidden):
        await kernel.execute(librarian(here), add_shelf, name="No", room=1)


class Counted(dict[str, Scopes]):
    """The commands of an access, which count how often each was looked up."""

    def __init__(self, commands: Mapping[str, Scopes]) -> None:
        super().__init__(commands)
        self.asked: Counter[str] = Counter()

    def get(self, key: str, default: Any = None) -> Any:
        """The scopes of a command."""
        self.asked[key] += 1
        return super().get(key, default)


async def test_the_right_to_each_command_is_checked_once(kernel: Host, here: Caller) -> None:
    person = librarian(here, bookshelf__move__in=SCHOOL, bookshelf__shelf__add=SCHOOL, bookshelf__books__add=SCHOOL)
    counted = Counted(person.access.commands)
    person = dataclasses.replace(person, access=dataclasses.replace(person.access, commands=counted))
    await kernel.execute(person, move_in, name="Counted")
    # The third one also looks up its scopes, because it adds books to a shelf within them.
    assert (1, 1) == (counted.asked["bookshelf.move.in"], counted.asked["bookshelf.shelf.add"])


async def test_rows_outside_the_scope_are_as_if_they_were_not_there(kernel: Host, here: Caller) -> None:
    shelf, me = await the_shelf(kernel, here), new_id()
    person = dataclasses.replace(librarian(here, bookshelf__books__add=OWN), persons=(me,))
    answers = []
    for asked in (shelf, new_id()):
        with pytest.raises(Refusal) as refused:
            await kernel.execute(person, add_books, shelf=asked, titles=["x"])
        answers.append(refused.value.problems)
    assert answers[0] == answers[1]
    async with kernel.database.transaction(here.space.id) as transaction:
        await transaction.execute("UPDATE shelf SET owner_id = $1", me)
    assert 1 == len(await kernel.execute(person, add_books, shelf=shelf, titles=["x"]))


async def test_of_many_rows_each_that_is_not_there_is_named(kernel: Host, here: Caller, there: Caller) -> None:
    ours = [row["id"] for row in await fetch(kernel, here, "SELECT id FROM book")]
    theirs = [row["id"] for row in await fetch(kernel, there, "SELECT id FROM book")]
    with pytest.raises(Refusal) as refused:
        await kernel.execute(here, lend_books, books=[ours[0], theirs[0], ours[1], new_id()])
    assert [1, 3] == [problem.row for problem in refused.value.problems]
    assert 1 == len({(problem.code, problem.message, problem.field) for problem in refused.value.problems})
    assert set(ours) == set(await kernel.execute(here, lend_books, books=ours))


async def test_a_scope_that_uses_no_parameter_after_all_is_no_accident(kernel: Host, here: Caller) -> None:
    ours = [row["id"] for row in await fetch(kernel, here, "SELECT id FROM book")]
    denied = Scopes(frozenset({"fresh", "reading"}), frozenset({"school"}))
    with pytest.raises(Refusal):
        await kernel.execute(librarian(here, bookshelf__books__lend=denied), lend_books, books=ours)
    wide = Scopes(frozenset({"fresh", "school"}))
    assert 2 == len(await kernel.execute(librarian(here, bookshelf__books__lend=wide), lend_books, books=ours))


async def test_a_command_runs_others_under_the_callers_right_to_each(kernel: Host, here: Caller) -> None:
    assert 1 == await kernel.execute(here, move_in, name="New")
    assert ["taken along"] == [
        row["title"]
        for row in await fetch(
            kernel, here, "SELECT b.title FROM book b JOIN shelf s ON s.id = b.shelf_id WHERE s.name = 'New'"
        )
    ]
    with pytest.raises(Forbidden):
        await kernel.execute(librarian(here, bookshelf__move__in=SCHOOL), move_in, name="Newer")
    assert [] == await fetch(kernel, here, "SELECT id FROM shelf WHERE name = 'Newer'")


async def test_an_event_is_received_in_the_commands_transaction(kernel: Host, here: Caller) -> None:
    plugin = kernel.registry.plugins["bookshelf"]
    assert isinstance(plugin, BookshelfPlugin)
    plugin.received.clear()
    shelf = await the_shelf(kernel, here)
    made = await kernel.execute(here, add_books, shelf=shelf, titles=["received"])
    assert [("bookshelf.books.added", {"books": made})] == [(each.name, each.values) for each in plugin.received]
    plugin.refuse_events = True
    try:
        with pytest.raises(Refusal, match="somebody else"):
            await kernel.execute(here, add_books, shelf=shelf, titles=["refused"])
    finally:
        plugin.refuse_events = False
    assert [] == await fetch(kernel, here, "SELECT id FROM book WHERE title = 'refused'")


async def test_today_is_the_date_where_the_school_is(kernel: Host, here: Caller) -> None:
    seen: list[dt.date] = []

    async def answer(context: Context, _result: object) -> None:
        seen.append(context.today)

    await kernel.run(here, add_shelf, {"name": "Today", "room": 1}, answer=answer)
    assert [dt.date(2026, 4, 1)] == seen


def test_a_command_that_is_declared_wrongly_is_refused_at_once() -> None:
    async def undocumented(context: Context) -> None: ...

    async def positional(context: Context, name: str) -> None:
        """Do."""

    async def untyped(context: Context, *, name) -> None:  # type: ignore[no-untyped-def]
        """Do."""

    def synchronous(context: Context) -> None:
        """Do."""

    async def hides_the_calls_own(context: Context, *, audit_reason: str) -> None:
        """Do."""

    async def hides_the_key(context: Context, *, idempotency_key: str) -> None:
        """Do."""

    for function in (undocumented, positional, untyped, synchronous, hides_the_calls_own, hides_the_key):
        with pytest.raises(ConfigurationError):
            command("tools.tool.do")(function)  # type: ignore[arg-type]
