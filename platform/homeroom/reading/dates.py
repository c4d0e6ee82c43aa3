"""Dates as people write them in files: year first always, day or month first only where the sender says which."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Final

from homeroom.reading.refusals import (
    BAD_DATE,
    DATE_AS_NUMBER,
    DATE_OF_ERA,
    DATE_ORDER_NEEDED,
    NO_SUCH_DATE,
    NOT_DAY_FIRST,
    NOT_MONTH_FIRST,
)
from homeroom.refusals import Code
from homeroom.wording import Message

__all__ = ["DateOrder", "NotADate", "read_day"]


_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ][0-9:.]*Z?)?", re.ASCII)
_YEAR_FIRST_SHORT: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
#: Dates in words, which need no order: as Chinese and Vietnamese offices write them.
_CHINESE: Final = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]", re.ASCII)
_VIETNAMESE: Final = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}),? năm (\d{4})", re.IGNORECASE)
#: Years of an era, such as those of the Republic in Taiwan.
_ERA: Final = re.compile(r"[^\W\d_]+ ?\d{1,3} ?年.*|1\d\d([-/.])\d{1,2}\1\d{1,2}")
#: A date as a number, which is what a spreadsheet keeps.
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)


class DateOrder(StrEnum):
    """What comes first where a date is written with the year last, such as 03/04/2026."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class NotADate(ValueError):  # noqa: N818 - it is an answer, not an accident
    """A text that is not a date.

    Args:
        code: What is wrong: ``BAD_DATE`` with one of its texts.
        value: The text.
    """

    def __init__(self, code: Code, value: str) -> None:
        super().__init__(code)
        self.message = Message(code, {"value": value[:60]})

    def __str__(self) -> str:
        return str(self.message)


def read_day(text: str, order: DateOrder | str | None = None) -> date:
    """A date of a file.

    Args:
        text: Such as ``2026-04-03``, ``20260403``, ``2026/4/3`` or ``2026年4月3日``; with an order also ``3/4/2026`` or
            ``3.4.2026``. Full-width digits are read as the plain ones.
        order: What comes first where the year comes last.

    Raises:
        NotADate: The text is no date; the message says what would be one, and names the choice of an order.
    """
    written = text
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if match := _CHINESE.fullmatch(text):
            return _made(written, match[1], match[2], match[3])
        if match := _VIETNAMESE.fullmatch(text):
            return _made(written, match[3], match[2], match[1])
    match = _YEAR_FIRST.fullmatch(text) or _YEAR_FIRST_SHORT.fullmatch(text)
    if match is not None:
        return _made(written, match[1], match[3], match[4])
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        if _SERIAL.fullmatch(text):
            raise NotADate(DATE_AS_NUMBER, written)
        raise NotADate(DATE_OF_ERA if _ERA.fullmatch(text) else BAD_DATE, written)
    if order is None:
        raise NotADate(DATE_ORDER_NEEDED, written)
    first, second = (match[3], match[1]) if order == DateOrder.DAY_FIRST else (match[1], match[3])
    try:
        return _made(written, match[4], first, second)
    except NotADate:
        raise NotADate(NOT_DAY_FIRST if order == DateOrder.DAY_FIRST else NOT_MONTH_FIRST, written) from None


def _made(written: str, year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NotADate(NO_SUCH_DATE, written) from None
