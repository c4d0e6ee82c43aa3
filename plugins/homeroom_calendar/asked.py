"""What rows of an input, or of a file, ask for as lessons, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Draft, Noun
from homeroom_calendar.days import Weekday
from homeroom_calendar.planning import Bells, PlannedLesson
from homeroom_calendar.refusals import LESSON_OUTSIDE_YEAR, NO_SCHOOL_DAY, NOT_TAUGHT, SUBJECT_OR_TITLE
from homeroom_calendar.tables import Lesson

LESSON = Noun(Lesson, "calendar.lesson")
_CLASSES = """
SELECT c.id, c.name, c.grade_level_id, y.starts_on, y.ends_on, y.id AS year,
       array(SELECT s.subject_id FROM class_subject s WHERE s.school_class_id = c.id) AS subjects
FROM school_class c JOIN school_year y ON y.id = c.school_year_id WHERE c.id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A lesson without its day: either a period of the day or both times (HH:MM on the school's clock).

    Args:
        period: In which period of the bell schedule; none: at the times given.
        starts_at: When it begins.
        ends_at: When it ends.
        title: What it is, where no subject says that.
        may_clash: Whether it may overlap others: a class in two groups, two classes in the hall.
    """

    school_class: Annotated[UUID, Ref("SchoolClass")]
    subject: Annotated[UUID, Ref("Subject")] | None = None
    period: int | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    room: Annotated[UUID, Ref("Room")] | None = None
    staff: list[Annotated[UUID, Ref("Staff")]] = field(default_factory=list)
    title: str = ""
    may_clash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow(AskedRow):
    """A lesson: either a period of the day or both times (HH:MM on the school's clock).

    Args:
        date: The day.
    """

    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRow(AskedRow):
    """A lesson of every week, or of every cycle: a weekday or a cycle day, and a period or both times.

    Args:
        cycle_day: On which day of the cycle.
    """

    weekday: Weekday | None = None
    cycle_day: int | None = None


class AskedLessons:
    """Rows that ask for lessons, with what the school has of their classes and bells. Made by :meth:`read`.

    Args:
        rows: What was given.
        draft: The same as columns; gains what is wrong.
        classes: Their classes with grade level, subjects and the days of their years.
        bells: The school's.
    """

    def __init__(
        self, rows: Sequence[AskedRow], draft: Draft, classes: Mapping[UUID, Mapping[str, Any]], bells: Bells
    ) -> None:
        self.rows = rows
        self.draft = draft
        self.classes = classes
        self._bells = bells

    @classmethod
    async def read(cls, context: Context, rows: Sequence[AskedRow]) -> AskedLessons:
        """Check what rows say whatever their day is, and that all that they name is there."""
        draft = await LESSON.drafted(context, [_given(row) for row in rows], listed=True)
        named = [(place, each) for place, row in enumerate(rows) for each in row.staff]
        try:
            await context.permit("Staff", [each for _, each in named], field="staff", rows=True, sight=True)
        except Refusal as refusal:
            for each in refusal.problems:
                draft.problem(named[each.row or 0][0], each.code, "staff", **each.values)
        found = await context.fetch(_CLASSES, [row.school_class for row in rows])
        asked = cls(rows, draft, {each["id"]: each for each in found}, await Bells.load(context))
        for place, values in draft.rows():
            if values["subject_id"] is None and not values["title"]:
                draft.problem(place, SUBJECT_OR_TITLE, "subject")
            elif values["subject_id"] not in (None, *asked.school_class(place)["subjects"]):
                draft.problem(place, NOT_TAUGHT, "subject")
        return asked

    def school_class(self, place: int) -> Mapping[str, Any]:
        """The class of a row."""
        return self.classes[self.rows[place].school_class]

    def on(self, place: int, day: date) -> PlannedLesson | None:
        """The lesson of a row on a day; none where that day has no such period, which the draft then says."""
        values = self.draft.values[place]
        try:
            starts_at, ends_at = self._bells.times_of(values, day, self.school_class(place)["grade_level_id"])
        except Refusal as refusal:
            for each in refusal.problems:
                self.draft.problem(place, each.code, each.field or "period", **each.values)
            return None
        columns = {**values, "date": day, "starts_at": starts_at, "ends_at": ends_at}
        return PlannedLesson(columns, self.rows[place].staff, place)

    def dated(self, days_off: Collection[tuple[UUID, date]]) -> list[PlannedLesson]:
        """The lessons of rows that have a date.

        Args:
            days_off: Days without school, of school years, on which no lesson may lie.
        """
        made = []
        for place, values in self.draft.rows():
            day, school_class = values["date"], self.school_class(place)
            if not school_class["starts_on"] <= day <= school_class["ends_on"]:
                self.draft.problem(place, LESSON_OUTSIDE_YEAR, "date", day=day, name=school_class["name"])
            elif (school_class["year"], day) in days_off:
                self.draft.problem(place, NO_SCHOOL_DAY, "date", day=day)
            elif (lesson := self.on(place, day)) is not None:
                made.append(lesson)
        return made


def _given(row: AskedRow) -> dict[str, Any]:
    """A row as arguments of the noun."""
    names = ("school_class", "subject", "title", "period", "room", "date")
    given = {name: getattr(row, name) for name in names if hasattr(row, name)}
    times = {"starts_at": row.starts_at, "ends_at": row.ends_at}
    return {**given, "clash_allowed": row.may_clash, **{name: time for name, time in times.items() if time is not None}}


async def days_off(context: Context) -> set[tuple[UUID, date]]:
    """The days without school, each with its school year."""
    found = await context.fetch("SELECT school_year_id, date FROM calendar_day WHERE kind IN ('holiday', 'weekend')")
    return {(each["school_year_id"], each["date"]) for each in found}
