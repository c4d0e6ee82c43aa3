"""Lessons that overlap: of one class, in one room, by one person."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Problem, refuse_all
from homeroom.refusals import Code
from homeroom_calendar.refusals import CLASH_CLASS, CLASH_ROOM, CLASH_STAFF

#: Pairs that are looked at for an answer. Of a thousand lessons at one time there are half a million, and nobody reads
#: on so far.
_MOST_PAIRS: Final = 10_000
_CODES: Final = (CLASH_CLASS, CLASH_ROOM, CLASH_STAFF)
# Everything of the dates concerned is read once and compared here: a plan for a join would depend on what PostgreSQL
# believes about a table that has just grown, and for the first timetable of a school it would compare all with all.
_LESSONS: Final = """
SELECT id, date, starts_at, ends_at, school_class_id, room_id FROM lesson
WHERE date BETWEEN $1 AND $2 AND status = 'planned' AND NOT clash_allowed
"""
_STAFF: Final = """
SELECT lesson_id, staff_id, date, starts_at, ends_at FROM lesson_staff WHERE date BETWEEN $1 AND $2 AND counts
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A class, a room or a person is taken by a lesson.

    Args:
        what: The class, room or person.
        date: The day.
        starts_at: HH:MM, with leading zeros.
        ends_at: HH:MM.
        lesson: The lesson.
    """

    what: Hashable
    date: date
    starts_at: str
    ends_at: str
    lesson: UUID


def overlaps(taken: Iterable[Taken]) -> Iterator[tuple[Taken, Taken]]:
    """The pairs that take the same at the same time; one that begins when another ends does not overlap it.

    Args:
        taken: In any order.
    """
    days: dict[tuple[Hashable, date], list[Taken]] = {}
    for each in taken:
        days.setdefault((each.what, each.date), []).append(each)
    for day in days.values():
        # Times with leading zeros compare as texts.
        day.sort(key=lambda each: each.starts_at)
        for number, first in enumerate(day):
            for second in day[number + 1 :]:
                if second.starts_at >= first.ends_at:
                    break
                yield first, second


async def refuse_clashes(context: Context, lessons: Sequence[UUID], rows: Sequence[int], *, field: str) -> None:
    """Refuse lessons that were just written where they overlap others of their class, room or staff.

    Args:
        lessons: Their ids; of two of them the later is refused for the earlier.
        rows: The row of the input that each comes from.
        field: The input field that named them.

    Raises:
        Refusal: CLASH_CLASS, CLASH_ROOM or CLASH_STAFF with what it clashes with, for every row; where thousands clash,
            for the first.
    """
    problems: dict[tuple[Code, int], Problem] = {}
    for place, code, values in await find_clashes(context, lessons):
        problems.setdefault((code, rows[place]), Problem(code, field, rows[place], **values))
    refuse_all(list(problems.values()))


async def find_clashes(context: Context, lessons: Sequence[UUID]) -> list[tuple[int, Code, Mapping[str, Any]]]:
    """Where lessons overlap others of their class, room or staff: the place of each, a code and its values.

    Args:
        lessons: Their ids; of two of them the later clashes with the earlier.
    """
    span = await context.fetchrow("SELECT min(date), max(date) FROM lesson WHERE id = ANY($1::uuid[])", list(lessons))
    if span is None or span[0] is None:
        return []
    places = {lesson: place for place, lesson in enumerate(lessons)}
    found = await context.fetch(_LESSONS, *span)
    staff = await context.fetch(_STAFF, *span)
    kinds = (
        [_taken(row, row["school_class_id"]) for row in found],
        [_taken(row, row["room_id"]) for row in found if row["room_id"] is not None],
        [Taken(row["staff_id"], row["date"], row["starts_at"], row["ends_at"], row["lesson_id"]) for row in staff],
    )
    clashes: dict[tuple[int, Code], Taken] = {}
    for code, taken in zip(_CODES, kinds, strict=True):
        looked_at = 0
        for pair in overlaps(taken):
            mine, other = sorted(pair, key=lambda each: places.get(each.lesson, -1), reverse=True)
            if mine.lesson in places:
                clashes.setdefault((places[mine.lesson], code), other)
                looked_at += 1
                if looked_at == _MOST_PAIRS:
                    break
    if not clashes:
        return []
    names = await _names(context, [each.lesson for each in clashes.values()])
    people = await _people(context, clashes)
    described: list[tuple[int, Code, Mapping[str, Any]]] = []
    for (place, code), other in sorted(clashes.items(), key=lambda each: each[0]):
        school_class, room = names[other.lesson]
        values: dict[str, Any] = {"school_class": school_class, "day": other.date, "time": other.starts_at}
        if code == CLASH_ROOM:
            values["room"] = room
        elif code == CLASH_STAFF:
            values["person"] = people.get(other.what)
        described.append((place, code, values))
    return described


def _taken(row: Any, what: UUID) -> Taken:
    return Taken(what, row["date"], row["starts_at"], row["ends_at"], row["id"])


async def _names(context: Context, lessons: list[UUID]) -> dict[UUID, tuple[str, str]]:
    """Class and room of lessons."""
    rows = await context.fetch(
        "SELECT l.id, c.name AS class, r.code AS room FROM lesson l JOIN school_class c ON c.id = l.school_class_id"
        " LEFT JOIN room r ON r.id = l.room_id WHERE l.id = ANY($1::uuid[])",
        lessons,
    )
    return {row["id"]: (row["class"], row["room"]) for row in rows}


async def _people(context: Context, clashes: Mapping[tuple[int, Code], Taken]) -> dict[Hashable, str]:
    people = [other.what for (_, code), other in clashes.items() if code == "CLASH_STAFF"]
    rows = await context.fetch("SELECT id, full_name FROM staff WHERE id = ANY($1::uuid[])", people)
    return {row["id"]: row["full_name"] for row in rows}
