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
_LONGEST_TEXT: Final = 32_767


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
    March 1900, which spreadsheets cannot count, are texts. A text that is longer than a cell may hold is cut.

    Args:
        name: Of the sheet.
        titles: Of the columns; a title that comes again gets a number.
        rows: The values, each of as many as there are titles. Those of one column are of one kind: numbers beside
            dates would be shown as dates.
    """
    from rustpy_xlsxwriter import Format, write_worksheet

    heads = _different(titles)
    cells = [[_cell(value) for value in row] for row in rows]
    timed = Format().set_num_format("yyyy-mm-dd hh:mm")
    moments = {heads[place] for row in cells for place, value in enumerate(row) if isinstance(value, datetime)}
    written = io.BytesIO()
    write_worksheet(
        # Without a row, its titles would not be written either.
        [dict(zip(heads, row, strict=True)) for row in cells] or [dict.fromkeys(heads)],
        written,
        sheet_name=re.sub(r"[\[\]:*?/\\']", " ", name)[:_LONGEST_SHEET_NAME],
        freeze_row=1,
        autofilter=True,
        datetime_format="yyyy-mm-dd",
        column_formats=dict.fromkeys(moments, timed),
        column_widths=[float(max(10, min(40, _width(title) + 2))) for title in heads],
        header_format=Format().set_bold().set_border_bottom("thin"),
    )
    return written.getvalue()


def _different(titles: Sequence[str]) -> list[str]:
    heads: dict[str, None] = {}
    for title in titles:
        head, number = title, 1
        while head in heads:
            number += 1
            head = f"{title} ({number})"
        heads[head] = None
    return list(heads)


def _cell(value: Value) -> Value:
    if isinstance(value, str):  # most cells are
        return value if len(value) <= _LONGEST_TEXT else f"{value[: _LONGEST_TEXT - 1]}…"
    if isinstance(value, date) and _day_of(value) < _FIRST_DAY:
        return _local(value)
    return value


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
