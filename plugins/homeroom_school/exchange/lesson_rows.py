"""Files of dated lessons, as a timetabling program or an office's own sheet gives them: CSV and XLSX.

The columns are the project's own; no program's layout is claimed. Headings are matched without regard to case, further
columns are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from homeroom_school.roster.layout import Column, Kind, Layout, Row, read_table
from homeroom_school.roster.problems import Problem, RosterRejected
from homeroom_school.roster.sheets import is_workbook, sheet_as_csv

__all__ = ["CSV", "XLSX", "LessonLine", "read_lessons"]

CSV: Final = "lessons-csv"
XLSX: Final = "lessons-xlsx"

_COLUMNS: Final = (
    Column("id"),
    Column("date", Kind.DATE, required=True),
    Column("class", required=True),
    Column("subject"),
    Column("title"),
    Column("period"),
    Column("starts_at"),
    Column("ends_at"),
    Column("room"),
    Column("staff", Kind.LIST),
    Column("may_clash", Kind.BOOLEAN),
)
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
_LONGEST: Final = {"id": 200, "title": 120}


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
    def told(self) -> Mapping[str, Any]:
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


def read_lessons(file: str, data: bytes) -> tuple[str, list[LessonLine]]:
    """The format of a file and its lessons, in its order.

    Args:
        file: Its name, as problems call it.
        data: CSV in UTF-8, or XLSX, of which the first sheet is read.

    Raises:
        RosterRejected: With every fault of every line.
    """
    problems: list[Problem] = []
    form = CSV
    if is_workbook(data):
        form = XLSX
        read = sheet_as_csv(file, data, problems)
        if read is None:
            raise RosterRejected(problems)
        data = read
    table = read_table(Layout(file, _COLUMNS), data, problems)
    broken = {each.line for each in problems}
    lines = [line for row in table.rows if row.line not in broken and (line := _line(file, row, problems)) is not None]
    _refuse_twins(file, lines, problems)
    if problems:
        raise RosterRejected(sorted(problems))
    return form, lines


def _line(file: str, row: Row, problems: list[Problem]) -> LessonLine | None:
    before = len(problems)
    period = _period(file, row, problems)
    times = [_clock(file, row, column, problems) for column in ("starts_at", "ends_at")]
    if period is None and None in times and len(problems) == before:
        problems.append(Problem(file, row.line, "period", "missing_value", "a period or both times are needed"))
    if not row.text("subject") and not row.text("title"):
        problems.append(Problem(file, row.line, "subject", "missing_value", "a subject or a title is needed"))
    problems.extend(
        Problem(file, row.line, column, "too_long", f"more than {longest} characters")
        for column, longest in _LONGEST.items()
        if len(row.text(column)) > longest
    )
    on = row.day("date")
    if len(problems) > before or on is None:
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


def _period(file: str, row: Row, problems: list[Problem]) -> int | None:
    text = row.text("period")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 30:
        problems.append(Problem(file, row.line, "period", "bad_number", f"{text!r} is not a number from 1 to 30"))
        return None
    return int(text)


def _clock(file: str, row: Row, column: str, problems: list[Problem]) -> str | None:
    text = row.text(column)
    if not text:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        problems.append(Problem(file, row.line, column, "bad_time", f"{text!r} is not a time such as 08:05"))
        return None
    return f"{int(match[1]):02}:{match[2]}"


def _refuse_twins(file: str, lines: list[LessonLine], problems: list[Problem]) -> None:
    first: dict[str, int] = {}
    for each in lines:
        before = first.setdefault(each.key, each.line)
        if before != each.line:
            reason = f"line {before} has the same lesson; where both are meant, give each an id"
            problems.append(Problem(file, each.line, "id", "duplicate", reason))
