"""Records of files: one declaration reads them, writes them, and names the column of an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from homeroom.reading.faults import Faults
from homeroom.reading.layouts import Column, Kind, Layout, Place, read_table
from homeroom.reading.records import Field, Records, Way, columns_of
from homeroom.reading.writing import write_table


@dataclass(frozen=True)
class Loan:
    """Something that is lent."""

    code: str
    kind: str
    until: date | None = None
    tags: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Reader:
    """Who borrows, in the same rows."""

    name: str
    extra: Mapping[str, str] = field(default_factory=dict)


DAY = timedelta(days=1)
LOANS = Layout(
    "loans.csv",
    (
        Field("Code", required=True, to="Loan.code"),
        Field(
            "Back on", Kind.DATE, to="Loan.until", way=Way(lambda day: day and day - DAY, lambda day: day and day + DAY)
        ),
        Field("Tag", to="Loan.tags"),
        Field("Reader", Kind.LIST, to="Loan.readers"),
        Field("Name", to="Reader.name"),
        Field("Class", to="Reader.extra"),
        Column("Shelf"),
    ),
    extensions="x.",
)
DATA = 'Code,Back on,Tag,Reader,Name,Class,Shelf,x.note\r\nb1,2025-09-05,new,"An,Bo",An,6A,S1,torn\r\nb2,,,,Bo,,,\r\n'


def test_one_declaration_reads_and_writes_records() -> None:
    loans, faults = Records(LOANS, Loan, {"kind": "book"}, rest=True), Faults()
    table = read_table(LOANS, DATA.encode(), faults)
    first, second = loans.read(table)
    assert not faults
    assert Loan("b1", "book", date(2025, 9, 4), ("new",), ("An", "Bo"), {"Shelf": "S1", "x.note": "torn"}) == first
    assert Loan("b2", "book") == second
    assert Place("loans.csv", 2) == first.place
    readers = Records(LOANS, Reader)
    assert [Reader("An", {"Class": "6A"}), Reader("Bo")] == list(readers.read(table))
    rows = [
        {**loans.cells(each), **readers.cells(who)}
        for each, who in zip((first, second), readers.read(table), strict=True)
    ]
    assert DATA == write_table(LOANS, rows).decode()
    assert "b3" in write_table(LOANS, [loans.cells(replace(first, code="b3"))]).decode()
    assert () == loans.read(None)


def test_the_column_of_an_attribute_is_the_first_that_fills_it() -> None:
    other = Layout("others.csv", (Field("Number", to="Loan.code Loan.kind"),))
    columns = columns_of([LOANS, other])
    assert ("Code", "Number", "Class") == tuple(columns[each] for each in ("Loan.code", "Loan.kind", "Reader.extra"))
