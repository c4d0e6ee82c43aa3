"""The first visible sheet of a workbook (XLSX, ECMA-376) as lines of texts.

python-calamine reads the values. It takes the extent of a sheet from its outermost cells and gives a cell with an error
or a formula without a value as empty. So the sheet is looked through first: its size is counted, and such cells are
found. A sheet that plainly is small and has neither formulas nor errors is only counted; any other is parsed. Both run
in the process of a reader, whose limits end what slips through.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final
from xml.parsers import expat

from homeroom.reading.archives import BadArchive, checked_size
from homeroom.reading.cells import NoValue, plain_cell
from homeroom.reading.faults import Fault, Faults, shown
from homeroom.reading.refusals import (
    BAD_WORKBOOK,
    CELL_ERROR,
    DOCUMENT_TYPE,
    ENCRYPTED_WORKBOOK,
    NO_RESULT,
    NO_SHEET,
    ROUNDED,
    SHEET_CELLS,
    SHEET_ENCODING,
    SHEET_EXTENT,
    SHEET_ROWS,
)
from homeroom.refusals import Code
from homeroom.wording import Message

__all__ = ["MOST_COLUMNS", "is_workbook", "sheet_lines"]

#: Bytes that the parts of a workbook may have together, unpacked.
_MOST_BYTES: Final = 128 * 1024 * 1024
#: Cells with a value, and cells of the rectangle around them.
_MOST_CELLS: Final = 1_000_000
_MOST_AREA: Final = 4_000_000
#: Cells of any kind, also those without a value, and rows (a sheet of Excel has no more).
_MOST_WRITTEN: Final = 2_000_000
_MOST_ROWS: Final = 1_048_576
#: Start tags of rows and cells with a prefix of their namespace; without one they are counted faster.
_TAG: Final = re.compile(rb"<(?:[^\s<>/:!?]+:)?(c|row)(?=[\s/>])")
_AFTER_NAME: Final = (b" ", b">", b"/", b"\t", b"\n", b"\r")
#: The numbers of rows, and the letters of columns beyond Z, as programs write them.
_ROW_NUMBER: Final = re.compile(rb"""<row\s(?:[^<>]*?\s)?r="([0-9]{1,7})\"""")
_FAR_COLUMN: Final = re.compile(rb"""r="([A-Z]{2,3})[0-9]""")
#: Signs of formulas, of errors and of markup that the patterns above do not know: such a sheet is parsed.
_UNPLAIN: Final = (b'"e"', b"'e'", b"<f", b":f", b":c", b":row", b"<!", b"&#", b"r='", b"r =")
_WORKSHEET: Final = "/worksheet"
#: Digits of a number that spreadsheets keep.
_EXACT: Final = 10.0**15
MOST_COLUMNS: Final = 1_000
_LONGEST_PART_NAME: Final = 200
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PIECE: Final = 256 * 1024


class _BadWorkbook(Exception):  # noqa: N818 - becomes a fault
    """The workbook cannot be read."""

    def __init__(self, code: Code, /, **values: Any) -> None:
        super().__init__(code)
        self.message = Message(code, values)


def is_workbook(data: bytes) -> bool:
    """Whether a content is a zip, as every XLSX is; a CSV never begins so."""
    return data.startswith(b"PK\x03\x04")


def sheet_lines(file: str, data: bytes, faults: Faults) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of the first visible sheet with their numbers; cells as a CSV would write them.

    Cells that hold an error such as ``#N/A``, formulas that were saved without their value, and numbers of which the
    spreadsheet has lost digits are :class:`~homeroom.reading.cells.NoValue`.

    Args:
        file: The name by which faults call the file.
        data: The workbook.
        faults: Gains what is wrong.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet, wrong = _looked_through(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)
    except (_BadWorkbook, BadArchive) as error:
        faults.append(Fault.of(file, 0, "", error.message))
        return
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, KeyError) as error:
        faults.append(Fault(file, 0, "", BAD_WORKBOOK, detail=shown(str(error))))
        return
    except (CalamineError, expat.ExpatError, ValueError, LookupError) as error:  # the last two: an unknown encoding
        faults.append(Fault(file, 0, "", BAD_WORKBOOK, detail=shown(str(error))))
        return
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        for column, found in wrong.get(number, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = found
        yield number, cells


def _looked_through(data: bytes) -> tuple[int, dict[int, list[tuple[int, NoValue]]]]:
    """The number of the sheet that is read, and its cells without a value, by row: each with its column from 0.

    Raises _BadWorkbook.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        checked_size(packed, most_bytes=_MOST_BYTES, most_entries=10_000)
        if any(entry.flag_bits & 0x1 for entry in packed.infolist()):
            raise _BadWorkbook(ENCRYPTED_WORKBOOK)
        number, sheet = _sheet(packed)
        with packed.open(sheet) as part:
            plain = _count(part)
        if plain:
            return number, {}
        with packed.open(sheet) as part:
            return number, _Scan().of(part)


def _count(part: IO[bytes]) -> bool:
    """Count rows and cells, which costs next to nothing; tells whether nothing needs to be parsed.

    Raises _BadWorkbook where there are too many.
    """
    rows = cells = last_row = 0
    plain = True
    columns = 26
    left = b""
    while piece := part.read(_PIECE):
        if b"\0" in piece:
            raise _BadWorkbook(SHEET_ENCODING)
        text = left + piece
        # The last tag may go on in the next piece.
        cut = text.rfind(b"<")
        text, left = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        plain = plain and not any(sign in text for sign in _UNPLAIN)
        if b":" in text:
            tags = _TAG.findall(text)
            of_cells = tags.count(b"c")
            cells += of_cells
            rows += len(tags) - of_cells
        else:
            cells += sum(text.count(b"<c" + sign) for sign in _AFTER_NAME)
            rows += sum(text.count(b"<row" + sign) for sign in _AFTER_NAME)
        if cells > _MOST_WRITTEN:
            raise _BadWorkbook(SHEET_CELLS, most=_MOST_WRITTEN)
        if rows > _MOST_ROWS:
            raise _BadWorkbook(SHEET_ROWS, most=_MOST_ROWS)
        if plain:
            last_row = max(last_row, max(map(int, _ROW_NUMBER.findall(text)), default=0))
            columns = max(
                columns, max((_column(each.decode()) + 1 for each in set(_FAR_COLUMN.findall(text))), default=0)
            )
    return plain and cells <= _MOST_CELLS and max(last_row, rows) * columns <= _MOST_AREA


def _column(letters: str) -> int:
    """The number of a column from 0, by its name."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


class _Scan:
    """One pass over a sheet's XML: how large it is, and which cells have no value to be read."""

    def __init__(self) -> None:
        self.wrong: dict[int, list[tuple[int, NoValue]]] = {}
        self._row = self._column = -1
        self._rows = self._columns = self._cells = 0
        self._kind = ""
        self._formula = self._filled = False
        self._value: list[str] | None = None
        self._written = ""

    def of(self, part: IO[bytes]) -> dict[int, list[tuple[int, NoValue]]]:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
        return self.wrong

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._at(attributes.get("r"))
                self._kind, self._formula, self._filled, self._written = attributes.get("t", ""), False, False, ""
            case "row":
                given = attributes.get("r", "")
                self._row = int(given) - 1 if given.isascii() and given.isdigit() and len(given) < 8 else self._row + 1
                self._column = -1
            case "f":
                self._formula = True
            case "v":
                self._value = []
            case "is":
                self._filled = True

    def _text(self, text: str) -> None:
        if self._value is not None and len(self._value) < 8:
            self._value.append(text)

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v":
                self._written = "".join(self._value or ())
                self._filled = self._filled or bool(self._written)
                self._value = None
            case "c":
                self._count()

    def _at(self, reference: str | None) -> None:
        match = _REFERENCE.fullmatch(reference or "")
        if match is None:
            self._column += 1
            self._row = max(self._row, 0)
            return
        self._row, self._column = int(match[2]) - 1, _column(match[1])

    def _count(self) -> None:
        if not self._filled and not self._formula:
            return
        self._cells += 1
        self._rows, self._columns = max(self._rows, self._row + 1), max(self._columns, self._column + 1)
        # What the outermost cells span is built whole by the library, so it is refused before.
        if self._cells > _MOST_CELLS or self._rows * self._columns > _MOST_AREA:
            raise _BadWorkbook(SHEET_EXTENT, cell=f"{_letters(self._column)}{self._row + 1}")
        if self._kind == "e":
            self._add(
                NoValue(self._written or "#ERROR", Message(CELL_ERROR, {"error": shown(self._written or "#ERROR", 20)}))
            )
        elif self._formula and not self._filled and self._kind != "str":
            self._add(NoValue("=", Message(NO_RESULT)))

    def _add(self, found: NoValue) -> None:
        self.wrong.setdefault(self._row + 1, []).append((self._column, found))


def _parser() -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise _BadWorkbook(DOCUMENT_TYPE)

    # No part of a workbook has one; it could only define XML's entities.
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _sheet(packed: zipfile.ZipFile) -> tuple[int, str]:
    """The first visible worksheet: its number in the workbook, and the name of its part."""
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for name, attributes in _elements(packed, "xl/_rels/workbook.xml.rels")
        # Sheets of charts and of macros have other types.
        if name == "Relationship" and attributes.get("Type", _WORKSHEET).endswith(_WORKSHEET)
    }
    sheets: list[tuple[bool, int, str]] = []
    number = 0
    for name, attributes in _elements(packed, "xl/workbook.xml"):
        if name == "sheet":
            key = next((key for key in attributes if key.endswith(":id")), "r:id")
            target = targets.get(attributes.get(key, ""))
            if target:
                # Where all are hidden, the first one counts.
                sheets.append((attributes.get("state", "visible") != "visible", number, target))
            number += 1
    if not sheets:
        raise _BadWorkbook(NO_SHEET)
    _, number, target = min(sheets)
    if len(target) > _LONGEST_PART_NAME:
        raise _BadWorkbook(NO_SHEET)
    return number, target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _elements(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    with packed.open(part) as opened:
        parser.Parse(opened.read(4 * 1024 * 1024), True)
    return found


def _letters(column: int) -> str:
    """The name of a column from 0, as sheets write it."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _text(cell: object) -> str:
    match cell:
        case str():
            return plain_cell(cell)
        case bool():
            return "true" if cell else "false"
        case int() | float():
            if not abs(cell) < _EXACT:  # no number at all is not smaller, either
                return NoValue(f"{cell:.15g}", Message(ROUNDED))
            return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case time():
            return f"{cell:%H:%M}"
        case timedelta():
            minutes = int(cell.total_seconds()) // 60
            return f"{minutes // 60:02}:{minutes % 60:02}"
        case _:
            return str(cell)
