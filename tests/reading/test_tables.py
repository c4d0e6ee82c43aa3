"""Lines of tables: separators, blank rows, workbooks with errors in their cells, and those that would be too large."""

from __future__ import annotations

import io
import zipfile
from datetime import date, time
from typing import Any

import pytest
from openpyxl import Workbook

from homeroom.reading.faults import Faults, FileRefused
from homeroom.reading.layouts import Column, Kind, Layout, ReadOptions, read_table
from homeroom.reading.tables import Allowance, lines_of

LAYOUT = Layout("f", (Column("code"), Column("name", longest=10), Column("on", Kind.DATE)))


def workbook(*rows: list[Any], error: str = "", formats: dict[str, str] | None = None) -> bytes:
    """An XLSX of these rows; `error` is the cell that holds one."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if error:
        book.active[error] = "#N/A"
        book.active[error].data_type = "e"
    for cell, form in (formats or {}).items():
        book.active[cell].number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(sheet: str, strings: str = "") -> bytes:
    """A workbook whose first sheet is this XML."""
    source, out = zipfile.ZipFile(io.BytesIO(workbook(["code"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            content = source.read(name)
            packed.writestr(name, sheet if name.endswith("sheet1.xml") else content)
    return out.getvalue()


def read(data: bytes, **arguments: Any) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]]]:
    """Lines, and faults by line, column and code."""
    faults = Faults()
    lines = [(number, list(cells)) for number, cells in lines_of("f", data, faults, **arguments)]
    return lines, [(each.line, each.column, each.code) for each in faults]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_blank_rows_and_line_numbers(separator: str) -> None:
    text = '\ncode,"name; of, it"\n\n ,\n007,"a\nb"\n8,c,,\n'.replace(",", separator)
    lines, faults = read(text.encode())
    assert [2, 5, 7] == [number for number, _ in lines]
    assert [["007", "a\nb"], ["8", "c"]] == [cells for _, cells in lines[1:]]
    assert [] == faults


def test_cells_of_a_workbook_are_texts_as_a_csv_would_have_them() -> None:
    rows = [["code", "n", "on", "at"], [], ["007", 12, date(2026, 4, 3), time(7, 5)], ["x", 0.5, 61, True]]
    lines, faults = read(workbook(*rows, formats={"C4": "yyyy-mm-dd", "B4": "0%"}))
    assert [(3, ["007", "12", "2026-04-03", "07:05"]), (4, ["x", "0.5", "1900-03-01", "true"])] == lines[1:]
    assert [] == faults


def test_errors_and_formulas_without_a_value_are_faults_in_every_column_that_is_read() -> None:
    data = workbook(["code", "name", "on", "note"], ["a", "b", "=A1", "=A1"], ["a", "c", None, None], error="B3")
    faults = Faults()
    read_table(LAYOUT, data, faults)
    assert [(2, "on", "BAD_VALUE"), (3, "name", "BAD_VALUE")] == [(e.line, e.column, e.code) for e in faults]
    faults = Faults()
    read_table(LAYOUT, b"code,name,note\n#REF!,b,#N/A\n", faults)
    assert [(2, "code", "BAD_VALUE")] == [(e.line, e.column, e.code) for e in faults]


def test_a_cell_far_out_is_refused_and_one_without_a_value_is_not_there() -> None:
    far = '<row r="1048576"><c r="XFD1048576"{}</c></row>'
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>'
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
    assert ([], [(0, "", "FILE_TOO_LARGE")]) == read(with_sheet(sheet.format(head + far.format("><v>1</v>"))))
    assert ([(1, ["code"])], []) == read(with_sheet(sheet.format(head + far.format(' s="0">'))))


def test_document_types_and_old_workbooks_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert ([], [(0, "", "BAD_WORKBOOK")]) == read(with_sheet(bomb))
    assert ([], [(0, "", "BAD_WORKBOOK")]) == read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    assert ([], [(0, "", "BAD_WORKBOOK")]) == read(b"PK\x03\x04")


def test_workbooks_with_a_password_are_called_encrypted() -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    assert ([], [(0, "", "ENCRYPTED")]) == read(compound)
    packed = bytearray(workbook(["code"]))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert ([], [(0, "", "ENCRYPTED")]) == read(bytes(packed))


def test_lines_and_cells_are_counted() -> None:
    with pytest.raises(FileRefused) as refused:
        read(b"code\n" + b"1\n" * 20, allowance=Allowance(lines=10))
    assert [("FILE_TOO_LARGE", 11)] == [(each.code, each.line) for each in refused.value.problems]
    with pytest.raises(FileRefused):
        read(b"code" + b",x" * 2000 + b"\n")


def test_values_are_never_shortened_and_dates_have_their_order() -> None:
    faults = Faults()
    table = read_table(LAYOUT, "code;name;on\n007;Nguyễn;3/4/2026\n8;Nguyễn Thị Phương;25.12.2026\n".encode(), faults)
    assert "007" == table.rows[0].text("code")
    assert [(2, "on", "BAD_DATE"), (3, "name", "TOO_LONG"), (3, "on", "BAD_DATE")] == [
        (e.line, e.column, e.code) for e in faults
    ]
    faults = Faults()
    from homeroom.reading.dates import DateOrder

    table = read_table(LAYOUT, b"code,on\n1,3/4/2026\n", faults, ReadOptions(date_order=DateOrder.DAY_FIRST))
    assert (date(2026, 4, 3), []) == (table.rows[0].day("on"), faults)
    read_table(LAYOUT, b"code,on\n1,0001-01-01\n", faults)
    assert ["OUT_OF_RANGE"] == [each.code for each in faults]
