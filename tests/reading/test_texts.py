"""Texts and dates of files: read where they are plain, and otherwise refused in a line that names the choice."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.reading.dates import DateOrder, read_day
from homeroom.reading.faults import Faults
from homeroom.reading.texts import TextEncoding, decode

MAINLAND = "学号,姓名,班级\n1,张伟,一年级二班\n2,王芳,一年级二班\n3,李娜,三年级一班\n4,刘洋,三年级一班\n"
HONG_KONG = "學號,姓名,班別\n1,陳大文,小一甲班\n2,李美玲,小一甲班\n3,黃志強,小三乙班\n4,何家欣,小三乙班\n"
VIETNAM = "mã,họ và tên,lớp\n1,Nguyễn Thị Phương,Lớp 6A\n2,Trần Đức Thắng,Lớp 6A\n3,Lê Thị Hường,Lớp 7B\n"


def legacy(text: str, encoding: TextEncoding) -> bytes:
    """A text in an encoding; CP1258 writes most tones as signs of their own."""
    if encoding is not TextEncoding.CP1258:
        return text.encode(encoding.codec)
    marks = {"\u0300": "\xcc", "\u0301": "\xec", "\u0303": "\xde", "\u0309": "\xd2", "\u0323": "\xf2"}
    made = bytearray()
    import unicodedata

    for sign in text:
        parts = unicodedata.normalize("NFD", sign)
        tone = next((part for part in parts[1:] if part in marks), "")
        base = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else sign
        made += base.encode("cp1258") + (marks[tone].encode("latin-1") if tone else b"")
    return bytes(made)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(MAINLAND, TextEncoding.GB18030), (HONG_KONG, TextEncoding.BIG5), (VIETNAM, TextEncoding.CP1258)],
)
def test_what_is_plain_is_read_and_what_is_named_too(text: str, encoding: TextEncoding) -> None:
    faults = Faults()
    assert text == decode("f", legacy(text, encoding), faults)
    assert text == decode("f", legacy(text, encoding), faults, encoding)
    assert [] == faults


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [MAINLAND, VIETNAM, "id,name\n1,A\n"])
def test_unicode_is_recognised(text: str, codec: str) -> None:
    faults = Faults()
    assert text == decode("f", text.encode(codec), faults)
    assert [] == faults


def test_what_may_be_in_several_is_refused_in_one_line_that_names_them() -> None:
    faults = Faults()
    assert decode("f", "id,name\n1,张伟\n2,王芳\n".encode("gb18030"), faults) is None
    (fault,) = faults
    assert ("NOT_UTF8", 2) == (fault.code, fault.line)
    assert "GB18030 (“张伟”)" in fault.reason


def test_a_file_that_is_not_what_it_is_said_to_be_is_refused_with_its_line() -> None:
    faults = Faults()
    assert decode("f", b"id\n1\n\xff\xff", faults, TextEncoding.GB18030) is None
    assert [("BAD_ENCODING", 3)] == [(each.code, each.line) for each in faults]


@given(st.binary(max_size=400), st.sampled_from([None, *TextEncoding]))
def test_any_bytes_are_read_or_refused(data: bytes, encoding: TextEncoding | None) -> None:
    faults = Faults()
    assert (decode("f", data, faults, encoding) is None) == bool(faults)


def test_the_year_comes_first_or_the_order_is_chosen() -> None:
    for text in ("2026-04-03", "20260403", "2026/4/3", "2026.04.03", "2026-04-03T00:00:00Z"):
        assert date(2026, 4, 3) == read_day(text)
    assert date(2026, 4, 3) == read_day("3/4/2026", DateOrder.DAY_FIRST)
    assert date(2026, 3, 4) == read_day("3/4/2026", DateOrder.MONTH_FIRST)
    with pytest.raises(ValueError, match="DAY_FIRST or MONTH_FIRST"):
        read_day("25/12/2026")
    with pytest.raises(ValueError, match="date order"):
        read_day("25/12/2026", DateOrder.MONTH_FIRST)
    for text in ("3/4/26", "2026-13-01", "٢٠٢٦-٠٤-٠٣", "2026-4", "today"):
        with pytest.raises(ValueError, match="date"):
            read_day(text, DateOrder.DAY_FIRST)
