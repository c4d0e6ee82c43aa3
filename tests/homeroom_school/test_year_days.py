"""The days of school years and terms: what lies within them, that they lie apart, and what rosters say about them."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_calendar.commands.entries import CalendarEntryRow, add_calendar_entries, plan_calendar
from homeroom_calendar.days import EntryKind, Weekday
from homeroom_calendar.tables import CycleRestart
from homeroom_rosters.commands import import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import write_roster
from homeroom_rosters.roster.records import Roster, Session
from homeroom_school.commands.calendar import (
    change_school_year,
    change_term,
    create_school_year,
)
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_staff, create_student
from homeroom_school.commands.teaching import appoint_homeroom_teacher

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST, LAST = date(2025, 9, 5), date(2026, 5, 31)
A = SchoolShape("a", grades=("6",), classes=2, students=1, subjects=(("math", "Mathematics"),))


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, str]]:
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.message) for each in refusal.value.problems]


async def brought(school: Any, roster: Roster) -> UUID:
    bundle = base64.b64encode(write_zip(write_roster(roster))).decode()
    run: UUID = await school.run(import_roster, bundle=bundle, organisations=["a"])
    return run


async def rejected(school: Any, roster: Roster) -> list[tuple[str, int | None]]:
    with pytest.raises(Refusal) as refusal:
        await brought(school, roster)
    return [(each.code, each.row) for each in refusal.value.problems]


async def a_class(school: Any, name: str = "6A") -> tuple[UUID, UUID]:
    year = await school.one("SELECT id FROM school_year WHERE status = 'current'")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    return year, await school.run(create_school_class, school_year=year, name=name, grade_level=level)


async def test_a_year_is_not_shortened_over_what_lies_in_it(school: Any, make_school: Any) -> None:
    other = await make_school()
    for each in (other, school):
        year, school_class = await a_class(each)
        students = [await each.run(create_student, name=NameInput(name, "Lê")) for name in ("An", "Bình")]
        head = await each.run(create_staff, name=NameInput("Lan", "Trần"))
        enrol = {"school_class": school_class, "starts_on": FIRST}
        await each.run(enrol_students, rows=[EnrolmentRow(students[0])], ends_on=LAST, **enrol)
        await each.run(enrol_students, rows=[EnrolmentRow(students[1])], **enrol)
        await each.run(appoint_homeroom_teacher, school_class=school_class, staff=head, starts_on=FIRST)
    second_term = await school.one("SELECT id FROM term WHERE number = 2")
    change = {"school_year": year, "ends_on": date(2026, 5, 22)}
    ((code, field, message),) = await refused(school, change_school_year, **change)
    assert ("OUTSIDE_YEAR", "endsOn") == (code, field)
    assert "1 terms" in message
    await school.run(change_term, term=second_term, ends_on=date(2026, 5, 22))

    ((code, field, message),) = await refused(school, change_school_year, **change)
    assert ("OUTSIDE_YEAR", "endsOn") == (code, field)
    assert "1 class enrolments" in message
    rows = "SELECT starts_on, ends_on FROM class_enrolment ORDER BY ends_on"
    assert [(FIRST, LAST), (FIRST, None)] == [tuple(row.values()) for row in await school.sql(rows)]
    await school.run(change_school_year, cut_periods=True, **change)
    assert [(FIRST, date(2026, 5, 22)), (FIRST, None)] == [tuple(row.values()) for row in await school.sql(rows)]
    assert [(FIRST, LAST), (FIRST, None)] == [tuple(row.values()) for row in await other.sql(rows)]

    # The first day: all begin with the year, and a class that begins later does not lose anybody by it.
    first_term = await school.one("SELECT id FROM term WHERE number = 1")
    later = date(2025, 9, 8)
    await school.run(change_term, term=first_term, starts_on=later)
    problems = await refused(school, change_school_year, school_year=year, starts_on=later)
    assert [("OUTSIDE_YEAR", "startsOn")] == [each[:2] for each in problems]
    assert "1 homeroom appointments" in problems[0][2]
    await school.run(change_school_year, school_year=year, starts_on=later, cut_periods=True)
    assert {later} == {row["starts_on"] for row in await school.sql("SELECT starts_on FROM homeroom_appointment")}


async def test_entries_of_the_calendar_are_not_cut(school: Any) -> None:
    year = await school.one("SELECT id FROM school_year WHERE status = 'current'")
    await school.run(plan_calendar, school_year=year, weekdays=list(Weekday)[:5])
    row = CalendarEntryRow(name="Bế giảng", starts_on=date(2026, 5, 29), kind=EntryKind.SPECIAL)
    await school.run(add_calendar_entries, school_year=year, rows=[row])
    second_term = await school.one("SELECT id FROM term WHERE number = 2")
    await school.run(change_term, term=second_term, ends_on=date(2026, 5, 22))
    change = {"school_year": year, "ends_on": date(2026, 5, 22), "cut_periods": True}
    assert ["OUTSIDE_YEAR"] == [each[0] for each in await refused(school, change_school_year, **change)]
    await school.run(change_school_year, school_year=year, ends_on=date(2026, 5, 30))
    assert date(2026, 5, 30) == await school.one("SELECT max(date) FROM calendar_day")


async def test_terms_stay_in_the_order_of_their_numbers(school: Any) -> None:
    first, second = [row["id"] for row in await school.sql("SELECT id FROM term ORDER BY number")]
    await school.run(change_term, term=second, starts_on=date(2026, 5, 1))
    problem = await refused(school, change_term, term=second, starts_on=date(2026, 1, 1))
    assert [("OVERLAP", "startsOn")] == [each[:2] for each in problem]
    await school.run(change_term, term=first, starts_on=date(2025, 12, 1), ends_on=date(2025, 12, 31))
    swapped = {"term": second, "starts_on": date(2025, 9, 5), "ends_on": date(2025, 9, 30)}
    assert [("INVALID", "startsOn")] == [each[:2] for each in await refused(school, change_term, **swapped)]


async def test_two_offices_plan_one_year_once(school: Any) -> None:
    def plan(name: str) -> Any:
        days = {"starts_on": date(2030, 9, 1), "ends_on": date(2031, 5, 31)}
        return school.run(create_school_year, name=name, **days)

    results = await asyncio.gather(*(plan(f"Y{number}") for number in range(4)), return_exceptions=True)
    assert ["OVERLAP"] * 3 == [each.problems[0].code for each in results if isinstance(each, Refusal)]
    assert 1 == await school.one("SELECT count(*) FROM school_year WHERE name LIKE 'Y%'")


async def test_a_roster_brings_no_years_or_terms_that_overlap(school: Any) -> None:
    roster = generate_roster([A], first_year=2026)
    year = next(each for each in roster.sessions if each.kind == "schoolYear")
    early = replace(year, starts_on=date(2026, 5, 20))  # the school's own year ends on the 31st
    sessions = tuple(early if each is year else each for each in roster.sessions)
    assert [("overlap", 2)] == [
        (code.lower(), row) for code, row in await rejected(school, replace(roster, sessions=sessions))
    ]
    assert 1 == await school.one("SELECT count(*) FROM school_year")

    assert year.starts_on is not None
    assert year.ends_on is not None
    long = Session("t-long", "All", "term", year.starts_on, year.ends_on, year.school_year, year.source_id)
    short = [
        Session(
            f"t-{month}",
            f"T{month}",
            "term",
            date(2026, month, 2),
            date(2026, month, 20),
            year.school_year,
            year.source_id,
        )
        for month in (10, 11)
    ]
    terms = replace(roster, sessions=(year, long, *short))
    assert {"overlap"} == {code.lower() for code, _ in await rejected(school, terms)}
    await brought(school, replace(roster, sessions=(year, *short)))
    assert 2 == await school.one(
        "SELECT count(*) FROM term t JOIN school_year y ON y.id = t.school_year_id WHERE y.name = $1", year.title
    )


async def test_a_roster_shortens_no_year_over_what_lies_in_it(school: Any) -> None:
    roster = generate_roster([A], first_year=2026)
    year = next(each for each in roster.sessions if each.kind == "schoolYear")
    assert year.ends_on is not None
    first, *others = roster.enrolments
    dated = replace(roster, enrolments=(*(replace(each, ends_on=year.ends_on) for each in (first, *others)),))
    await brought(school, dated)
    shorter = replace(year, ends_on=date(2027, 5, 1))
    assert {"OUTSIDE_YEAR"} == {code.upper() for code, _ in await rejected(school, replace(dated, sessions=(shorter,)))}
    # With the enrolments that end earlier, too, nothing is left out.
    ending = tuple(replace(each, ends_on=date(2027, 5, 1)) for each in dated.enrolments)
    terms = [each for each in roster.sessions if each is not year]
    assert {"OUTSIDE_YEAR"} == {
        code.upper() for code, _ in await rejected(school, replace(dated, sessions=(shorter,), enrolments=ending))
    }
    cut = [replace(each, ends_on=min(each.ends_on or LAST, date(2027, 5, 1))) for each in terms]
    await brought(school, replace(dated, sessions=(shorter, *cut), enrolments=ending))
    assert date(2027, 5, 1) == await school.one("SELECT ends_on FROM school_year WHERE name = $1", year.title)


@pytest.mark.parametrize("name", ["６Ａ", "6a"])
async def test_homeroom_classes_of_a_year_have_names_that_differ(school: Any, name: str) -> None:
    year, school_class = await a_class(school)
    insert = (
        "INSERT INTO school_class (tenant_id, id, school_year_id, name, kind)"
        " VALUES (homeroom.tenant(), gen_random_uuid(), $1, $2, $3)"
    )
    with pytest.raises(Exception, match="school_class_name_twins"):
        async with school.host.database.transaction(school.space.id) as transaction:
            await transaction.execute(
                insert.replace("homeroom.tenant()", "$4"), year, name, "homeroom", school.space.id
            )
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute(insert.replace("homeroom.tenant()", "$4"), year, name, "course", school.space.id)

    # A roster's class of such a name is the class that the school has; two of them in a roster are refused.
    roster = generate_roster([A], first_year=2025)
    one, two = (each for each in roster.sections if each.kind == "homeroom")
    named = tuple(replace(each, title=name) if each is one else each for each in roster.sections)
    both = tuple(replace(each, title="6A") if each is two else each for each in named)
    assert ["DUPLICATE"] == [code.upper() for code, _ in await rejected(school, replace(roster, sections=both))]
    await brought(school, replace(roster, sections=named))
    assert "6A" == await school.one("SELECT name FROM school_class WHERE id = $1", school_class)
    assert 1 == await school.one("SELECT count(*) FROM class_enrolment WHERE school_class_id = $1", school_class)


async def test_the_calendar_follows_days_that_a_roster_changes(school: Any) -> None:
    def until(last: date, second_term: date) -> Roster:
        roster = generate_roster([A], form="oneroster-1.2", first_year=2026)
        year, first, second = roster.sessions
        first = replace(first, ends_on=date.fromordinal(second_term.toordinal() - 1))
        return replace(
            roster,
            sessions=(replace(year, ends_on=last), first, replace(second, starts_on=second_term, ends_on=last)),
        )

    await brought(school, until(date(2027, 6, 25), date(2027, 1, 11)))
    year = await school.one("SELECT id FROM school_year WHERE starts_on = '2026-09-01'")
    plan = {"weekdays": list(Weekday)[:5], "cycle_length": 6, "cycle_restarts": CycleRestart.TERM}
    await school.run(plan_calendar, school_year=year, **plan)
    last = "SELECT max(date) FROM calendar_day"
    assert date(2027, 6, 25) == await school.one(last)
    await brought(school, until(date(2027, 6, 18), date(2027, 1, 13)))
    assert date(2027, 6, 18) == await school.one(last)
    of_cycle = "SELECT cycle_day FROM calendar_day WHERE date = '2027-01-14'"
    assert 2 == await school.one(of_cycle)
    await brought(school, until(date(2027, 6, 18), date(2027, 1, 14)))
    assert 1 == await school.one(of_cycle), "the second term begins a day later, and with it the cycle"
