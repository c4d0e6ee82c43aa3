"""Dated lessons: by hand and by pattern, their changes, what clashes, and who sees them."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import date

import pytest
from teaching_school import HOLIDAY, MONDAY, TUESDAY, Taught

from homeroom.errors import Forbidden, Refusal
from homeroom.messages import spelt
from homeroom.permissions import Scopes
from homeroom_calendar.asked import LessonRow, PatternRow
from homeroom_calendar.commands.lessons import (
    cancel_lessons,
    move_lesson,
    plan_lessons,
    plan_lessons_by_pattern,
    remove_lessons,
    restore_lessons,
    substitute_teacher,
)
from homeroom_calendar.days import Weekday
from homeroom_school.commands.teaching import appoint_homeroom_teacher

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_lesson_takes_its_times_from_the_bell_of_its_day(taught: Taught) -> None:
    await taught.plan(taught.lesson(period=2), taught.lesson(on=TUESDAY))
    answer = await taught.school.ask(
        "{ lessons { nodes { date period startsAt endsAt status room { code } subject { code }"
        " staff { nodes { role staff { givenName } } } } } }",
        caller=taught.school.caller("teacher"),
    )
    first, second = answer["data"]["lessons"]["nodes"]
    assert ("2025-10-20", "07:50", "08:35", "101", "math") == (
        first["date"],
        first["startsAt"],
        first["endsAt"],
        first["room"]["code"],
        first["subject"]["code"],
    )
    assert [{"role": "TEACHER", "staff": {"givenName": "Lan"}}] == first["staff"]["nodes"]
    assert ("08:00", "08:45") == (second["startsAt"], second["endsAt"])


async def test_a_weekly_pattern_follows_the_calendar(taught: Taught) -> None:
    pattern = PatternRow(
        taught.classes["6A"], weekday=Weekday.WEDNESDAY, subject=taught.math, period=1, staff=taught.staff[:1]
    )
    await taught.school.run(
        plan_lessons_by_pattern, rows=[pattern], starts_on=date(2025, 10, 20), ends_on=date(2025, 11, 9)
    )
    # The holiday has none; the Saturday that runs as a Wednesday has one.
    assert [date(2025, 10, 22), date(2025, 11, 1), date(2025, 11, 5)] == [
        each["date"] for each in await taught.school.sql("SELECT date FROM lesson ORDER BY date")
    ]


async def test_a_pattern_makes_no_more_lessons_than_a_server_writes_at_once(taught: Taught) -> None:
    pattern = PatternRow(taught.classes["6A"], weekday=Weekday.WEDNESDAY, subject=taught.math, period=1)
    assert [("TOO_MANY_LESSONS", "rows", None)] == await taught.refused(
        plan_lessons_by_pattern, rows=[pattern] * 3_000, starts_on=date(2025, 9, 5), ends_on=date(2026, 5, 31)
    )
    assert 0 == await taught.school.one("SELECT count(*) FROM lesson")


async def test_a_pattern_of_cycle_days(taught: Taught) -> None:
    pattern = PatternRow(taught.classes["6A"], cycle_day=2, subject=taught.math, period=1)
    made = await taught.school.run(
        plan_lessons_by_pattern, rows=[pattern], starts_on=date(2025, 9, 5), ends_on=date(2025, 10, 31)
    )
    expected = await taught.school.one("SELECT count(*) FROM calendar_day WHERE cycle_day = 2 AND date <= '2025-10-31'")
    assert expected == len(made) > 5


async def test_clashes_are_refused_by_name(taught: Taught) -> None:
    await taught.plan(taught.lesson())
    assert [("CLASH_CLASS", "rows", 0), ("CLASH_ROOM", "rows", 0), ("CLASH_STAFF", "rows", 0)] == await taught.refused(
        plan_lessons, rows=[taught.lesson()]
    )
    rows = [
        taught.lesson("6B", 2, room=1, staff=1),
        taught.lesson("6B", 1, room=0, staff=1),
        taught.lesson("6B", 3, room=1, staff=0),
        taught.lesson("6A", 3, room=0, staff=0),
        LessonRow(taught.classes["6B"], date=MONDAY, starts_at="07:40", ends_at="07:49", title="Chào cờ",
                  staff=[taught.staff[0]]),
    ]  # fmt: skip
    assert {
        ("CLASH_ROOM", "rows", 1),
        ("CLASH_STAFF", "rows", 3),
        ("CLASH_CLASS", "rows", 4),
        ("CLASH_STAFF", "rows", 4),
    } == set(await taught.refused(plan_lessons, rows=rows))
    assert 1 == await taught.school.one("SELECT count(*) FROM lesson")


async def test_clashes_may_be_allowed(taught: Taught) -> None:
    await taught.plan(taught.lesson())
    await taught.plan(taught.lesson(room=1, staff=1), allow_clashes=True)
    assert 2 == await taught.school.one("SELECT count(*) FROM lesson")


async def test_of_two_offices_at_once_one_is_refused(taught: Taught) -> None:
    answers = await asyncio.gather(
        *(taught.plan(taught.lesson(room=number, staff=number)) for number in (0, 1)), return_exceptions=True
    )
    assert 1 == sum(isinstance(each, Refusal) for each in answers)
    assert 1 == await taught.school.one("SELECT count(*) FROM lesson")


async def test_lessons_that_cannot_be_are_refused_by_name(taught: Taught) -> None:
    room = taught.classes["6A"]
    rows = [
        LessonRow(room, taught.math, 1, date=date(2024, 1, 1)),
        LessonRow(room, taught.math, 1, date=HOLIDAY),
        LessonRow(room, taught.math, 9, date=MONDAY),
        LessonRow(room, taught.math, date=MONDAY),
        LessonRow(room, taught.math, date=MONDAY, starts_at="09:00", ends_at="08:00"),
    ]
    assert [
        ("OUTSIDE_YEAR", "rows.date", 0),
        ("NO_SCHOOL_DAY", "rows.date", 1),
        ("NO_SUCH_PERIOD", "rows.period", 2),
        ("INVALID", "rows.period", 3),
        ("ENDS_BEFORE_START", "rows.endsAt", 4),
    ] == await taught.refused(plan_lessons, rows=rows)
    stranger = await taught.school.one("SELECT id FROM grade_level LIMIT 1")
    assert [("NOT_FOUND", "rows.room", 1)] == await taught.refused(
        plan_lessons,
        rows=[
            LessonRow(room, taught.math, 1, date=MONDAY),
            LessonRow(room, taught.math, 2, date=MONDAY, room=stranger),
        ],
    )
    assert [("INVALID", "rows.subject", 0)] == await taught.refused(
        plan_lessons, rows=[LessonRow(room, date=MONDAY, period=1)]
    )
    await taught.plan(LessonRow(room, taught.math, 1, date=HOLIDAY), allow_days_off=True)


async def test_a_cancelled_lesson_frees_its_place(taught: Taught) -> None:
    (lesson,) = await taught.plan(taught.lesson())
    await taught.school.run(cancel_lessons, lessons=[lesson], note="Bão")
    (second,) = await taught.plan(taught.lesson())
    problems = await taught.refused(restore_lessons, lessons=[lesson])
    assert {"CLASH_CLASS", "CLASH_ROOM", "CLASH_STAFF"} == {each[0] for each in problems}
    await taught.school.run(remove_lessons, lessons=[second])
    await taught.school.run(restore_lessons, lessons=[lesson])
    assert ["planned"] == [each["status"] for each in await taught.school.sql("SELECT status FROM lesson")]


async def test_a_moved_lesson_remembers_when_it_was_planned(taught: Taught) -> None:
    (lesson,) = await taught.plan(taught.lesson())
    await taught.plan(taught.lesson("6B", 2, room=1))
    assert ["CLASH_STAFF"] == [each[0] for each in await taught.refused(move_lesson, lesson=lesson, period=2)]
    await taught.school.run(move_lesson, lesson=lesson, date=TUESDAY, period=1, note="Hội thảo")
    await taught.school.run(move_lesson, lesson=lesson, date=date(2025, 10, 22))
    (row,) = await taught.school.sql(
        "SELECT l.date, l.starts_at, planned_date, planned_starts_at, s.date AS of_staff FROM lesson l"
        " JOIN lesson_staff s ON s.lesson_id = l.id WHERE l.id = $1",
        lesson,
    )
    assert {
        "date": date(2025, 10, 22),
        "starts_at": "08:00",
        "planned_date": MONDAY,
        "planned_starts_at": "07:00",
        "of_staff": date(2025, 10, 22),
    } == row


async def test_somebody_else_holds_the_lesson(taught: Taught) -> None:
    (lesson,) = await taught.plan(taught.lesson())
    lan, nga = taught.staff
    await taught.school.run(substitute_teacher, lesson=lesson, absent=lan, substitute=nga)
    assert {(lan, "teacher", False), (nga, "substitute", True)} == {
        (each["staff_id"], each["role"], each["present"])
        for each in await taught.school.sql("SELECT staff_id, role, present FROM lesson_staff")
    }
    # Who is replaced is free, and who replaces is not.
    await taught.plan(taught.lesson("6B", room=1, staff=0))
    assert ["CLASH_STAFF"] == [
        each[0]
        for each in await taught.refused(
            plan_lessons, rows=[LessonRow(taught.classes["6B"], date=MONDAY, title="x", starts_at="07:30",
                                          ends_at="07:46", staff=[nga])], allow_days_off=True
        )
        if each[0] == "CLASH_STAFF"
    ]  # fmt: skip
    assert [("NOT_THERE", "absent", None)] == await taught.refused(
        substitute_teacher, lesson=lesson, absent=lan, substitute=nga
    )


async def test_who_sees_and_plans_lessons(taught: Taught) -> None:
    await taught.plan(taught.lesson(), taught.lesson("6B", room=1, staff=1))
    for role, person, seen in (
        ("registrar", None, 2),
        ("teacher", taught.staff[0], 2),
        ("student", taught.student, 1),
        ("student", taught.staff[0], 0),
        ("guardian", None, 0),
    ):
        caller = taught.school.caller(role, persons=[person] if person else [])
        answer = await taught.school.ask("{ lessons { totalCount } lessonStaffMembers { totalCount } }", caller=caller)
        assert {"lessons": {"totalCount": seen}, "lessonStaffMembers": {"totalCount": seen}} == answer["data"], role
        if role != "registrar":
            with pytest.raises(Forbidden):
                await taught.school.run(plan_lessons, caller=caller, rows=[taught.lesson(period=3)])


async def test_what_a_lesson_refers_to_is_judged_by_what_the_caller_may_read(taught: Taught) -> None:
    """A rule's scope has no meaning for a room, which belongs to no class."""
    mine, another = await taught.plan(taught.lesson(staff=0), taught.lesson("6B", 2, staff=1))
    since = await taught.school.one("SELECT starts_on FROM school_year")
    await taught.school.run(
        appoint_homeroom_teacher, school_class=taught.classes["6A"], staff=taught.staff[0], starts_on=since
    )
    teacher = taught.school.caller("teacher", persons=[taught.staff[0]])
    own = Scopes(frozenset({"own_class"}))
    access = dataclasses.replace(teacher.access, commands={**teacher.access.commands, move_lesson.name: own})
    teacher = dataclasses.replace(teacher, access=access)
    assert mine == await taught.school.run(move_lesson, caller=teacher, lesson=mine, room=taught.rooms[1])
    with pytest.raises(Refusal) as refused:
        await taught.school.run(move_lesson, caller=teacher, lesson=another, room=taught.rooms[1])
    assert ["lesson"] == [spelt(each.field) for each in refused.value.problems]
    # A room or a lesson that may not be read is none, whatever the rule of the command says.
    wide = {**access.commands, move_lesson.name: Scopes(frozenset({"school"}))}
    for noun, field in (("Room", "room"), ("Lesson", "lesson")):
        seen = {name: scopes for name, scopes in access.resources.items() if name != noun}
        blind = dataclasses.replace(teacher, access=dataclasses.replace(access, commands=wide, resources=seen))
        with pytest.raises(Refusal) as refused:
            await taught.school.run(move_lesson, caller=blind, lesson=mine, room=taught.rooms[1])
        assert [field] == [spelt(each.field) for each in refused.value.problems]
