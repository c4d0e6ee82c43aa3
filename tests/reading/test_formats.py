"""Files that are no table are named with what to do; tables as offices and programs write them are read."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from homeroom.reading.dates import read_day
from homeroom.reading.faults import Faults
from homeroom.reading.layouts import Column, Kind, Layout, read_table

LAYOUT = Layout("f", (Column("code", required=True), Column("on", Kind.DATE), Column("note")))
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
SHEET = '<{0}worksheet xmlns{1}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><{0}sheetData>{2}</{0}sheetData></{0}worksheet>'


def read(data: bytes) -> tuple[list[tuple[str, Any]], list[tuple[int, str, str]]]:
    """Codes and dates of the rows, and the faults."""
    faults = Faults()
    table = read_table(LAYOUT, data, faults)
    return [(row.text("code"), row.day("on")) for row in table.rows], [(e.line, e.column, e.code) for e in faults]


def zipped(**files: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def saved(book: Workbook, sheet: str | None = None) -> bytes:
    """A workbook as a file; `sheet` is the XML of its first sheet."""
    out = io.BytesIO()
    book.save(out)
    if sheet is None:
        return out.getvalue()
    source, packed = zipfile.ZipFile(out), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as other:
        for name in source.namelist():
            other.writestr(name, sheet if name.endswith("sheet1.xml") else source.read(name))
    return packed.getvalue()


def book_of(*rows: list[Any]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml="x"), "OTHER_FORMAT", ".ods"),
        (zipped(Index__Document_iwa="x", preview_jpg="x"), "OTHER_FORMAT", "Numbers"),
        (zipped(word__document_xml="x"), "OTHER_FORMAT", "Word"),
        (zipped(xl__workbook_bin="x"), "OTHER_FORMAT", ".xlsb"),
        (zipped(lessons_csv="code"), "OTHER_FORMAT", "Unpack"),
        (b"PK\x05\x06" + bytes(18), "EMPTY_FILE", "zip is empty"),
        (COMPOUND + "Workbook".encode("utf-16-le"), "BAD_WORKBOOK", ".xls"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "ENCRYPTED", "password"),
        (COMPOUND + "WordDocument".encode("utf-16-le"), "OTHER_FORMAT", "Word"),
        (b"%PDF-1.7 \xff", "OTHER_FORMAT", "PDF"),
        (b"\n<HTML><table><tr><td>code</td></tr></table>", "OTHER_FORMAT", "web page"),
        ("code".encode("utf-32"), "OTHER_FORMAT", "UTF-32"),
        (b"BEGIN:VCALENDAR\r\n", "OTHER_FORMAT", "iCalendar"),
    ],
)
def test_a_file_of_another_format_is_named_with_what_to_do(data: bytes, code: str, word: str) -> None:
    faults = Faults()
    read_table(LAYOUT, data, faults)
    assert [(0, code)] == [(each.line, each.code) for each in faults]
    assert word in faults[0].reason
    assert word == "zip is empty" or any(each in faults[0].reason for each in ("CSV", "Save", "spreadsheet"))


def test_a_workbook_is_read_from_its_first_visible_sheet() -> None:
    book = book_of(["old"], ["x"])
    book.active.sheet_state = "hidden"
    book.create_chartsheet("chart", 1)
    shown = book.create_sheet("shown")
    shown.append(["code", "on"])
    shown.append(["a", date(2026, 12, 1)])
    book.active = 2
    assert ([("a", date(2026, 12, 1))], []) == read(saved(book))


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    book = book_of(["code", "on"])
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["a", date(2026, 12, 1)])
    assert ([("a", date(2026, 12, 1))], []) == read(saved(book))


def test_digits_that_a_spreadsheet_lost_are_a_fault() -> None:
    rows = [["code"], [12345678901234567890], ["8.49E+10"], ["1.5E+3x"], [84912345678], [float(10**14)], ["007"]]
    found, faults = read(saved(book_of(*rows)))
    assert [(2, "code", "BAD_VALUE"), (3, "code", "BAD_VALUE")] == faults
    assert ["1.5E+3x", "84912345678", "100000000000000", "007"] == [code for code, _ in found[2:]]
    assert [(2, "code", "BAD_VALUE")] == read(b"code\n8,49E+10\n".replace(b"8,49", b"8.49"))[1]


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("<{0}row>" + "<{0}c/>" * 100 + "</{0}row>", "FILE_TOO_LARGE"),
        ("<{0}row/>" * 60, "FILE_TOO_LARGE"),
        ("<{0}row><{0}c><{0}v>1</{0}v></{0}c></{0}row>" * 30, None),
    ],
)
def test_cells_and_rows_are_counted_with_a_prefix_as_without(prefix: str, rows: str, code: str | None) -> None:
    times = 20_001 if code else 1
    sheet = SHEET.format(prefix, ":x" if prefix else "", rows.format(prefix) * times)
    faults = Faults()
    read_table(LAYOUT, saved(book_of(["code"]), sheet), faults)
    assert [code or "MISSING_COLUMN"] == [each.code for each in faults]


def test_errors_are_found_in_cells_with_a_prefix() -> None:
    row = '<x:row r="{0}"><x:c r="A{0}" t="{1}"><x:v>{2}</x:v></x:c></x:row>'
    cells = row.format(1, "str", "code") + row.format(2, "e", "#N/A")
    assert [(2, "code", "BAD_VALUE")] == read(saved(book_of(["a"]), SHEET.format("x:", ":x", cells)))[1]


def test_an_unknown_encoding_of_a_sheet_is_a_bad_workbook() -> None:
    sheet = '<?xml version="1.0" encoding="GBK"?>' + SHEET.format("", "", "<row><c><f>1</f></c></row>")
    assert [(0, "", "BAD_WORKBOOK")] == read(saved(book_of(["a"]), sheet))[1]


@pytest.mark.parametrize(
    "text",
    [
        "code|on|note\na|2026-12-01|x\n",
        "sep=;\ncode;on;note\na;2026-12-01;x\n",
        "\ufeffCODE , on\u200b,no\u00adte\r\n a ,2026年12月1日,\r\n",
        "code,on\ra,２０２６-１２-０１\r",
        "code,on\na,ngày 1 tháng 12 năm 2026\n",
    ],
)
def test_tables_as_offices_write_them_are_read(text: str) -> None:
    assert ([("a", date(2026, 12, 1))], []) == read(text.encode())


def test_a_file_that_begins_with_a_title_is_answered_by_where_the_headers_must_be() -> None:
    faults = Faults()
    read_table(LAYOUT, "Danh sách lớp\n\ncode,on\n".encode(), faults)
    assert [(1, "code", "MISSING_COLUMN")] == [(e.line, e.column, e.code) for e in faults]
    assert "“Danh sách lớp”" in faults[0].reason


@pytest.mark.parametrize(
    ("text", "word"),
    [("46357", "date format"), ("民國115年12月1日", "era"), ("115/12/01", "era"), ("1/12/26", "2026-04-03")],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        read_day(text)
    assert [(2, "on", "OUT_OF_RANGE")] == read(b"code,on\na,2569-12-01\n")[1]
