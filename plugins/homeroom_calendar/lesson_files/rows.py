"""Files of dated lessons, as a timetabling program or an office's own sheet gives them: CSV and XLSX.

The columns are the project's own; no program's layout is claimed. Headings are matched without regard to case, further
columns are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from homeroom.context import Context
from homeroom.reading.apart import Reader, read_apart
from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import Fault, Faults, FileRefused, shown
from homeroom.reading.layouts import Column, Kind, Layout, ReadOptions, Row, read_table
from homeroom.reading.tables import Allowance
from homeroom.reading.texts import TextEncoding
from homeroom.reading.workbooks import is_workbook
from homeroom_calendar.refusals import BAD_TIME, NUMBER_OF_PERIOD, PERIOD_NEEDED, SAME_LESSON, TITLE_OR_SUBJECT_NEEDED

CSV: Final = "lessons-csv"
XLSX: Final = "lessons-xlsx"

_COLUMNS: Final = (
    Column("id", longest=200),
    Column("date", Kind.DATE, required=True),
    Column("class", required=True),
    Column("subject"),
    Column("title", longest=120),
    Column("period"),
    Column("starts_at"),
    Column("ends_at"),
    Column("room"),
    Column("staff", Kind.LIST),
    Column("may_clash", Kind.BOOLEAN),
)
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
#: Lessons of one file: a year of a large school.
_MOST_LINES: Final = 100_000
_AT_ONCE: Final = 2_000
_BY_ITSELF: Final = ReadOptions()


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One line of a file of lessons.

    Args:
        line: Its number in the file; 1 is the headings.
        key: By which a later file finds this lesson again.
        date: The day.
        school_class: The class by name or code.
        subject: By code or title; may be empty.
        title: What it is, where no subject says that.
        period: The period of the day; none: at the times.
        starts_at: HH:MM, or none.
        ends_at: HH:MM, or none.
        room: By code; may be empty.
        staff: By code or, where only one is called so, by full name.
        may_clash: Whether it may overlap others.
    """

    line: int
    key: str
    date: date
    school_class: str
    subject: str
    title: str
    period: int | None
    starts_at: str | None
    ends_at: str | None
    room: str
    staff: tuple[str, ...]
    may_clash: bool

    @property
    def said(self) -> Mapping[str, Any]:
        """What the file says, as JSON values: by this a later file knows what it changes."""
        return {
            "date": self.date.isoformat(),
            "class": self.school_class,
            "subject": self.subject,
            "title": self.title,
            "period": self.period,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "room": self.room,
            "staff": list(self.staff),
            "may_clash": self.may_clash,
        }


def read_lessons(file: str, data: bytes, options: ReadOptions = _BY_ITSELF) -> tuple[str, list[LessonLine]]:
    """The format of a file and its lessons, in its order.

    Args:
        file: Its name, as problems call it.
        data: CSV, or XLSX, of which the first sheet is read.
        options: What its sender states about encoding and dates.

    Raises:
        FileRefused: With every fault of every line.
    """
    problems = Faults()
    table = read_table(Layout(file, _COLUMNS), data, problems, options, Allowance(lines=_MOST_LINES))
    broken = {each.line for each in problems}
    lines = [line for row in table.rows if row.line not in broken and (line := _line(file, row, problems)) is not None]
    _refuse_twins(file, lines, problems)
    if problems:
        raise FileRefused(problems.ordered())
    return XLSX if is_workbook(data) else CSV, lines


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some lines of a file, as they come back from the process that reads it."""

    format: str
    lines: list[LessonLine]


def pieces_of(name: str, data: bytes, encoding: str | None, date_order: str | None) -> Iterator[_Piece]:
    """The lessons of a file; runs apart. Raises FileRefused."""
    options = ReadOptions(TextEncoding(encoding) if encoding else None, DateOrder(date_order) if date_order else None)
    form, lines = read_lessons(name, data, options)
    for start in range(0, len(lines) or 1, _AT_ONCE):
        yield _Piece(form, lines[start : start + _AT_ONCE])


_READER: Final = Reader(f"{__name__}:pieces_of", _Piece, preload=["python_calamine"])


async def read_lessons_apart(
    context: Context, file: str, data: bytes, options: ReadOptions
) -> tuple[str, list[LessonLine]]:
    """As :func:`read_lessons`, in a process apart.

    Args:
        context: A command's.
        file: Its name, as problems call it.
        data: Its bytes.
        options: What its sender states about encoding and dates.

    Raises:
        FileRefused: With the faults of its lines.
    """
    pieces = await read_apart(
        context, _READER, data=data, encoding=options.encoding, date_order=options.date_order, name=file
    )
    return pieces[0].format, [line for piece in pieces for line in piece.lines]


def _line(file: str, row: Row, problems: Faults) -> LessonLine | None:
    before = problems.total
    period = _period(file, row, problems)
    times = [_clock(file, row, column, problems) for column in ("starts_at", "ends_at")]
    if period is None and None in times and problems.total == before:
        problems.append(Fault(file, row.line, "period", PERIOD_NEEDED))
    if not row.text("subject") and not row.text("title"):
        problems.append(Fault(file, row.line, "subject", TITLE_OR_SUBJECT_NEEDED))
    on = row.day("date")
    if problems.total > before or on is None:
        return None
    starts_at, ends_at = times if None not in times else (None, None)
    when = f"p{period}" if period is not None else starts_at
    what = (row.text("subject") or row.text("title")).casefold()
    return LessonLine(
        line=row.line,
        key=row.text("id") or f"{on}|{row.text('class').casefold()}|{when}|{what}",
        date=on,
        school_class=row.text("class"),
        subject=row.text("subject"),
        title=row.text("title"),
        period=period,
        starts_at=starts_at,
        ends_at=ends_at,
        room=row.text("room"),
        staff=tuple(dict.fromkeys(row.many("staff"))),
        may_clash=row.flag("may_clash") or False,
    )


def _period(file: str, row: Row, problems: Faults) -> int | None:
    text = row.text("period")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= 30:
        problems.append(Fault(file, row.line, "period", NUMBER_OF_PERIOD, value=shown(text)))
        return None
    return int(text)


def _clock(file: str, row: Row, column: str, problems: Faults) -> str | None:
    text = row.text(column)
    if not text:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        problems.append(Fault(file, row.line, column, BAD_TIME, value=shown(text)))
        return None
    return f"{int(match[1]):02}:{match[2]}"


def _refuse_twins(file: str, lines: list[LessonLine], problems: Faults) -> None:
    first: dict[str, int] = {}
    for each in lines:
        before = first.setdefault(each.key, each.line)
        if before != each.line:
            problems.append(Fault(file, each.line, "id", SAME_LESSON, line=before))
