"""What the columns of a table are, and reading one by them: every cell becomes a value, or a fault with its place."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from homeroom.dates import EARLIEST, LATEST, in_bounds
from homeroom.reading.cells import NoValue
from homeroom.reading.dates import DateOrder, NotADate, read_day
from homeroom.reading.faults import Fault, Faults, shown
from homeroom.reading.refusals import (
    BAD_BOOLEAN,
    BAD_WIDTH,
    BAD_WORD,
    BUDDHIST_YEAR,
    DATE_OUT_OF_RANGE,
    DUPLICATE_COLUMN,
    EMPTY_FILE,
    LINE_BREAK,
    LISTED_BEFORE,
    MISSING_COLUMN,
    UNKNOWN_COLUMN,
    VALUE_TOO_LONG,
)
from homeroom.reading.tables import Allowance, lines_of
from homeroom.reading.texts import TextEncoding
from homeroom.refusals import BAD_CHARACTER, REQUIRED, Code
from homeroom.texts import folded, forbidden, tidy

__all__ = ["Cell", "Column", "Kind", "Layout", "Place", "ReadOptions", "Row", "Table", "read_list", "read_table"]

Cell = str | date | bool | tuple[str, ...] | None

_LONGEST_CELL: Final = 4096
#: Headers of a file that a fault shows.
_MOST_FOUND: Final = 4
#: Years of the Buddhist era, which Thailand counts.
_BUDDHIST: Final = range(2400, 2700)


class Kind(Enum):
    """How a cell is read."""

    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    LIST = "list"
    #: Never read, never held, written empty.
    SECRET = "secret"  # noqa: S105 the name of a kind of column


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    Args:
        name: the header.
        kind: how its cells are read.
        required: whether header and value must be there.
        refers: files whose key one of which must hold the value.
        words: the allowed words; empty allows any.
        open_words: whether a word beginning with ``ext:`` is allowed as well.
        when_used: whether the column is written only if a row fills it (a later addition to the format).
        longest: letters that a value may have, as many as the row that it becomes can hold.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    refers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    open_words: bool = False
    when_used: bool = False
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of a format.

    Args:
        file: its name.
        columns: in the order in which they are written.
        key: columns that together must be unique; the first is what other files refer to when it is alone.
        required: whether a bundle without it is refused.
        date_order: what the format itself puts first in a date whose year comes last; dates are written so.
        extensions: prefix of further columns that the format allows; they are kept.
        closed: whether a header that is none of the columns is a fault; otherwise its column is passed over.
    """

    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    date_order: DateOrder | None = None
    extensions: str | None = None
    closed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The headers."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the sender of files says about them.

    Args:
        encoding: of text files that carry no mark; None finds it out.
        date_order: what comes first in a date whose year comes last; None takes what the format says.
    """

    encoding: TextEncoding | None = None
    date_order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was read.

    Args:
        file: name of the file inside the bundle.
        line: its line; 1 is the header.
    """

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file with its cells read.  A column that the file lacks reads as empty."""

    line: int
    cells: Mapping[str, Cell]
    #: Every non-empty cell as it was written, without secrets.
    written: Mapping[str, str]
    file: str = ""

    @property
    def place(self) -> Place:
        """File and line."""
        return Place(self.file, self.line)

    def text(self, name: str) -> str:
        """The text of a cell; empty if there is none."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, str) else ""

    def day(self, name: str) -> date | None:
        """The date of a cell."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, date) else None

    def flag(self, name: str) -> bool | None:
        """The truth of a cell; None if it is empty."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, bool) else None

    def many(self, name: str) -> tuple[str, ...]:
        """The words of a list cell."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, tuple) else ()

    def rest(self, *used: str) -> dict[str, str]:
        """The non-empty cells that are not among `used`, by header."""
        return {name: value for name, value in self.written.items() if name not in used}


@dataclass(frozen=True, slots=True)
class Table:
    """One file, read."""

    layout: Layout
    rows: tuple[Row, ...]
    #: Whether its lines could be read at all.
    readable: bool = True
    #: The columns of the layout that the file has.
    headers: frozenset[str] = frozenset()

    def values(self) -> set[str]:
        """What other files may refer to: the values of the single key column."""
        name = self.layout.key[0]
        return {row.text(name) for row in self.rows}


def read_list(text: str) -> tuple[str, ...]:
    """The words of a cell that holds several, with commas between them."""
    # A list cell is itself a line of CSV: a word that holds a comma is quoted once more.
    if "," not in text and '"' not in text:
        return (text.strip(),)
    words = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(word.strip() for word in words if word.strip())


class _Cells:
    """Reads the cells of one file and gathers what is wrong with them."""

    def __init__(self, layout: Layout, faults: Faults, options: ReadOptions) -> None:
        self.layout = layout
        self.faults = faults
        self.order = options.date_order or layout.date_order

    def fault(self, line: int, column: str, code: Code, /, **values: Any) -> None:
        self.faults.append(Fault(self.layout.file, line, column, code, **values))

    def read(self, line: int, column: Column, text: str) -> Cell:
        if not text:
            if column.required:
                self.fault(line, column.name, REQUIRED)
            return () if column.kind is Kind.LIST else None
        if isinstance(text, NoValue):
            self.faults.append(Fault.of(self.layout.file, line, column.name, text.message))
            return None
        if len(text) > (column.longest or _LONGEST_CELL):
            self.fault(line, column.name, VALUE_TOO_LONG, value=shown(text), most=column.longest or _LONGEST_CELL)
            return None
        if "\n" in text or "\r" in text:
            self.fault(line, column.name, LINE_BREAK)
            return None
        bad = forbidden(text)
        if bad is not None:
            self.fault(line, column.name, BAD_CHARACTER, character=bad)
            return None
        match column.kind:
            case Kind.DATE:
                return self._day(line, column, text)
            case Kind.BOOLEAN:
                if text.casefold() not in ("true", "false"):
                    self.fault(line, column.name, BAD_BOOLEAN, value=shown(text))
                    return None
                return text.casefold() == "true"
            case Kind.LIST:
                return read_list(text)
            case _:
                return self._word(line, column, text)

    def _day(self, line: int, column: Column, text: str) -> date | None:
        try:
            day = read_day(text, self.order)
        except NotADate as error:
            self.faults.append(Fault.of(self.layout.file, line, column.name, error.message))
            return None
        if not in_bounds(day):
            code = BUDDHIST_YEAR if day.year in _BUDDHIST else DATE_OUT_OF_RANGE
            self.fault(line, column.name, code, value=shown(text), least=EARLIEST, most=LATEST)
            return None
        return day

    def _word(self, line: int, column: Column, text: str) -> str:
        if not column.words:
            return text
        for word in column.words:
            if word.casefold() == text.casefold():
                return word
        if not (column.open_words and text.startswith("ext:")):
            self.fault(line, column.name, BAD_WORD, value=shown(text), options=list(column.words))
        return text


def _header(layout: Layout, line: int, header: Sequence[str], faults: Faults) -> dict[int, Column]:
    """Which column is at which place.

    Headers are matched without regard to case, to outer and repeated spaces, and to characters that nobody sees.
    """
    by_name = {folded(column.name): column for column in layout.columns}
    places: dict[int, Column] = {}
    seen: set[str] = set()
    for place, name in enumerate(header):
        column = by_name.get(folded(name))
        if column is None:
            secret = "password" in name.casefold()
            if layout.extensions is None or not name.startswith(layout.extensions) or secret:
                if layout.closed and name:
                    faults.append(Fault(layout.file, line, name, UNKNOWN_COLUMN, columns=list(layout.names)))
                continue
            column = Column(name)
        if column.name in seen:
            faults.append(Fault(layout.file, line, column.name, DUPLICATE_COLUMN))
        seen.add(column.name)
        places[place] = column
    faults.extend(
        Fault(layout.file, line, column.name, MISSING_COLUMN, line=line, found=_found(header))
        for column in layout.columns
        if column.required and column.name not in seen
    )
    return places


def _found(header: Sequence[str]) -> list[str]:
    """The first headers, for somebody whose file begins with something else, such as a title."""
    names = [f"“{shown(name, 30)}”" for name in header if name]
    return [*names[:_MOST_FOUND], *(["…"] if len(names) > _MOST_FOUND else [])]


def read_table(
    layout: Layout,
    data: bytes,
    faults: Faults,
    options: ReadOptions = ReadOptions(),
    allowance: Allowance | None = None,
) -> Table:
    """Read one file: CSV or XLSX.

    Args:
        layout: Its columns.
        data: Its bytes.
        faults: Gains what is wrong; rows that have a fault are still given, as far as read.
        options: What its sender states about it.
        allowance: What the files of a bundle may still hold together.
    """
    before = faults.total
    cells = _Cells(layout, faults, options)
    places: dict[int, Column] = {}
    rows: list[Row] = []
    width = 0
    for line, values in lines_of(layout.file, data, faults, encoding=options.encoding, allowance=allowance):
        if not width:
            width = len(values)
            places = _header(layout, line, values, faults)
            if faults.total > before:
                return Table(layout, (), readable=False)
            continue
        rows.append(_row(cells, places, width, line, values))
    if not width and faults.total == before:
        faults.append(Fault(layout.file, 0, "", EMPTY_FILE))
    _unique(layout, rows, faults)
    headers = frozenset(column.name for column in places.values())
    return Table(layout, tuple(rows), readable=bool(width), headers=headers)


def _row(cells: _Cells, places: Mapping[int, Column], width: int, line: int, values: Sequence[str]) -> Row:
    if len(values) != width:
        cells.fault(line, "", BAD_WIDTH, count=len(values), width=width)
    read: dict[str, Cell] = {}
    written: dict[str, str] = {}
    for place, column in places.items():
        if column.kind is Kind.SECRET or place >= len(values):
            continue
        text = values[place]
        if not text and not column.required:
            read[column.name] = () if column.kind is Kind.LIST else None
            continue
        if not text.isascii() and not isinstance(text, NoValue) and "\n" not in text and "\r" not in text:
            text = tidy(text)
        cell = cells.read(line, column, text)
        read[column.name] = cell
        if text:
            written[column.name] = cell if isinstance(cell, str) else text
    return Row(line, read, written, cells.layout.file)


def _unique(layout: Layout, rows: Iterable[Row], faults: Faults) -> None:
    if not layout.key:
        return
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.text(name) for name in layout.key)
        if not any(key):
            continue
        before = first.setdefault(key, row.line)
        if before != row.line:
            faults.append(Fault(layout.file, row.line, layout.key[0], LISTED_BEFORE, line=before))
