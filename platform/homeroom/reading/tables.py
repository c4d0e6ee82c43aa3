"""The lines of a table that somebody sends: CSV in any usual form, or the first sheet of an XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from homeroom.reading.cells import plain_cell
from homeroom.reading.faults import Fault, Faults, FileRefused
from homeroom.reading.formats import other_format
from homeroom.reading.refusals import (
    BAD_CSV,
    LONG_CELL,
    OPEN_QUOTE,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    TOO_MANY_LINES,
)
from homeroom.reading.texts import TextEncoding, decode
from homeroom.reading.workbooks import MOST_COLUMNS, is_workbook, sheet_lines
from homeroom.wording import Message

__all__ = ["Allowance", "Line", "lines_of"]

_SEPARATORS: Final = ",;\t|"
#: What the library says, for the person who repairs the file.
_CSV_FAULTS: Final = {
    "unexpected end of data": Message(OPEN_QUOTE),
    "field larger than field limit (131072)": Message(LONG_CELL, {"most": 131_072}),
}

Line = tuple[int, Sequence[str]]


@dataclass(slots=True)
class Allowance:
    """What the tables of one bundle may still hold together.

    Args:
        lines: Lines that are not blank.
        cells: Cells of these.
    """

    lines: int = 1_000_000
    cells: int = 20_000_000

    def take(self, file: str, line: int, cells: int) -> None:
        """Count a line. Raises FileRefused where it is one too many."""
        self.lines -= 1
        self.cells -= cells
        if self.lines < 0 or self.cells < 0:
            raise FileRefused([Fault(file, line, "", TOO_MANY_LINES if self.lines < 0 else TOO_MANY_CELLS)])


def lines_of(
    file: str,
    data: bytes,
    faults: Faults,
    *,
    encoding: TextEncoding | None = None,
    allowance: Allowance | None = None,
) -> Iterator[Line]:
    """The lines of a table that are not blank, each with its number in the file, cells stripped of outer spaces.

    The first is the line of headers; a line has as many cells as it is written with, empty ones at its end left out as
    far as there is no header above them. Faults end the lines where nothing after them could be read.

    Args:
        file: The name by which faults call the file.
        data: Its bytes: CSV (RFC 4180) separated by commas, semicolons, tabs or vertical bars, or XLSX (ECMA-376).
        faults: Gains what is wrong.
        encoding: Of a CSV; by default as :func:`homeroom.reading.texts.decode` finds it.
        allowance: What may still be read.
    """
    left = allowance or Allowance()
    other = other_format(data)
    if other is not None:
        faults.append(Fault.of(file, 0, "", other))
        return
    lines = sheet_lines(file, data, faults) if is_workbook(data) else _csv_lines(file, data, faults, encoding)
    width = 0
    for number, cells in lines:
        if not width:
            width = _width(cells)
            if not width:
                continue
            if width > MOST_COLUMNS:
                raise FileRefused([Fault(file, number, "", TOO_MANY_COLUMNS, most=MOST_COLUMNS)])
        if not any(cells):
            continue
        left.take(file, number, len(cells))
        yield number, cells[: max(width, _width(cells))] if len(cells) > width else cells


def _width(cells: Sequence[str]) -> int:
    """How many cells a line has, without the empty ones at its end."""
    width = len(cells)
    while width and not cells[width - 1]:
        width -= 1
    return width


def _csv_lines(file: str, data: bytes, faults: Faults, encoding: TextEncoding | None) -> Iterator[Line]:
    text = decode(file, data, faults, encoding)
    if text is None:
        return
    separator = None
    if text[:4].lower() == "sep=" and text[4:5] in _SEPARATORS and text[5:6] in ("\r", "\n"):
        # A line for Excel alone. What is left of it is a blank line, so that lines keep their numbers.
        separator, text = text[4], text[5:]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator or _separator(text))
    line = 1
    try:
        for values in reader:
            yield line, [plain_cell(value) for value in values]
            line = reader.line_num + 1
    except csv.Error as error:
        message = _CSV_FAULTS.get(str(error)) or Message(BAD_CSV, {"detail": str(error)})
        faults.append(Fault.of(file, line, "", message))


def _separator(text: str) -> str:
    """What separates the headers: the commonest of the four in the first line that is not blank."""
    start = len(text) - len(text.lstrip("\r\n ,;\t|"))
    end = text.find("\n", start)
    head = text[start : end if end >= 0 else len(text)][:100_000]
    unquoted = "".join(head.split('"')[0::2])
    return max(_SEPARATORS, key=unquoted.count)
