"""The lines of a file, read in a process apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from homeroom.reading.apart import Reader, read_apart
from homeroom.reading.cells import NoValue
from homeroom.reading.faults import Faults, FileRefused
from homeroom.reading.tables import Allowance, lines_of
from homeroom.reading.texts import TextEncoding
from homeroom.reading.workbooks import is_workbook

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["FileLines", "read_lines"]

_AT_ONCE: Final = 2_000


@dataclass(slots=True)
class FileLines:
    """Some lines of a file, or all; the first is that of the headers.

    Args:
        format: ``csv`` or ``xlsx``.
        numbers: The number of each line in the file; 1 is the first.
        cells: The texts of each line.
        without_value: Cells that hold an error or the like: line, position, and name, text and values of the code.
        left_out: How much of the file is not among the lines, by reason.
    """

    format: str
    numbers: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    without_value: list[tuple[int, int, str, str, dict[str, Any]]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


def pieces_of(name: str, data: bytes, encoding: str | None, most_lines: int) -> Iterator[FileLines]:
    """The lines of a file; runs apart. Raises FileRefused."""
    faults = Faults()
    form = "xlsx" if is_workbook(data) else "csv"
    piece = FileLines(form)
    chosen = TextEncoding(encoding) if encoding else None
    for number, cells in lines_of(name, data, faults, encoding=chosen, allowance=Allowance(lines=most_lines + 1)):
        piece.numbers.append(number)
        piece.cells.append([str(cell) for cell in cells])
        piece.without_value += [
            (number, place, str(cell.message.code), cell.message.code.text, dict(cell.message.values))
            for place, cell in enumerate(cells)
            if isinstance(cell, NoValue)
        ]
        if len(piece.numbers) == _AT_ONCE and not faults:
            yield piece
            piece = FileLines(form)
    if faults:
        raise FileRefused(faults.ordered())
    yield piece


_READER: Final = Reader(f"{__name__}:pieces_of", FileLines, preload=["python_calamine"])


async def read_lines(
    context: Context, name: str, data: bytes, encoding: TextEncoding | None, most_lines: int
) -> FileLines:
    """The lines of a CSV or an XLSX.

    Args:
        context: The command's.
        name: The file's name.
        data: Its bytes.
        encoding: Of a CSV that is neither UTF-8 nor UTF-16.
        most_lines: Rows that it has at most.

    Raises:
        FileRefused: It cannot be read.
    """
    pieces = await read_apart(
        context, _READER, data=data, encoding=encoding.value if encoding else None, most_lines=most_lines, name=name
    )
    first, *others = pieces
    for each in others:
        first.numbers += each.numbers
        first.cells += each.cells
        first.without_value += each.without_value
    return first
