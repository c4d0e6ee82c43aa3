"""What a file of a format looks like, and reading one file by its layout."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from homeroom.dates import EARLIEST, LATEST, in_bounds
from homeroom_school.roster.problems import Problem
from homeroom_school.roster.records import Place

__all__ = ["Cell", "Column", "Kind", "Layout", "Row", "Table", "read_table", "write_table"]

Cell = str | date | bool | tuple[str, ...] | None

_LONGEST_CELL: Final = 4096
_ISO_DATE: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T[0-9:.]*Z?)?", re.ASCII)
_US_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


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
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    refers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    open_words: bool = False
    when_used: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of a format.

    Args:
        file: its name.
        columns: in the order in which they are written.
        key: columns that together must be unique; the first is what other files refer to when it is alone.
        required: whether a bundle without it is refused.
        us_dates: dates are written month/day/year, and read so as well as in ISO form.
        extensions: prefix of further columns that the format allows; they are kept.
    """

    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    us_dates: bool = False
    extensions: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The headers."""
        return tuple(column.name for column in self.columns)


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

    def values(self) -> set[str]:
        """What other files may refer to: the values of the single key column."""
        name = self.layout.key[0]
        return {row.text(name) for row in self.rows}


def _decode(file: str, data: bytes, problems: list[Problem]) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problems.append(Problem(file, 0, "", "not_utf8", "the file is UTF-16; save it as CSV UTF-8"))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        problems.append(Problem(file, line, "", "not_utf8", "the file is not UTF-8; save it as CSV UTF-8"))
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.append(Problem(file, line, "", "bad_character", "the file holds a NUL character"))
        return None
    return text


def _read_day(text: str, us_dates: bool) -> date | None:
    match = _ISO_DATE.fullmatch(text)
    if match:
        year, month, day = match.groups()
    else:
        match = _US_DATE.fullmatch(text) if us_dates else None
        if match is None:
            return None
        month, day, year = match.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _read_list(text: str) -> tuple[str, ...]:
    # A list cell is itself a line of CSV: a word that holds a comma is quoted once more.
    words = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(word.strip() for word in words if word.strip())


class _Cells:
    """Reads the cells of one file and gathers what is wrong with them."""

    def __init__(self, layout: Layout, problems: list[Problem]) -> None:
        self.layout = layout
        self.problems = problems

    def fault(self, line: int, column: str, code: str, reason: str) -> None:
        self.problems.append(Problem(self.layout.file, line, column, code, reason))

    def read(self, line: int, column: Column, text: str) -> Cell:
        if len(text) > _LONGEST_CELL:
            self.fault(line, column.name, "too_long", f"more than {_LONGEST_CELL} characters")
            return None
        if "\n" in text or "\r" in text:
            self.fault(line, column.name, "line_break", "a value may not hold a line break")
            return None
        if not text:
            if column.required:
                self.fault(line, column.name, "missing_value", "a value is needed")
            return () if column.kind is Kind.LIST else None
        match column.kind:
            case Kind.DATE:
                return self._day(line, column, text)
            case Kind.BOOLEAN:
                if text.casefold() not in ("true", "false"):
                    self.fault(line, column.name, "bad_boolean", "true or false is needed")
                    return None
                return text.casefold() == "true"
            case Kind.LIST:
                return _read_list(text)
            case _:
                return self._word(line, column, text)

    def _day(self, line: int, column: Column, text: str) -> date | None:
        day = _read_day(text, self.layout.us_dates)
        if day is not None and not in_bounds(day):
            self.fault(line, column.name, "date_out_of_bounds", f"{text!r} lies outside {EARLIEST} to {LATEST}")
            return None
        if day is None:
            form = "month/day/year or year-month-day" if self.layout.us_dates else "year-month-day"
            self.fault(line, column.name, "bad_date", f"{text!r} is not a date ({form})")
        return day

    def _word(self, line: int, column: Column, text: str) -> str:
        if not column.words:
            return text
        for word in column.words:
            if word.casefold() == text.casefold():
                return word
        if not (column.open_words and text.startswith("ext:")):
            self.fault(line, column.name, "bad_word", f"{text!r} is not one of {', '.join(column.words)}")
        return text


def _header(layout: Layout, header: Sequence[str], problems: list[Problem]) -> dict[int, Column]:
    """Which column stands at which place.  Headers are matched without regard to case."""
    by_name = {column.name.casefold(): column for column in layout.columns}
    places: dict[int, Column] = {}
    seen: set[str] = set()
    for place, written in enumerate(header):
        name = written.strip()
        column = by_name.get(name.casefold())
        if column is None:
            secret = "password" in name.casefold()
            if layout.extensions is None or not name.startswith(layout.extensions) or secret:
                continue
            column = Column(name)
        if column.name in seen:
            problems.append(Problem(layout.file, 1, column.name, "duplicate_column", "the column stands twice"))
        seen.add(column.name)
        places[place] = column
    problems.extend(
        Problem(layout.file, 1, column.name, "missing_column", "the column is needed")
        for column in layout.columns
        if column.required and column.name not in seen
    )
    return places


def read_table(layout: Layout, data: bytes, problems: list[Problem]) -> Table:
    """Read one file.  Faults are added to `problems`; lines that have one are still given, as far as read."""
    text = _decode(layout.file, data, problems)
    if text is None:
        return Table(layout, ())
    cells = _Cells(layout, problems)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = next(reader, None)
        if header is None:
            problems.append(Problem(layout.file, 0, "", "empty_file", "the file is empty"))
            return Table(layout, ())
        places = _header(layout, header, problems)
        if any(problem.file == layout.file and problem.line == 1 for problem in problems):
            return Table(layout, ())
        line = reader.line_num + 1
        for values in reader:
            if any(value.strip() for value in values):
                rows.append(_row(cells, places, len(header), line, values))
            line = reader.line_num + 1
    except csv.Error as fault:
        problems.append(Problem(layout.file, line, "", "bad_csv", f"the line is not CSV: {fault}"))
    _unique(layout, rows, problems)
    return Table(layout, tuple(rows))


def _row(cells: _Cells, places: Mapping[int, Column], width: int, line: int, values: Sequence[str]) -> Row:
    if len(values) != width:
        cells.fault(line, "", "bad_width", f"{len(values)} values stand under {width} headers")
    read: dict[str, Cell] = {}
    written: dict[str, str] = {}
    for place, column in places.items():
        if column.kind is Kind.SECRET or place >= len(values):
            continue
        text = values[place].strip()
        cell = cells.read(line, column, text)
        read[column.name] = cell
        if text:
            written[column.name] = cell if isinstance(cell, str) else text
    return Row(line, read, written, cells.layout.file)


def _unique(layout: Layout, rows: Iterable[Row], problems: list[Problem]) -> None:
    if not layout.key:
        return
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.text(name) for name in layout.key)
        if not any(key):
            continue
        before = first.setdefault(key, row.line)
        if before != row.line:
            reason = f"the same value stands in line {before}"
            problems.append(Problem(layout.file, row.line, layout.key[0], "duplicate", reason))


def _written(column: Column, cell: Cell, us_dates: bool) -> str:
    if cell is None or column.kind is Kind.SECRET:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return f"{cell.month}/{cell.day}/{cell.year}" if us_dates else cell.isoformat()
    if isinstance(cell, tuple):
        if not cell:
            return ""
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cell)
        return line.getvalue()
    return cell


def write_table(layout: Layout, rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """The file of these rows: UTF-8, CRLF, the layout's columns and then the extensions used."""
    lines = list(rows)
    names = set(layout.names)
    further: list[str] = []
    if layout.extensions is not None:
        further = sorted(
            {name for row in lines for name in row if name not in names and name.startswith(layout.extensions)}
        )
    filled = {name for row in lines for name, cell in row.items() if cell}
    standing = [column for column in layout.columns if not column.when_used or column.name in filled]
    columns = (*standing, *map(Column, further))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for row in lines:
        writer.writerow([_written(column, row.get(column.name), layout.us_dates) for column in columns])
    return out.getvalue().encode()
