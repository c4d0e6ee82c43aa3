"""Writing lists: XLSX with real numbers and dates, and CSV that spreadsheets open as it is meant."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

__all__ = ["Value", "write_csv", "write_xlsx"]

Value = str | int | float | Decimal | bool | date | datetime | None

#: A text that a spreadsheet would take for a formula (OWASP, "CSV Injection"). A number with a sign is none.
_FORMULA: Final = re.compile(r"\s*([=@\t\r]|[+-](?![0-9 ().-]*$))")
_LONGEST_SHEET_NAME: Final = 31


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A list as CSV (RFC 4180) in UTF-8, with the mark at its beginning by which spreadsheets know the encoding."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(titles)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def write_xlsx(name: str, titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A list as a workbook of one sheet, its head fixed and set to be filtered.

    Args:
        name: Of the sheet.
        titles: Of the columns.
        rows: The values, each of as many as there are titles.
    """
    import xlsxwriter

    written = io.BytesIO()
    # Texts are texts: no formula, link or number is made of what somebody typed.
    options = {
        "in_memory": True,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(written, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        timed = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:_LONGEST_SHEET_NAME])
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(titles):
            sheet.set_column(place, place, max(10, min(40, _width(title) + 2)))
            sheet.write_string(0, place, title, head)
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(count, place, value, timed)
                elif isinstance(value, date):
                    sheet.write_datetime(count, place, value, dated)
                elif isinstance(value, bool):
                    sheet.write_boolean(count, place, value)
                elif isinstance(value, int | float | Decimal):
                    sheet.write_number(count, place, value)
                elif value is not None:
                    sheet.write_string(count, place, value)
        if titles:
            sheet.autofilter(0, 0, count, len(titles) - 1)
    return written.getvalue()


def _width(title: str) -> int:
    """How many letters wide it is; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in title)


def _plain(value: Value) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
