"""Dates wherever a school takes them: mutations, rosters, calendars, own fields and lists."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

import asyncpg
import pytest
from mutation_inputs import InputMaker, mentions

from homeroom.database.refusals import refusal_of
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom.uploads import FileMade, Upload
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_calendar.commands.entries import import_calendar_entries
from homeroom_graphql.operations import RequestError
from homeroom_rosters.commands import import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import write_roster
from homeroom_school.commands.calendar import change_school_year, create_school_year

pytestmark = pytest.mark.asyncio(loop_scope="session")

WITHIN = ("1800-01-01", "2025-09-05", "2025-10-15", "2026-05-31", "2200-12-31")
BEYOND = ("0001-01-01", "1799-12-31", "2201-01-01", "9999-12-31")
#: Resources to the tables of their rows.
TABLES = {
    "SchoolYear": "school_year", "Term": "term", "SchoolClass": "school_class", "Student": "student", "Staff": "staff",
    "Guardian": "guardian", "ClassEnrolment": "class_enrolment", "ClassSubject": "class_subject", "Lesson": "lesson",
    "GradeLevel": "grade_level", "Subject": "subject", "CalendarEntry": "calendar_entry", "Room": "room",
}  # fmt: skip


def _beyond(given: Any) -> bool:
    if isinstance(given, dict | list):
        return any(_beyond(each) for each in (given.values() if isinstance(given, dict) else given))
    return isinstance(given, str) and given[:10] in BEYOND


async def _codes(school: Any, document: str, given: Any) -> list[str]:
    """The codes of the failures of one operation; refusals of a command are none."""
    try:
        answer = await school.ask(document, input=given)
    except RequestError as refused:
        return [each["extensions"]["code"] for each in refused.errors]
    return [each["extensions"]["code"] for each in answer.get("errors", ())]


@pytest.mark.parametrize("seed", range(2))
async def test_no_date_makes_a_mutation_fail(taught: Any, seed: int) -> None:
    """Whatever date is wherever in an input: it is written, or refused by name, and is never a fault of ours."""
    school, random = taught.school, Random(seed)
    ids = {name: [row["id"] for row in await school.sql(f"SELECT id FROM {t}")] for name, t in TABLES.items()}
    within, beyond = (
        InputMaker(
            random,
            ids,
            {date: lambda r, of=days: r.choice(of), datetime: lambda r, of=days: f"{r.choice(of)}T00:00:00+14:00"},
        )
        for days in (WITHIN, BEYOND)
    )
    dated = [
        each for each in school.host.variant_of(school.space).commands.values() if mentions(each, (date, datetime))
        and each.name in school.system.access.commands and not mentions(each, (Upload,))
    ]  # fmt: skip
    assert 20 < len(dated)
    for command in dated:
        for maker in (within, within, within, beyond):
            given = maker.input(command)
            name = f"{command.field[0].upper()}{command.field[1:]}Input"
            document = f"mutation($input: {name}!) {{ {command.field}(input: $input) {{ errors {{ code }} }} }}"
            codes = await _codes(school, document, given)
            if _beyond(given):
                assert codes == ["BAD_USER_INPUT"], (command.name, given)
            else:
                assert not set(codes) & {"INTERNAL", "BAD_USER_INPUT"}, (command.name, given)


async def test_the_database_refuses_what_no_door_refused(school: Any) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as fault:
        await school.sql(
            "INSERT INTO guardianship (id, student_id, guardian_id, relation, starts_on) VALUES"
            " (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'mother', $1)",
            date.max,
        )
    refusal = refusal_of(fault.value)
    assert isinstance(refusal, Refusal)
    assert [("OUT_OF_RANGE", "startsOn")] == [(each.code, spelt(each.field)) for each in refusal.problems]


async def test_a_school_year_has_two_years_at_most_and_no_two_overlap(school: Any) -> None:
    def problems(refusal: Any) -> list[tuple[str, str | None]]:
        return [(each.code, spelt(each.field)) for each in refusal.value.problems]

    with pytest.raises(Refusal) as refusal:
        await school.run(create_school_year, name="Long", starts_on=date(2030, 1, 1), ends_on=date(2032, 1, 2))
    assert [("TOO_LONG", "endsOn")] == problems(refusal)
    with pytest.raises(Refusal) as refusal:
        await school.run(create_school_year, name="Within", starts_on=date(2026, 5, 31), ends_on=date(2026, 8, 1))
    assert [("OVERLAP", "startsOn")] == problems(refusal)
    year = await school.run(create_school_year, name="Two", starts_on=date(2030, 1, 1), ends_on=date(2031, 12, 31))
    for days in ({"starts_on": date(2026, 5, 1)}, {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 6, 1)}):
        with pytest.raises(Refusal):
            await school.run(change_school_year, school_year=year, **days)
    assert date(2030, 1, 1) == await school.one("SELECT starts_on FROM school_year WHERE id = $1", year)


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(1, 1, 1), "OUT_OF_RANGE"), (date.max, "OUT_OF_RANGE"), (date(2025, 10, 16), "OUT_OF_RANGE")],
)
async def test_a_roster_takes_no_impossible_birth_dates(school: Any, day: date, code: str) -> None:
    shape = SchoolShape("a", grades=("6",), classes=1, students=2, subjects=(("math", "Mathematics"),))
    roster = generate_roster([shape], seed=1)
    student = next(each.person for each in roster.enrolments if each.role == "student")
    first, *rest = (each for each in roster.demographics if each.person == student)
    others = tuple(each for each in roster.demographics if each.person != student)
    roster = replace(roster, demographics=(replace(first, born_on=day), *rest, *others))
    bundle = base64.b64encode(write_zip(write_roster(roster))).decode()
    with pytest.raises(Refusal) as refusal:
        await school.run(import_roster, bundle=bundle, organisations=["a"])
    assert [code] == [each.code for each in refusal.value.problems]
    assert 0 == await school.one("SELECT count(*) FROM student")


async def test_calendars_are_bounded_too(school: Any) -> None:
    year = await school.one("SELECT id FROM school_year")
    event = "BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:Tet\r\nDTSTART;VALUE=DATE:{1}\r\n{2}END:VEVENT\r\n"
    body = "".join(
        event.format(number, first, more)
        for number, (first, more) in enumerate(
            [("99991231", ""), ("00010101", ""), ("20260101", "DURATION:P9999999D\r\n"), ("20260101", "")]
        )
    )
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"
    file = FileMade("tet.ics", "text/calendar", content.encode())
    with pytest.raises(Refusal) as refusal:
        await school.run(import_calendar_entries, school_year=year, file=file)
    assert [4, 9, 14] == [each.row for each in refusal.value.problems]
    file = FileMade("tet.csv", "text/csv", b"name,starts_on\nTet,9999-12-31\n")
    with pytest.raises(Refusal) as refusal:
        await school.run(import_calendar_entries, school_year=year, file=file)
    assert [("BAD_DATE", 2)] == [(each.code, each.row) for each in refusal.value.problems]
