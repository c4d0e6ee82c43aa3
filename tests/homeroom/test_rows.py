"""Audited writing: every type, old and new values, versions, and nothing where nothing differs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from bookshelf.places import NOW, new_space
from bookshelf.tables import Binding, Book, Loan, Shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeroom.audit import AuditTrail
from homeroom.callers import Caller
from homeroom.database.engine import Transaction
from homeroom.database.ids import new_id
from homeroom.database.rows import Rows
from homeroom.errors import Refusal
from homeroom.host import Host

FULL = {
    "title": "Truyện Kiều",
    "binding": Binding.PAPER_BACK,
    "pages": 324,
    "number": 9_786_049_000_000,
    "price": Decimal("79000.50"),
    "lent": False,
    "printed_on": dt.date(1820, 1, 1),
    "read_at": dt.datetime(2026, 3, 31, 20, 0, tzinfo=dt.UTC),
    "sleeve_id": UUID(int=7),
    "note": "quotes ' and \" and \\ and {braces}, commas",
    "keywords": ["plain", 'with "quotes"', "back\\slash", "comma,brace}", "", "NULL", None],
    "marks": [1, -2, None],
    "details": '{"a": [1, 2.5, null], "ö": "ü"}',
}
EMPTY = {**dict.fromkeys(FULL), "title": "Empty"}


class Bench:
    """A transaction in an empty space with one shelf, and what its trail has written."""

    def __init__(self, caller: Caller, transaction: Transaction) -> None:
        self.caller = caller
        self.transaction = transaction
        self.trail = AuditTrail("test")
        self.shelf = new_id()
        self.seen: list[UUID] = []

    def rows(self, table: Any = Book) -> Rows:
        """Writing to a table."""
        return Rows(table, self.transaction, self.trail)

    async def book(self, **values: Any) -> UUID:
        """A book on the shelf."""
        return (await self.rows().insert([{"shelf_id": self.shelf, **EMPTY, **values}]))[0]

    async def stored(self, row: UUID) -> dict[str, Any]:
        """A row as it is."""
        record = await self.transaction.fetchrow("SELECT * FROM book WHERE id = $1", row)
        assert record is not None
        return dict(record)

    async def lines(self) -> list[tuple[str, UUID, Any, Any]]:
        """The lines of what was written since the last time: noun, row, old and new values."""
        await self.trail.write(self.transaction, self.caller, NOW, None)
        self.trail = AuditTrail("test")
        found = await self.transaction.fetch(
            "SELECT noun, row_id, old_values, new_values FROM audit_line WHERE NOT id = ANY($1::uuid[]) ORDER BY id",
            self.seen,
        )
        self.seen = [row["id"] for row in await self.transaction.fetch("SELECT id FROM audit_line")]
        return [
            (
                row["noun"],
                row["row_id"],
                *(each and json.loads(each) for each in (row["old_values"], row["new_values"])),
            )
            for row in found
        ]


@pytest.fixture
async def bench(kernel: Host) -> AsyncIterator[Bench]:
    """A transaction that ends with the test."""
    caller = kernel.system_caller(new_space(kernel))
    async with kernel.database.transaction(caller.space.id) as transaction:
        made = Bench(caller, transaction)
        await transaction.execute("INSERT INTO shelf (id, name, room) VALUES ($1, 'S', 1)", made.shelf)
        yield made


@pytest.mark.parametrize("values", [FULL, EMPTY], ids=["full", "empty"])
async def test_every_type_comes_back_as_it_went_in(bench: Bench, values: dict[str, Any]) -> None:
    row = await bench.book(**values)
    stored = await bench.stored(row)
    assert bench.caller.space.id == stored["tenant_id"]
    expected = {**values, "details": values["details"] and json.loads(values["details"])}
    assert expected == {
        name: json.loads(stored[name]) if name == "details" and stored[name] else stored[name] for name in expected
    }


async def test_rows_keep_their_order_and_may_bring_their_ids(bench: Bench) -> None:
    given_ids = [new_id() for _ in range(3)]
    made = await bench.rows().insert(
        [{"id": row, "shelf_id": bench.shelf, "title": f"{number}"} for number, row in enumerate(given_ids)]
    )
    assert given_ids == made
    made = await bench.rows().insert([{"shelf_id": bench.shelf, "title": f"{number}"} for number in range(40)])
    titles = [(await bench.stored(row))["title"] for row in made]
    assert [f"{number}" for number in range(40)] == titles


async def test_no_rows_are_no_statement(bench: Bench) -> None:
    assert [] == await bench.rows().insert([])
    assert [] == await bench.rows().update_many([])
    assert [] == await bench.lines()


async def test_rows_with_other_columns_than_the_first_are_a_mistake(bench: Bench) -> None:
    for rows in (
        [{"shelf_id": bench.shelf, "title": "a"}, {"shelf_id": bench.shelf, "title": "b", "pages": 3}],
        [{"shelf_id": bench.shelf, "title": "a", "pages": 3}, {"shelf_id": bench.shelf, "title": "b"}],
    ):
        with pytest.raises(ValueError, match="the same columns"):
            await bench.rows().insert(rows)
    row = await bench.book()
    with pytest.raises(ValueError, match="the same columns"):
        await bench.rows().update_many([{"id": row, "pages": 1}, {"id": new_id(), "note": "x"}])
    with pytest.raises(ValueError, match="twice"):
        await bench.rows().update_many([{"id": row, "pages": 1}, {"id": row, "pages": 2}])


async def test_an_insert_leaves_one_line_per_row_with_its_values(bench: Bench) -> None:
    first = await bench.book(title="a", price=Decimal("1.50"), binding=Binding.CLOTH)
    ((noun, row, old, new),) = await bench.lines()
    assert ("book", first, None) == (noun, row, old)
    assert ("a", "1.50", "cloth") == (new["title"], new["price"], new["binding"])


async def test_an_update_tells_what_was_and_raises_the_version(bench: Bench) -> None:
    row = await bench.book(title="a", pages=1)
    await bench.lines()
    old = await bench.rows().update(row, {"title": "b", "pages": 1}, expected_version=1)
    assert {"title": "a"} == old
    stored = await bench.stored(row)
    assert ("b", 1, 2) == (stored["title"], stored["pages"], stored["version"])
    assert ("book", row, {"title": "a"}, {"title": "b"}) == (await bench.lines())[-1]


async def test_an_update_that_changes_nothing_writes_nothing(bench: Bench) -> None:
    row = await bench.book(title="a", price=Decimal("1.50"), keywords=["x"])
    await bench.lines()
    assert {} == await bench.rows().update(row, {"title": "a", "price": Decimal("1.5"), "keywords": ["x"]})
    assert [] == await bench.lines()
    assert 1 == (await bench.stored(row))["version"]


async def test_json_that_means_the_same_is_no_change(bench: Bench) -> None:
    row = await bench.book(details='{"a": 1, "b": [true]}')
    assert {} == await bench.rows().update(row, {"details": '{"b":[true],"a":1}'})
    assert [] == await bench.rows().update_many([{"id": row, "details": '{"b":[true],"a":1}'}])


async def test_a_version_that_was_overtaken_is_a_conflict_and_changes_nothing(bench: Bench) -> None:
    row = await bench.book(title="a")
    await bench.rows().update(row, {"title": "b"}, expected_version=1)
    with pytest.raises(Refusal) as refused:
        await bench.rows().update(row, {"title": "c"}, expected_version=1, field="book")
    assert "book" == refused.value.problems[0].field
    assert "b" == (await bench.stored(row))["title"]


async def test_a_row_that_is_not_there_is_not_found(here: Caller, bench: Bench) -> None:
    for row in (new_id(), here.space.id):
        with pytest.raises(Refusal):
            await bench.rows().update(row, {"title": "c"})
        with pytest.raises(Refusal):
            await bench.rows().delete(row, field="book")
        assert [] == await bench.rows().update_many([{"id": row, "title": "c"}])


@pytest.mark.parametrize("values", [FULL, EMPTY], ids=["full", "empty"])
async def test_every_type_is_updated_one_by_one_and_in_bulk(bench: Bench, values: dict[str, Any]) -> None:
    start = EMPTY if values is FULL else FULL
    one, other = await bench.book(**start), await bench.book(**start)
    await bench.lines()
    assert set(values) == set(await bench.rows().update(one, values))
    assert [other] == await bench.rows().update_many([{"id": other, **values}])
    first, second = await bench.stored(one), await bench.stored(other)
    assert 2 == first["version"]
    del first["id"], second["id"]
    assert first == second
    lines = await bench.lines()
    assert lines[-1][2:] == lines[-2][2:]
    assert start["title"] == lines[-1][2]["title"]


async def test_many_rows_change_at_once_and_only_those_that_differ(bench: Bench) -> None:
    rows = [await bench.book(title=f"{number}", pages=number) for number in range(5)]
    await bench.lines()
    changed = await bench.rows().update_many(
        [{"id": row, "title": f"{number}", "pages": 3} for number, row in enumerate(rows)]
    )
    assert set(rows) - {rows[3]} == set(changed)
    assert [2, 2, 2, 1, 2] == [(await bench.stored(row))["version"] for row in rows]
    lines = {row: (old, new) for _, row, old, new in await bench.lines()}
    assert ({"pages": 4}, {"pages": 3}) == lines[rows[4]]
    assert set(changed) == lines.keys()


async def test_saved_rows_are_inserted_or_changed_by_their_ids(bench: Bench) -> None:
    stored = await bench.book(title="Old")
    await bench.lines()
    shelf = (await bench.stored(stored))["shelf_id"]
    rows = [{"id": each, "shelf_id": shelf, "title": title} for each, title in ((None, "First"), (stored, "New"))]
    first, second = await bench.rows().save(rows)
    assert (stored, ["First", "New"]) == (second, [(await bench.stored(each))["title"] for each in (first, second)])
    lines = {row: new for _, row, _, new in await bench.lines()}
    assert ({"title": "New"}, "First") == (lines[stored], lines[first]["title"])


async def test_a_deleted_row_stays_in_the_audit(bench: Bench) -> None:
    row = await bench.book(title="gone", price=Decimal("3.00"))
    await bench.lines()
    await bench.rows().delete(row)
    assert 0 == await bench.transaction.fetchval("SELECT count(*) FROM book")
    noun, line_row, old, new = (await bench.lines())[-1]
    assert ("book", row, None) == (noun, line_row, new)
    assert ("gone", "3.00") == (old["title"], old["price"])
    assert "tenant_id" not in old


async def test_many_are_deleted_in_one_statement_and_each_stays_in_the_audit(bench: Bench) -> None:
    rows = [await bench.book(title=f"gone {number}") for number in range(3)]
    left = await bench.book(title="left")
    await bench.lines()
    assert set(rows) == set(await bench.rows().delete_many([*rows, new_id()]))
    assert [] == await bench.rows().delete_many([])
    assert [left] == [row["id"] for row in await bench.transaction.fetch("SELECT id FROM book")]
    lines = {row: (old, new) for _, row, old, new in await bench.lines()}
    assert {row: (f"gone {number}", None) for number, row in enumerate(rows)} == {
        row: (lines[row][0]["title"], lines[row][1]) for row in rows
    }


async def test_tables_without_a_version_do_without(bench: Bench) -> None:
    book = await bench.book()
    (loan,) = await bench.rows(Loan).insert([{"book_id": book, "reader_id": new_id(), "day": dt.date(2026, 1, 1)}])
    await bench.rows(Loan).update(loan, {"day": dt.date(2026, 1, 2)})
    assert [loan] == await bench.rows(Loan).update_many([{"id": loan, "day": dt.date(2026, 1, 3)}])
    assert dt.date(2026, 1, 3) == await bench.transaction.fetchval("SELECT day FROM loan")


async def test_what_the_table_refuses_is_refused_whole(bench: Bench) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with bench.transaction.savepoint():
            await bench.rows(Shelf).insert([{"name": "ok", "room": 1}, {"name": "bad", "room": 0}])
    with pytest.raises(asyncpg.StringDataRightTruncationError):
        async with bench.transaction.savepoint():
            await bench.rows(Shelf).insert([{"name": "x" * 41, "room": 1}])
    assert 1 == await bench.transaction.fetchval("SELECT count(*) FROM shelf")


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(words=st.lists(st.none() | TEXTS, max_size=6), note=TEXTS)
async def test_any_text_survives_in_arrays_and_out_of_them(bench: Bench, words: list[str | None], note: str) -> None:
    row = await bench.book(keywords=words, note=note)
    stored = await bench.stored(row)
    assert (words, note) == (stored["keywords"], stored["note"])
    assert {} == await bench.rows().update(row, {"keywords": words, "note": note})
