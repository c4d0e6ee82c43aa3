"""Shelves and books: one column of every type, with and without a value."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Date,
    Integer,
    Numeric,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)

from homeroom.database.tables import SchoolTable, belongs_to


class Binding(StrEnum):
    """How a book is held together."""

    CLOTH = "cloth"
    PAPER_BACK = "paper_back"


class Shelf(SchoolTable, tablename="shelf"):
    """Where books stand."""

    name = Varchar(length=40, default=None)
    room = SmallInt(default=None)
    owner_id = UUID(null=True, default=None)


class Book(SchoolTable, tablename="book"):
    """A book."""

    shelf_id = belongs_to(Shelf)
    title = Varchar(length=200, default=None)
    binding = Varchar(length=20, null=True, default=None, choices=Binding)
    pages = Integer(null=True, default=None)
    number = BigInt(null=True, default=None)
    price = Numeric(digits=(8, 2), null=True, default=None)
    lent = Boolean(null=True, default=None)
    printed_on = Date(null=True, default=None)
    read_at = Timestamptz(null=True, default=None)
    sleeve_id = UUID(null=True, default=None)
    note = Text(null=True, default=None)
    keywords = Array(base_column=Text(), null=True, default=None)
    marks = Array(base_column=Integer(), null=True, default=None)
    details = JSONB(null=True, default=None)
    version = Integer(default=1)


class Loan(SchoolTable, tablename="loan"):
    """Somebody has a book."""

    book_id = belongs_to(Book)
    reader_id = UUID(default=None)
    day = Date(default=None)
