"""The first sheet of a workbook, as the CSV that a layout reads: what a school's office keeps its tables in."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Final

from homeroom_school.roster.problems import Problem

__all__ = ["is_workbook", "sheet_as_csv"]

#: A workbook is a zip, which a few bytes can blow up; this many bytes of it are unpacked at most.
_LARGEST: Final = 200 * 1024 * 1024


def is_workbook(data: bytes) -> bool:
    """Whether a content is a zip, as every XLSX is; a CSV never begins so."""
    return data.startswith(b"PK\x03\x04")


def sheet_as_csv(file: str, data: bytes, problems: list[Problem]) -> bytes | None:
    """The first sheet as CSV in UTF-8, line by line as in the sheet; none if it cannot be read.

    Args:
        file: The name by which problems call it.
        data: An XLSX (ECMA-376).
        problems: Gains what is wrong.
    """
    # It is loaded where it is first needed: few processes ever read a workbook.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > _LARGEST:
                problems.append(Problem(file, 0, "", "too_large", "the workbook unpacks to more than 200 MB"))
                return None
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError) as fault:
        problems.append(Problem(file, 0, "", "bad_workbook", f"this is no workbook that can be read: {fault}"))
        return None
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    width = len(rows[0]) if rows else 0
    while width and rows[0][width - 1] == "":
        width -= 1
    for line, row in enumerate(rows, start=1):
        texts = [_text(cell) for cell in row]
        while len(texts) > width and not texts[-1]:
            texts.pop()
        if any("\n" in each or "\r" in each for each in texts):
            # Told here, where the line is still the sheet's own.
            problems.append(Problem(file, line, "", "line_break", "a value may not hold a line break"))
            texts = [""] * width
        writer.writerow(texts)
    return out.getvalue().encode()


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
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
