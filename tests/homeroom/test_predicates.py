"""Scopes as SQL: visible rows are those in any allowed scope and in no denied one, as Python's sets say too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from bookshelf.places import NOW, new_space
from bookshelf.plugin import BOOK, LOAN, SHELF
from bookshelf.tables import Book, Loan, Shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeroom.audit import AuditTrail
from homeroom.database.engine import Database
from homeroom.database.ids import new_id
from homeroom.database.rows import Rows
from homeroom.database.sql import DENIED, Predicates
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.permissions import Scopes
from homeroom.resources import EVERYTHING, resource, through

ME, ALSO_ME, SOMEBODY = UUID(int=1), UUID(int=2), UUID(int=3)
TODAY = dt.date(2026, 4, 1)
TYPES = {"persons": "uuid[]", "today": "date", "now": "timestamptz"}
SCOPES = [*sorted(BOOK.scopes), "no_such_scope"]


@dataclass(frozen=True)
class Row:
    """A book as Python sees it; ``None`` stands for SQL's unknown."""

    id: UUID
    shelf_owner: UUID | None
    sleeve: UUID | None
    lent: bool | None
    read_at: dt.datetime | None
    readers: frozenset[tuple[UUID, dt.date]]


def _same(value: UUID | None) -> bool | None:
    return None if value is None else value in (ME, ALSO_ME)


TRUTH: dict[str, Callable[[Row], bool | None]] = {
    "school": lambda row: True,
    # IN (SELECT ...) is false for a shelf that the inner condition does not let through.
    "own": lambda row: _same(row.shelf_owner) is True,
    "lent": lambda row: row.lent,
    "reading": lambda row: any(who in (ME, ALSO_ME) and day == TODAY for who, day in row.readers),
    "fresh": lambda row: None if row.read_at is None else row.read_at > NOW,
    "mine": lambda row: True if _same(row.shelf_owner) is True else _same(row.sleeve),
    # AND of false and unknown is false, of true and unknown it is unknown.
    "own_and_lent": lambda row: False if _same(row.shelf_owner) is not True else row.lent,
    "own_and_nothing": lambda row: False,
    "lent_and_all": lambda row: row.lent,
    "unknown": lambda row: None,
    "no_such_scope": lambda row: False,
}


def visible(row: Row, scopes: Scopes) -> bool:
    """In any allowed scope for certain, and for certain in no denied one."""
    return any(TRUTH[name](row) is True for name in scopes.allow) and all(
        TRUTH[name](row) is False for name in scopes.deny
    )


class Library:
    """Books with every combination of what the scopes look at."""

    def __init__(self, database: Database, space: UUID) -> None:
        self.database = database
        self.space = space
        self.rows: list[Row] = []

    async def found(self, condition: str, values: list[Any]) -> set[UUID]:
        """The books that a condition lets through."""
        async with self.database.transaction(self.space) as transaction:
            records = await transaction.fetch(f"SELECT b.id FROM book b WHERE {condition}", *values)
            return {record["id"] for record in records}


@pytest.fixture(scope="module")
async def library(kernel: Host) -> Library:
    """The books, written."""
    made = Library(kernel.database, new_space(kernel).id)
    async with kernel.database.transaction(made.space) as transaction:
        trail = AuditTrail("test")
        owners = [None, ME, SOMEBODY]
        shelves = await Rows(Shelf, transaction, trail).insert(
            [{"name": str(owner), "room": 1, "owner_id": owner} for owner in owners]
        )
        readers = [
            frozenset(),
            frozenset({(ALSO_ME, TODAY)}),
            frozenset({(ME, dt.date(2026, 3, 31)), (SOMEBODY, TODAY)}),
        ]
        times = [None, NOW, NOW + dt.timedelta(seconds=1)]
        made.rows = rows = [
            Row(new_id(), owner, sleeve, lent, read_at, who)
            for owner in owners
            for sleeve in (None, ALSO_ME, SOMEBODY)
            for lent in (None, True, False)
            for read_at in times
            for who in readers
        ]
        at = dict(zip(owners, shelves, strict=True))
        await Rows(Book, transaction, trail).insert(
            [
                {
                    "id": row.id,
                    "shelf_id": at[row.shelf_owner],
                    "title": "t",
                    "sleeve_id": row.sleeve,
                    "lent": row.lent,
                    "read_at": row.read_at,
                }
                for row in rows
            ]
        )
        await Rows(Loan, transaction, trail).insert(
            [{"book_id": row.id, "reader_id": who, "day": day} for row in rows for who, day in row.readers]
        )
    return made


def written(scopes: Scopes | None) -> tuple[str, list[str]]:
    """The condition over a book ``b`` and the parameters that it uses."""
    used: list[str] = []

    def parameter(name: str) -> str:
        if name not in used:
            used.append(name)
        return f"${used.index(name) + 1}::{TYPES[name]}"

    predicates = Predicates({each.table: each for each in (SHELF, BOOK, LOAN)})
    return predicates.visible(BOOK, scopes, "b", parameter), used


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
@given(
    allow=st.frozensets(st.sampled_from(SCOPES), max_size=4), deny=st.frozensets(st.sampled_from(SCOPES), max_size=3)
)
async def test_sql_shows_what_the_truth_table_shows(
    library: Library, allow: frozenset[str], deny: frozenset[str]
) -> None:
    scopes = Scopes(allow, deny)
    condition, used = written(scopes)
    values: dict[str, Any] = {"persons": [ME, ALSO_ME], "today": TODAY, "now": NOW}
    found = await library.found(condition, [values[name] for name in used])
    assert {row.id for row in library.rows if visible(row, scopes)} == found


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (None, DENIED),
        (Scopes(frozenset()), DENIED),
        (Scopes(frozenset({"no_such_scope"})), DENIED),
        (Scopes(frozenset({"school"})), EVERYTHING),
        (Scopes(frozenset({"school", "lent"})), EVERYTHING),
        (Scopes(frozenset({"school"}), frozenset({"school"})), DENIED),
        (Scopes(frozenset({"school"}), frozenset({"no_such_scope"})), EVERYTHING),
    ],
)
def test_what_does_not_depend_on_the_row_is_said_plainly(scopes: Scopes | None, expected: str) -> None:
    assert (expected, []) == written(scopes)


def test_a_way_through_what_is_no_reference_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="belongs_to"):
        through(Book.title, "own")


def test_a_way_to_a_table_that_no_plugin_shows_is_a_mistake() -> None:
    lonely = resource(Book, scopes={"own": through(Book.shelf_id, "own")})
    with pytest.raises(ConfigurationError, match="no resource over the table shelf"):
        Predicates({"book": lonely}).visible(lonely, Scopes(frozenset({"own"})), "b", str)
