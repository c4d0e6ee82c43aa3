"""What an office entered by mistake can be corrected: removed while nothing depends on it, added, or made one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from homeroom.custom import FieldKind
from homeroom.custom_fields.commands import CustomValueRow, define_custom_field, set_custom_values
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom.names import Script
from homeroom_calendar.commands.entries import plan_calendar
from homeroom_school.commands.calendar import (
    TermRow,
    add_terms,
    create_school_year,
    remove_school_year,
    remove_term,
)
from homeroom_school.commands.classes import create_school_class, remove_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.identity import record_name
from homeroom_school.commands.people import (
    NameInput,
    create_guardian,
    create_staff,
    create_student,
    merge_students,
    remove_guardians,
    remove_staff,
    remove_students,
)
from homeroom_school.commands.teaching import appoint_homeroom_teacher

FIRST = date(2025, 9, 5)
MERGE = """
mutation ($keep: ID!, $duplicate: ID!) {
  mergeStudents(input: {keep: $keep, duplicate: $duplicate}) {
    student { code birthDate enrolments { nodes { startsOn endsOn schoolClass { name } } } }
    errors { code message field }
  }
}
"""


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


async def a_class(school: Any, name: str = "6A") -> UUID:
    year = await school.one("SELECT id FROM school_year WHERE status = 'current'")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    made: UUID = await school.run(create_school_class, school_year=year, name=name, grade_level=level)
    return made


async def a_student(school: Any, name: str = "An", **more: Any) -> UUID:
    made: UUID = await school.run(create_student, name=NameInput(name, "Lê"), **more)
    return made


# Years, terms and classes -------------------------------------------------------------------------------


async def test_terms_are_added_to_a_year_that_came_without(school: Any) -> None:
    days = {"starts_on": date(2026, 9, 5), "ends_on": date(2027, 5, 31)}
    year = await school.run(create_school_year, name="2026-2027", **days)
    first, second = TermRow("I", date(2026, 9, 5), date(2027, 1, 15)), TermRow("II", date(2027, 1, 16), days["ends_on"])
    await school.run(add_terms, school_year=year, terms=[first])
    await school.run(add_terms, school_year=year, terms=[second])
    found = await school.sql("SELECT number, name FROM term WHERE school_year_id = $1 ORDER BY number", year)
    assert [(1, "I"), (2, "II")] == [tuple(row.values()) for row in found]
    assert [("OVERLAP", "terms.startsOn", 0)] == await refused(school, add_terms, school_year=year, terms=[second])
    late = TermRow("III", date(2027, 6, 1), date(2027, 6, 30))
    assert [("INVALID", "terms.startsOn", 0)] == await refused(school, add_terms, school_year=year, terms=[late])

    term_1, term_2 = [
        row["id"] for row in await school.sql("SELECT id FROM term WHERE school_year_id = $1 ORDER BY number", year)
    ]
    assert [("NOT_LAST", "term", None)] == await refused(school, remove_term, term=term_1)
    await school.run(remove_term, term=term_2)
    await school.run(remove_term, term=term_1)
    assert 0 == await school.one("SELECT count(*) FROM term WHERE school_year_id = $1", year)


async def test_a_year_is_removed_with_its_terms_and_days_while_nothing_depends_on_it(
    school: Any, make_school: Any
) -> None:
    other = await make_school()
    days = {"starts_on": date(2026, 9, 5), "ends_on": date(2027, 5, 31)}
    terms = [TermRow("I", date(2026, 9, 5), date(2027, 1, 15))]
    year = await school.run(create_school_year, name="2026-2027", terms=terms, **days)
    theirs = await other.run(create_school_year, name="2026-2027", terms=terms, **days)
    await school.run(plan_calendar, school_year=year, weekdays=[1, 2, 3, 4, 5])
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    room = await school.run(create_school_class, school_year=year, name="6A", grade_level=level)

    assert [("IN_USE", "schoolYear", None)] == await refused(school, remove_school_year, school_year=year)
    with pytest.raises(Refusal, match="in use: 1 school classes"):
        await school.run(remove_school_year, school_year=year)
    current = await school.one("SELECT id FROM school_year WHERE status = 'current'")
    assert [("CURRENT_YEAR", "schoolYear", None)] == await refused(school, remove_school_year, school_year=current)
    with pytest.raises(Refusal):
        await school.run(remove_school_year, school_year=theirs)

    await school.run(remove_school_class, school_class=room)
    await school.run(remove_school_year, school_year=year)
    for table in ("term", "calendar_day", "class_subject"):
        assert 0 == await school.one(
            f"SELECT count(*) FROM {table} t WHERE id NOT IN (SELECT id FROM {table}"
            + (f" WHERE school_year_id = '{current}')" if table != "class_subject" else ")")
        )
    assert 1 == await other.one("SELECT count(*) FROM term WHERE school_year_id = $1", theirs)


async def test_a_class_with_students_or_teachers_stays(school: Any) -> None:
    room, student = await a_class(school), await a_student(school)
    await school.run(enrol_students, school_class=room, rows=[EnrolmentRow(student)], starts_on=FIRST)
    teacher = await school.run(create_staff, name=NameInput("Mai", "Trần"))
    await school.run(appoint_homeroom_teacher, school_class=room, staff=teacher, starts_on=FIRST)
    with pytest.raises(Refusal, match="in use: 1 class enrolments, 1 homeroom appointments"):
        await school.run(remove_school_class, school_class=room)
    assert [("IN_USE", "staff", 0)] == await refused(school, remove_staff, staff=[teacher])


# People -------------------------------------------------------------------------------------------------


async def test_people_go_with_names_and_own_values_all_or_none(school: Any) -> None:
    wrong, right = await a_student(school, "Sai"), await a_student(school, "Đúng")
    await school.run(record_name, student=wrong, name=NameInput("Sai", "Li", script=Script.LATIN))
    field = await school.run(define_custom_field, noun="Student", name="bus", kind=FieldKind.TEXT, title="Bus")
    school.space = await school.host.directory.space(school.space.slug)
    assert field is not None
    await school.run(set_custom_values, noun="Student", rows=[CustomValueRow(f"Student_{wrong}", "bus", "7")])
    room = await a_class(school)
    await school.run(enrol_students, school_class=room, rows=[EnrolmentRow(right)], starts_on=FIRST)
    assert [("IN_USE", "students", 1)] == await refused(school, remove_students, students=[wrong, right])
    assert 2 == await school.one("SELECT count(*) FROM student")
    await school.run(remove_students, students=[wrong])
    assert [{"id": right}] == await school.sql("SELECT id FROM student")
    assert 0 == await school.one("SELECT count(*) FROM person_name")
    assert 0 == await school.one("SELECT count(*) FROM custom_value")


async def test_who_has_a_login_is_not_removed(school: Any) -> None:
    guardian = await school.run(create_guardian, name=NameInput("Hoa", "Lê"))
    account = await school.host.directory.create_account(login=f"hoa-{guardian}"[:40], name="Hoa")
    await school.host.directory.add_member(school.space.id, account, roles=["guardian"], person=guardian)
    assert [("HAS_LOGIN", "guardians", 0)] == await refused(school, remove_guardians, guardians=[guardian])


async def test_two_records_of_one_student_become_one(school: Any, make_school: Any) -> None:
    other = await make_school()
    room = await a_class(school)
    keep = await a_student(school, code="S1")
    double = await a_student(school, code="1001", birth_date=date(2014, 3, 1))
    stranger = await a_student(other)
    mother = await school.run(create_guardian, name=NameInput("Hoa", "Lê"))
    for student, first in ((keep, date(2025, 9, 20)), (double, FIRST)):
        await school.run(enrol_students, school_class=room, rows=[EnrolmentRow(student)], starts_on=first)
        await school.run(start_guardianship, student=student, guardian=mother, starts_on=first)
    await school.run(record_name, student=double, name=NameInput("An", "Li", script=Script.LATIN))

    foreign = await school.ask(MERGE, keep=f"Student_{keep}", duplicate=f"Student_{stranger}")
    assert ["NOT_FOUND"] == [each["code"] for each in foreign["data"]["mergeStudents"]["errors"]]
    answer = await school.ask(MERGE, keep=f"Student_{keep}", duplicate=f"Student_{double}")
    enrolment = {"startsOn": "2025-09-05", "endsOn": None, "schoolClass": {"name": "6A"}}
    assert {
        "student": {"code": "S1", "birthDate": "2014-03-01", "enrolments": {"nodes": [enrolment]}},
        "errors": [],
    } == answer["data"]["mergeStudents"]
    assert 1 == await school.one("SELECT count(*) FROM student")
    assert ("student_merging", keep, double) in school.host.registry.plugins["zz"].asked
    assert [{"student_id": keep, "starts_on": FIRST}] == await school.sql(
        "SELECT student_id, starts_on FROM guardianship"
    )
    assert [{"student_id": keep}] == await school.sql("SELECT student_id FROM person_name")


async def test_periods_that_meet_become_one_however_many_they_are(school: Any) -> None:
    school_class = await a_class(school)
    keep, duplicate, both, other = [await a_student(school) for _ in range(4)]

    async def enrol(student: UUID, *days: tuple[date, date]) -> None:
        for first, last in days:
            await school.run(
                enrol_students,
                school_class=school_class,
                rows=[EnrolmentRow(student)],
                starts_on=first,
                ends_on=last,
            )

    # The second period of the duplicate meets what the kept one became by the first.
    await enrol(keep, (date(2025, 10, 10), date(2025, 10, 20)))
    await enrol(duplicate, (FIRST, date(2025, 10, 12)), (date(2025, 10, 18), date(2025, 11, 30)))
    await school.run(merge_students, keep=keep, duplicate=duplicate)
    days = "SELECT starts_on, ends_on FROM class_enrolment WHERE student_id = $1"
    assert [(FIRST, date(2025, 11, 30))] == [tuple(row.values()) for row in await school.sql(days, keep)]

    # One period of the duplicate joins two of the kept record.
    await enrol(both, (FIRST, date(2025, 9, 30)), (date(2025, 11, 1), date(2025, 11, 30)))
    await enrol(other, (date(2025, 9, 20), date(2025, 11, 10)))
    await school.run(merge_students, keep=both, duplicate=other)
    assert [(FIRST, date(2025, 11, 30))] == [tuple(row.values()) for row in await school.sql(days, both)]


async def test_two_classes_on_one_day_are_not_one_student(school: Any) -> None:
    keep, double = await a_student(school), await a_student(school)
    for student, name in ((keep, "6A"), (double, "6B")):
        room = await a_class(school, name)
        await school.run(enrol_students, school_class=room, rows=[EnrolmentRow(student)], starts_on=FIRST)
    assert [("MERGE_CONFLICT", "duplicate", None)] == await refused(school, merge_students, keep=keep, duplicate=double)
    assert 2 == await school.one("SELECT count(DISTINCT student_id) FROM class_enrolment")
