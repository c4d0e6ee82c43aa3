"""The registry's commands: what they write, and what they refuse without writing."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from homeroom.errors import Forbidden, Refusal
from homeroom.messages import spelt
from homeroom.names import Order, Script
from homeroom_school.commands.calendar import (
    TermRow,
    change_term,
    create_school_year,
    make_school_year_current,
)
from homeroom_school.commands.classes import (
    ClassSubjectRow,
    change_school_class,
    create_school_class,
    plan_class_subjects,
)
from homeroom_school.commands.enrolment import (
    EnrolmentRow,
    end_enrolments,
    enrol_students,
    move_students,
    number_class,
)
from homeroom_school.commands.guardianship import end_guardianship, start_guardianship
from homeroom_school.commands.identity import (
    record_identifier,
    record_name,
    remove_identifier,
)
from homeroom_school.commands.people import (
    NameInput,
    change_student,
    create_guardian,
    create_staff,
    create_student,
)
from homeroom_school.commands.structure import (
    GradeSubjectRow,
    change_subject,
    create_grade_level,
    create_subject,
    plan_grade_subjects,
)
from homeroom_school.commands.teaching import (
    TeachingRow,
    appoint_homeroom_teacher,
    assign_teaching,
    end_homeroom_appointment,
    end_teaching,
)
from homeroom_school.settings import REGISTRY_SETTINGS
from homeroom_school.tables import ClassKind, Relation, Sex

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def year_of(school: Any) -> UUID:
    year: UUID = await school.one("SELECT id FROM school_year WHERE status = 'current'")
    return year


async def class_of(school: Any, name: str = "6A", grade: str = "6") -> UUID:
    level = await school.one("SELECT id FROM grade_level WHERE code = $1", grade)
    made: UUID = await school.run(create_school_class, school_year=await year_of(school), name=name, grade_level=level)
    return made


async def students_of(school: Any, *given: str) -> list[UUID]:
    return [
        await school.run(create_student, name=NameInput(each, "Nguyễn", "Văn"), code=f"S-{each}-{number}")
        for number, each in enumerate(given)
    ]


async def refused(awaitable: Any) -> list[tuple[str, str | None, int | None]]:
    with pytest.raises(Refusal) as caught:
        await awaitable
    return [(each.code, spelt(each.field), each.row) for each in caught.value.problems]


# Years and terms -----------------------------------------------------------------------------------------


async def test_a_year_is_planned_with_its_terms_and_begun(school: Any) -> None:
    terms = [
        TermRow("I", date(2026, 9, 1), date(2026, 12, 31)),
        TermRow("II", date(2027, 1, 1), date(2027, 5, 31)),
    ]
    year = await school.run(
        create_school_year, name="2026-2027", starts_on=date(2026, 9, 1), ends_on=date(2027, 5, 31), terms=terms
    )
    await school.run(make_school_year_current, school_year=year)
    assert [("2025-2026", "past"), ("2026-2027", "current")] == [
        (row["name"], row["status"]) for row in await school.sql("SELECT name, status FROM school_year ORDER BY name")
    ]
    assert [1, 2] == [
        row["number"]
        for row in await school.sql("SELECT number FROM term WHERE school_year_id = $1 ORDER BY number", year)
    ]


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ([TermRow("I", date(2026, 8, 1), date(2026, 12, 1))], ("INVALID", "terms.startsOn", 0)),
        ([TermRow("I", date(2026, 10, 1), date(2026, 9, 1))], ("ENDS_BEFORE_START", "terms.endsOn", 0)),
        (
            [TermRow("I", date(2026, 9, 1), date(2026, 12, 1)), TermRow("II", date(2026, 12, 1), date(2027, 2, 1))],
            ("OVERLAP", "terms.startsOn", 1),
        ),
        (
            [TermRow("I", date(2027, 2, 1), date(2027, 5, 1)), TermRow("II", date(2026, 9, 1), date(2026, 12, 1))],
            ("INVALID", "terms.startsOn", 1),
        ),
    ],
)
async def test_terms_that_do_not_fit_are_refused(
    school: Any, terms: list[TermRow], problem: tuple[str, str, int]
) -> None:
    found = await refused(
        school.run(create_school_year, name="X", starts_on=date(2026, 9, 1), ends_on=date(2027, 5, 31), terms=terms)
    )
    assert [problem] == found
    assert 1 == await school.one("SELECT count(*) FROM school_year")


async def test_names_of_years_are_unique_and_terms_do_not_overlap(school: Any) -> None:
    same = school.run(create_school_year, name=" 2025-2026 ", starts_on=date(2030, 9, 1), ends_on=date(2031, 5, 31))
    assert [("DUPLICATE", "name", None)] == await refused(same)
    first = await school.one("SELECT id FROM term WHERE number = 1")
    over = school.run(change_term, term=first, ends_on=date(2026, 2, 1))
    assert [("OVERLAP", "startsOn", None)] == await refused(over)
    outside = school.run(change_term, term=first, starts_on=date(2025, 8, 1))
    assert [("INVALID", "startsOn", None)] == await refused(outside)
    assert date(2026, 1, 15) == await school.one("SELECT ends_on FROM term WHERE number = 1")


# Classes and subjects ------------------------------------------------------------------------------------


async def test_a_class_starts_with_the_subjects_of_its_grade(school: Any) -> None:
    school_class = await class_of(school)
    plan = await school.sql(
        "SELECT s.code, cs.periods_per_year FROM class_subject cs JOIN subject s ON s.id = cs.subject_id"
        " WHERE cs.school_class_id = $1 ORDER BY s.code",
        school_class,
    )
    assert [("lang", 140), ("math", 140), ("music", None)] == [tuple(row.values()) for row in plan]


async def test_what_a_class_is_taught_can_be_changed(school: Any) -> None:
    school_class = await class_of(school)
    subject = await school.run(create_subject, code="art", title="Mĩ thuật")
    math = await school.one("SELECT id FROM subject WHERE code = 'math'")
    rows = [ClassSubjectRow(subject, 35), ClassSubjectRow(math, 120)]
    ids = await school.run(plan_class_subjects, school_class=school_class, rows=rows)
    assert ids == await school.run(plan_class_subjects, school_class=school_class, rows=rows)
    assert {35, 120, 140, None} == {
        row["periods_per_year"]
        for row in await school.sql(
            "SELECT periods_per_year FROM class_subject WHERE school_class_id = $1", school_class
        )
    }
    wrong = school.run(plan_class_subjects, school_class=school_class, rows=[ClassSubjectRow(math, 0)])
    assert [("OUT_OF_RANGE", "rows.periodsPerYear", 0)] == await refused(wrong)


async def test_a_retired_subject_is_given_to_no_new_class(school: Any) -> None:
    music = await school.one("SELECT id FROM subject WHERE code = 'music'")
    await school.run(change_subject, subject=music, active=False)
    school_class = await class_of(school)
    assert 2 == await school.one("SELECT count(*) FROM class_subject WHERE school_class_id = $1", school_class)


async def test_the_plan_of_a_grade_is_kept_once(school: Any) -> None:
    level = await school.run(create_grade_level, number=8, code="8", title="Lớp 8")
    math = await school.one("SELECT id FROM subject WHERE code = 'math'")
    first = await school.run(plan_grade_subjects, rows=[GradeSubjectRow(level, math, 140)])
    again = await school.run(plan_grade_subjects, rows=[GradeSubjectRow(level, math, 105)])
    assert first == again
    assert 105 == await school.one("SELECT periods_per_year FROM grade_subject WHERE id = $1", first[0])


async def test_homeroom_classes_of_a_year_have_different_names(school: Any) -> None:
    await class_of(school)
    other = await class_of(school, "6B")
    assert [("DUPLICATE", "name", None)] == await refused(class_of(school, "6A"))
    assert [("DUPLICATE", "name", None)] == await refused(
        school.run(change_school_class, school_class=other, name="6A")
    )
    no_grade = school.run(create_school_class, school_year=await year_of(school), name="6C")
    assert [("REQUIRED", "gradeLevel", None)] == await refused(no_grade)


# People --------------------------------------------------------------------------------------------------


async def test_students_stand_in_the_order_of_their_names(school: Any) -> None:
    await students_of(school, "Bình", "Ánh", "An")
    answer = await school.ask("{ students { totalCount nodes { fullName } } }")
    names = [node["fullName"] for node in answer["data"]["students"]["nodes"]]
    assert ["Nguyễn Văn An", "Nguyễn Văn Ánh", "Nguyễn Văn Bình"] == names


async def test_the_order_of_all_names_can_be_changed(school: Any) -> None:
    await school.run(create_student, name=NameInput("An", "Vũ"))
    await school.run(create_student, name=NameInput("Bình", "Lê"))
    await school.run(REGISTRY_SETTINGS.change, name_order=Order.LATIN)
    answer = await school.ask("{ students { nodes { fullName } } }")
    assert ["Lê Bình", "Vũ An"] == [node["fullName"] for node in answer["data"]["students"]["nodes"]]


async def test_the_longest_names_can_be_stored_and_listed(school: Any) -> None:
    for order in Order:
        await school.run(REGISTRY_SETTINGS.change, name_order=order)
        for letter in ("z", "ữ", "龍", "😀"):
            await school.run(create_student, name=NameInput(letter * 120, letter * 120, letter * 120))
    answer = await school.ask("{ students { totalCount nodes { givenName } } }")
    assert 16 == answer["data"]["students"]["totalCount"]


async def test_what_is_not_given_stays_and_an_empty_text_clears(school: Any) -> None:
    (student,) = await students_of(school, "An")
    await school.run(change_student, student=student, email="an@people.example", phone="1")
    await school.run(change_student, student=student, phone="", birth_date=date(2013, 1, 2))
    row = (await school.sql("SELECT email, phone, birth_date, code FROM student"))[0]
    assert {"email": "an@people.example", "phone": None, "birth_date": date(2013, 1, 2), "code": "S-An-0"} == row


async def test_a_change_of_what_somebody_else_changed_is_a_conflict(school: Any) -> None:
    (student,) = await students_of(school, "An")
    await school.run(change_student, student=student, phone="1", expected_version=1)
    with pytest.raises(Refusal):
        await school.run(change_student, student=student, phone="2", expected_version=1)
    assert "1" == await school.one("SELECT phone FROM student")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"name": NameInput("  ")}, ("REQUIRED", "name.givenName", None)),
        ({"name": NameInput("A", "x" * 121)}, ("TOO_LONG", "name.familyName", None)),
        ({"name": NameInput("A"), "birth_date": date(2025, 10, 16)}, ("OUT_OF_RANGE", "birthDate", None)),
        ({"name": NameInput("A"), "phone": "1" * 41}, ("TOO_LONG", "phone", None)),
        ({"name": NameInput("A"), "email": "nobody"}, ("BAD_FORMAT", "email", None)),
        ({"name": NameInput("A\0B")}, ("BAD_CHARACTER", "name.givenName", None)),
        ({"name": NameInput("A"), "birth_place": "\x07"}, ("BAD_CHARACTER", "birthPlace", None)),
        ({"name": NameInput("A"), "code": "taken"}, ("DUPLICATE", "code", None)),
    ],
)
async def test_bad_particulars_are_refused(school: Any, arguments: dict[str, Any], problem: Any) -> None:
    await school.run(create_student, name=NameInput("B"), code="taken")
    assert [problem] == await refused(school.run(create_student, **arguments))
    assert 1 == await school.one("SELECT count(*) FROM student")


async def test_numbers_of_people_are_checked_unique_and_replaced(school: Any) -> None:
    first, second = await students_of(school, "An", "Bình")
    made = await school.run(record_identifier, kind="hk.hkid", value="a123456(3)", student=first)
    row = (await school.sql("SELECT kind, value, masked FROM person_identifier"))[0]
    assert {"kind": "hk.hkid", "value": "A1234563", "masked": "A123***(*)"} == row
    same = school.run(record_identifier, kind="hk.hkid", value="A1234563", student=second)
    assert [("DUPLICATE", "value", None)] == await refused(same)
    wrong = school.run(record_identifier, kind="hk.hkid", value="A123456(4)", student=second)
    assert [("CHECK_CHARACTER", "value", None)] == await refused(wrong)
    unknown = school.run(record_identifier, kind="xx", value="1", student=second)
    assert [("UNKNOWN_KIND", "kind", None)] == await refused(unknown)
    assert made == await school.run(record_identifier, kind="hk.hkid", value="G123456(A)", student=first)
    nobody = school.run(record_identifier, kind="hk.strn", value="1")
    assert [("EXACTLY_ONE", "student", None)] == await refused(nobody)
    await school.run(remove_identifier, identifier=made)
    assert 0 == await school.one("SELECT count(*) FROM person_identifier")


async def test_what_a_number_tells_otherwise_is_a_doubt_and_no_refusal(school: Any) -> None:
    student = await school.run(create_student, name=NameInput("An"), sex=Sex.MALE, birth_date=date(1949, 12, 30))
    await school.run(record_identifier, kind="cn.resident_id", value="11010519491231002X", student=student)

    async def doubts() -> list[str]:
        answer = await school.ask("{ personIdentifiers { nodes { doubts } } }")
        found: list[str] = answer["data"]["personIdentifiers"]["nodes"][0]["doubts"]
        return found

    assert ["birth_date_differs", "sex_differs"] == await doubts()
    await school.run(change_student, student=student, birth_date=date(1949, 12, 31))
    assert ["sex_differs"] == await doubts()
    await school.run(change_student, student=student, sex=Sex.FEMALE)
    assert [] == await doubts()


async def test_a_person_has_one_further_name_in_each_script(school: Any) -> None:
    (student,) = await students_of(school, "An")
    name = NameInput("大文", "陳", script=Script.HAN_TRADITIONAL)
    made = await school.run(record_name, name=name, student=student)
    again = NameInput("大明", "陳", script=Script.HAN_TRADITIONAL)
    assert made == await school.run(record_name, name=again, student=student)
    answer = await school.ask("{ students { nodes { otherNames { nodes { fullName script } } } } }")
    names = answer["data"]["students"]["nodes"][0]["otherNames"]["nodes"]
    assert [{"fullName": "陳大明", "script": "HAN_TRADITIONAL"}] == names


async def test_guardianship_has_a_beginning_and_an_end(school: Any) -> None:
    (student,) = await students_of(school, "An")
    guardian = await school.run(create_guardian, name=NameInput("Hoa", "Lê"))
    made = await school.run(start_guardianship, student=student, guardian=guardian, relation=Relation.MOTHER)
    twice = school.run(start_guardianship, student=student, guardian=guardian)
    assert [("OVERLAP", "guardian", None)] == await refused(twice)
    early = school.run(end_guardianship, guardianship=made, ends_on=date(2025, 10, 14))
    assert [("INVALID", "endsOn", None)] == await refused(early)
    await school.run(end_guardianship, guardianship=made)
    assert date(2025, 10, 15) == await school.one("SELECT ends_on FROM guardianship")


# Enrolment -----------------------------------------------------------------------------------------------


async def test_a_student_is_in_one_homeroom_class_a_day(school: Any) -> None:
    first, second = await class_of(school, "6A"), await class_of(school, "6B")
    students = await students_of(school, "An", "Bình")
    rows = [EnrolmentRow(student, number) for number, student in enumerate(students, start=1)]
    await school.run(enrol_students, school_class=first, rows=rows)
    again = school.run(enrol_students, school_class=second, rows=[EnrolmentRow(students[1])])
    assert [("OVERLAP", "rows.student", 0)] == await refused(again)
    choir = await school.run(
        create_school_class, school_year=await year_of(school), name="Choir", kind=ClassKind.COURSE
    )
    await school.run(enrol_students, school_class=choir, rows=[EnrolmentRow(students[1])])
    assert 3 == await school.one("SELECT count(*) FROM class_enrolment")


async def test_moving_ends_the_old_and_begins_the_new(school: Any) -> None:
    first, second = await class_of(school, "6A"), await class_of(school, "6B")
    (student,) = await students_of(school, "An")
    await school.run(enrol_students, school_class=first, rows=[EnrolmentRow(student)], starts_on=date(2025, 9, 5))
    await school.run(move_students, to_class=second, rows=[EnrolmentRow(student, 1)], on=date(2025, 10, 1))
    rows = await school.sql("SELECT school_class_id, starts_on, ends_on FROM class_enrolment ORDER BY starts_on")
    assert [
        {"school_class_id": first, "starts_on": date(2025, 9, 5), "ends_on": date(2025, 9, 30)},
        {"school_class_id": second, "starts_on": date(2025, 10, 1), "ends_on": None},
    ] == rows
    current = await school.ask("{ students { nodes { currentEnrolment { schoolClass { name } } } } }")
    assert "6B" == current["data"]["students"]["nodes"][0]["currentEnrolment"]["schoolClass"]["name"]
    back = school.run(move_students, to_class=first, rows=[EnrolmentRow(student)], on=date(2025, 10, 1))
    assert [("INVALID", "on", 0)] == await refused(back)


async def test_class_numbers_follow_the_names_and_are_taken_once(school: Any) -> None:
    school_class = await class_of(school)
    students = await students_of(school, "Bình", "An", "Ánh")
    rows = [EnrolmentRow(student) for student in students]
    await school.run(enrol_students, school_class=school_class, rows=rows)
    await school.run(number_class, school_class=school_class)
    answer = await school.ask(
        "{ schoolClasses { nodes { currentEnrolments { nodes { classNumber student { givenName } } } } } }"
    )
    nodes = answer["data"]["schoolClasses"]["nodes"][0]["currentEnrolments"]["nodes"]
    assert [(1, "An"), (2, "Ánh"), (3, "Bình")] == [
        (node["classNumber"], node["student"]["givenName"]) for node in nodes
    ]
    (late,) = await students_of(school, "Cường")
    taken = school.run(enrol_students, school_class=school_class, rows=[EnrolmentRow(late, 2)])
    assert [("DUPLICATE", "rows.classNumber", 0)] == await refused(taken)


async def test_every_bad_row_of_a_batch_is_named(school: Any) -> None:
    school_class = await class_of(school)
    students = await students_of(school, "An", "Bình", "Chi")
    await school.run(enrol_students, school_class=school_class, rows=[EnrolmentRow(students[1])])
    rows = [EnrolmentRow(each) for each in students]
    assert [("OVERLAP", "rows.student", 1)] == await refused(
        school.run(enrol_students, school_class=school_class, rows=rows)
    )
    rows = [EnrolmentRow(students[0]), EnrolmentRow(uuid4()), EnrolmentRow(uuid4())]
    assert [("NOT_FOUND", "rows.student", 1), ("NOT_FOUND", "rows.student", 2)] == await refused(
        school.run(enrol_students, school_class=school_class, rows=rows)
    )
    assert 1 == await school.one("SELECT count(*) FROM class_enrolment")


async def test_enrolments_end_on_a_day(school: Any) -> None:
    school_class = await class_of(school)
    ids = await school.run(
        enrol_students,
        school_class=school_class,
        rows=[EnrolmentRow(each) for each in await students_of(school, "An")],
    )
    early = school.run(end_enrolments, enrolments=ids, ends_on=date(2025, 9, 1))
    assert [("INVALID", "endsOn", 0)] == await refused(early)
    await school.run(end_enrolments, enrolments=ids)
    assert date(2025, 10, 15) == await school.one("SELECT ends_on FROM class_enrolment")


# Teaching ------------------------------------------------------------------------------------------------


async def test_a_new_homeroom_teacher_follows_the_old(school: Any) -> None:
    school_class = await class_of(school)
    first = await school.run(create_staff, name=NameInput("Lan", "Trần"))
    second = await school.run(create_staff, name=NameInput("Nga", "Phạm"))
    await school.run(appoint_homeroom_teacher, school_class=school_class, staff=first, starts_on=date(2025, 9, 5))
    made = await school.run(appoint_homeroom_teacher, school_class=school_class, staff=second)
    rows = await school.sql("SELECT staff_id, starts_on, ends_on FROM homeroom_appointment ORDER BY starts_on")
    assert [
        {"staff_id": first, "starts_on": date(2025, 9, 5), "ends_on": date(2025, 10, 14)},
        {"staff_id": second, "starts_on": date(2025, 10, 15), "ends_on": None},
    ] == rows
    again = school.run(appoint_homeroom_teacher, school_class=school_class, staff=second)
    assert [("DUPLICATE", "staff", None)] == await refused(again)
    await school.run(end_homeroom_appointment, appointment=made, ends_on=date(2025, 12, 31))


async def test_several_teachers_may_share_a_subject_but_not_twice(school: Any) -> None:
    await class_of(school)
    subject = await school.one("SELECT id FROM class_subject LIMIT 1")
    staff = [await school.run(create_staff, name=NameInput(each, "Trần")) for each in ("Lan", "Nga")]
    ids = await school.run(assign_teaching, rows=[TeachingRow(subject, each) for each in staff])
    again = school.run(assign_teaching, rows=[TeachingRow(subject, staff[1])])
    assert [("OVERLAP", "rows.staff", 0)] == await refused(again)
    await school.run(end_teaching, assignments=ids)
    assert 2 == await school.one("SELECT count(*) FROM teaching_assignment WHERE ends_on = '2025-10-15'")


# Walls ---------------------------------------------------------------------------------------------------


async def test_rows_of_another_school_are_not_there(school: Any, make_school: Any) -> None:
    other = await make_school()
    school_class, foreign_class = await class_of(school), await class_of(other)
    (student,) = await students_of(school, "An")
    (foreign,) = await students_of(other, "Bình")
    absent = uuid4()
    for each in (foreign, absent):
        row = school.run(enrol_students, school_class=school_class, rows=[EnrolmentRow(each)])
        assert [("NOT_FOUND", "rows.student", 0)] == await refused(row)
    for each in (foreign_class, absent):
        into = school.run(enrol_students, school_class=each, rows=[EnrolmentRow(student)])
        assert [("NOT_FOUND", "schoolClass", None)] == await refused(into)
    assert 0 == await other.one("SELECT count(*) FROM class_enrolment")


@pytest.mark.parametrize("role", ["admin", "teacher", "student", "guardian"])
async def test_only_the_office_writes(school: Any, role: str) -> None:
    with pytest.raises(Forbidden):
        await school.run(create_student, caller=school.caller(role), name=NameInput("An"))
    assert 0 == await school.one("SELECT count(*) FROM student")
    await school.run(create_student, caller=school.caller("registrar"), name=NameInput("An"))
    assert 1 == await school.one("SELECT count(*) FROM student")
