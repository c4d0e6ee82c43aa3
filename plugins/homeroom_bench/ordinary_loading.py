"""The ordinary way, part one: dataloaders over Piccolo rows.

Rows come as dictionaries, which costs a fraction of Piccolo's objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from piccolo.query import Select
from strawberry.dataloader import DataLoader

from homeroom.database.tables import SchoolTable
from homeroom_gradebook import tables as book_tables
from homeroom_school import tables as school_tables

__all__ = ["Loaders", "Row"]

Row = dict[str, Any]


def _by_id(table: type[SchoolTable]) -> DataLoader[UUID, Row | None]:
    async def load(keys: list[UUID]) -> list[Row | None]:
        rows = await table.select().where(table.id.is_in(keys))
        found = {row["id"]: row for row in rows}
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=load)


def _by(table: type[SchoolTable], column: str, order: Iterable[str] = ("id",)) -> DataLoader[UUID, list[Row]]:
    async def load(keys: list[UUID]) -> list[list[Row]]:
        found: dict[UUID, list[Row]] = defaultdict(list)
        query: Select[Any] = table.select().where(getattr(table, column).is_in(keys))
        for row in await query.order_by(*(getattr(table, name) for name in order)):
            found[row[column]].append(row)
        return [found[key] for key in keys]

    return DataLoader(load_fn=load)


class Loaders:
    """What resolvers of one request share."""

    def __init__(self) -> None:
        self.classes = _by_id(school_tables.SchoolClass)
        self.subjects = _by_id(school_tables.Subject)
        self.students = _by_id(school_tables.Student)
        self.guardians = _by_id(school_tables.Guardian)
        self.books = _by_id(book_tables.Gradebook)
        self.columns = _by_id(book_tables.Assessment)
        self.lines = _by_id(book_tables.SubjectResult)
        self.marks_of_line = _by(book_tables.Mark, "subject_result_id")
        self.enrolments = _by(school_tables.ClassEnrolment, "student_id", ("starts_on", "id"))
        self.guardianships = _by(school_tables.Guardianship, "student_id", ("starts_on", "id"))
