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

__all__ = ["Value", "without_apostrophes", "write_csv", "write_xlsx"]

Value = str | int | float | Decimal | bool | date | datetime | None

#: Where a spreadsheet would take a part of a text for a formula (OWASP, "CSV Injection"): at the beginning of a cell,
#: and behind a semicolon, a tab or a line break, where a spreadsheet that separates by another sign than the comma
#: begins a cell, quotes or not. A number with a sign is no formula.
_FORMULA: Final = re.compile(
    r"""^(?=[\s"]*(?:[=@]|[+-](?![0-9 ().-]*\Z))|[\t\r])"""
    r"""|(?<=[;\t\r\n])(?=[\s"]*(?:[=@]|[+-](?![0-9 ().-]*(?:[;\t\r\n]|\Z))))"""
)
#: An apostrophe that may have been written there.
_GUARDED: Final = re.compile(r"""(?:(?<=^)|(?<=[;\t\r\n]))'(?=[\s"]*[=@+\t\r-])""")
#: Spreadsheets count days from 1900 and take that year for a leap year: what is earlier than this is written as text.
_FIRST_DAY: Final = date(1900, 3, 1)
_LONGEST_SHEET_NAME: Final = 31


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A list as CSV (RFC 4180) in UTF-8, with the mark at its beginning by which spreadsheets know the encoding.

    Moments are written with their offset. No text, and no title, begins a formula: it gets an apostrophe there.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([_plain(title) for title in titles])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def without_apostrophes(text: str) -> str:
    """A text of a CSV as it was before :func:`write_csv` kept it from beginning a formula."""
    if "'" not in text:
        return text
    plain = _GUARDED.sub("", text)
    return plain if _FORMULA.sub("'", plain) == text else text


def write_xlsx(name: str, titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A list as a workbook of one sheet, its head fixed and set to be filtered.

    A workbook knows no time zones: moments are written as the clock shows them where their offset holds. Dates before
    March 1900, which spreadsheets cannot count, are texts.

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
                if isinstance(value, str):  # most cells are
                    sheet.write_string(count, place, value)
                elif isinstance(value, date) and _day_of(value) < _FIRST_DAY:
                    sheet.write_string(count, place, _local(value))
                elif isinstance(value, datetime):
                    sheet.write_datetime(count, place, value, timed)
                elif isinstance(value, date):
                    sheet.write_datetime(count, place, value, dated)
                elif isinstance(value, bool):
                    sheet.write_boolean(count, place, value)
                elif isinstance(value, int | float | Decimal):
                    sheet.write_number(count, place, value)
        if titles:
            sheet.autofilter(0, 0, count, len(titles) - 1)
    return written.getvalue()


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _local(value: date) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "minutes")
    return value.isoformat()


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
    return _FORMULA.sub("'", value) if isinstance(value, str) else value
