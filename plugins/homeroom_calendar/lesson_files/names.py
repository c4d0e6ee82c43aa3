"""What the names in a file of lessons mean in the registry, and what is wrong with those that mean nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.reading.faults import Fault, Faults, FileRefused
from homeroom.reading.refusals import (
    UNKNOWN_REFERENCE,
)
from homeroom.refusals import (
    Code,
)
from homeroom.texts import folded
from homeroom_calendar.lesson_files.rows import LessonLine
from homeroom_calendar.planning import Bells, PlannedLesson
from homeroom_calendar.refusals import (
    AMBIGUOUS,
    CLASS_NOT_TAUGHT,
    LESSON_ENDS_EARLY,
    LESSON_OUTSIDE_YEAR,
    NO_SCHOOL_ON,
    NO_SUCH_PERIOD,
    OUTSIDE_SPAN,
)

Names = Mapping[str, frozenset[UUID]]
#: Lines after which others of this process have their turn.
_TURN = 500


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and the lesson that it becomes.

    Args:
        line: What the file says.
        planned: The lesson.
    """

    line: LessonLine
    planned: PlannedLesson


class Known:
    """The registry's classes, subjects, rooms and staff by the names that files call them by.

    Only what the caller may run the command on is known: "not there" and "not yours" are one answer.
    """

    def __init__(
        self,
        classes: Sequence[Any],
        subjects: Names,
        rooms: Names,
        staff: Names,
        off: Iterable[tuple[UUID, date]],
    ) -> None:
        self._classes: dict[str, list[Any]] = {}
        for each in classes:
            for word in {folded(each["name"]), folded(each["code"] or each["name"])}:
                self._classes.setdefault(word, []).append(each)
        self._others = {"subject": subjects, "room": rooms, "staff": staff}
        self._off = frozenset(off)

    @classmethod
    async def load(cls, context: Context, *, allow_days_off: bool) -> Known:
        """Those of the command's school.

        Args:
            context: The command's.
            allow_days_off: Whether days without school are like any other.
        """
        condition, values = context.within_scopes("SchoolClass", "c", 1)
        classes = await context.fetch(
            "SELECT c.id, c.name, c.code, c.grade_level_id, y.id AS year, y.starts_on, y.ends_on,"
            " array(SELECT s.subject_id FROM class_subject s WHERE s.school_class_id = c.id) AS subjects"
            f" FROM school_class c JOIN school_year y ON y.id = c.school_year_id WHERE {condition}",
            *values,
        )
        off = await context.fetch(
            "SELECT school_year_id, date FROM calendar_day WHERE kind IN ('holiday', 'weekend') AND NOT $1::boolean",
            allow_days_off,
        )
        return cls(
            classes,
            await _names(context, "Subject", "code", "title"),
            await _names(context, "Room", "code", "name"),
            await _names(context, "Staff", "code", "full_name"),
            [(each["school_year_id"], each["date"]) for each in off],
        )

    async def place(
        self, file: str, lines: Sequence[LessonLine], bells: Bells, span: tuple[date, date] | None
    ) -> list[Placed]:
        """The lessons that lines become.

        Args:
            file: The name by which problems call the file.
            lines: What it says.
            bells: The school's.
            span: The dates that lines must lie in, if any.

        Raises:
            FileRefused: With everything that is wrong.
        """
        problems = Faults()
        placed: list[Placed] = []
        for number, line in enumerate(lines):
            if number % _TURN == 0:
                await asyncio.sleep(0)
            each = self._place(file, line, bells, span, problems)
            if each is not None:
                placed.append(each)
        if problems:
            raise FileRefused(problems)
        return placed

    def _place(
        self, file: str, line: LessonLine, bells: Bells, span: tuple[date, date] | None, problems: Faults
    ) -> Placed | None:
        before = problems.total

        def fault(column: str, code: Code, /, **values: Any) -> None:
            problems.append(Fault(file, line.line, column, code, **values))

        def row_of(column: str, word: str) -> UUID | None:
            found = self._others[column].get(folded(word), frozenset())
            if len(found) == 1:
                return next(iter(found))
            if found:
                fault(column, AMBIGUOUS, value=word, count=len(found))
            else:
                fault(column, UNKNOWN_REFERENCE, value=word)
            return None

        if span is not None and not span[0] <= line.date <= span[1]:
            fault("date", OUTSIDE_SPAN, day=line.date)
        subject = row_of("subject", line.subject) if line.subject else None
        room = row_of("room", line.room) if line.room else None
        staff = [row_of("staff", each) for each in line.staff]
        school_class = self._class(line, fault)
        if school_class is None:
            return None
        if subject is not None and subject not in school_class["subjects"]:
            fault("subject", CLASS_NOT_TAUGHT, name=line.school_class, subject=line.subject)
        if (school_class["year"], line.date) in self._off:
            fault("date", NO_SCHOOL_ON, day=line.date)
        times = self._times(line, bells, school_class["grade_level_id"], fault)
        if problems.total > before or times is None:
            return None
        people = tuple(each for each in staff if each is not None)
        return Placed(
            line,
            PlannedLesson(
                school_class["id"],
                subject,
                line.title,
                line.date,
                line.period,
                *times,
                room,
                people,
                line.line,
                clash_allowed=line.may_clash,
            ),
        )

    def _class(self, line: LessonLine, fault: Any) -> Any:
        """The class of this name in the year of the lesson's date."""
        called = self._classes.get(folded(line.school_class), [])
        found = [each for each in called if each["starts_on"] <= line.date <= each["ends_on"]]
        if len(found) == 1:
            return found[0]
        if found:
            fault("class", AMBIGUOUS, value=line.school_class, count=len(found))
        elif called:
            fault("date", LESSON_OUTSIDE_YEAR, day=line.date, name=line.school_class)
        else:
            fault("class", UNKNOWN_REFERENCE, value=line.school_class)
        return None

    @staticmethod
    def _times(line: LessonLine, bells: Bells, grade_level: UUID | None, fault: Any) -> tuple[str, str] | None:
        if line.starts_at is not None and line.ends_at is not None:
            if line.ends_at <= line.starts_at:
                fault("ends_at", LESSON_ENDS_EARLY)
            return line.starts_at, line.ends_at
        assert line.period is not None  # the reading sees to it
        times = bells.times(line.date, line.period, grade_level)
        if times is None:
            fault("period", NO_SUCH_PERIOD, period=line.period, day=line.date)
        return times


async def _names(context: Context, resource: str, code: str, title: str) -> dict[str, frozenset[UUID]]:
    """Rows by code and, where no code is the same word, by title."""
    condition, values = context.within_scopes(resource, "r", 1, sight=True)
    table = context.variant.resources[resource].table
    rows = await context.fetch(f"SELECT r.id, r.{code} AS code, r.{title} AS title FROM {table} r WHERE {condition}",
                               *values)  # fmt: skip
    by_title: dict[str, set[UUID]] = {}
    for row in rows:
        by_title.setdefault(folded(row["title"]), set()).add(row["id"])
    by_code = {folded(row["code"]): {row["id"]} for row in rows if row["code"]}
    return {word: frozenset(found) for word, found in {**by_title, **by_code}.items()}
