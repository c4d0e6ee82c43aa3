"""The registry as a roster: what one school gives, another can take."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

import pytest

from homeroom.errors import Refusal
from homeroom.names import Script
from homeroom_rosters.commands import export_roster, import_roster
from homeroom_rosters.roster.formats import FORMATS, read_roster
from homeroom_school.commands.calendar import make_school_year_current
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students, number_class
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.identity import record_identifier, record_name
from homeroom_school.commands.people import NameInput, change_student, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching
from homeroom_school.tables import Relation, Sex

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST_DAY = date(2025, 9, 5)

#: What each format can say about an enrolment, of a student and of a guardianship.
_SAID = {
    "oneroster-1.2": ("classNumber", "code sex", "__typename"),
    "sds-v2.1": ("__typename", "sex", "relation"),
    "sds-v1": ("__typename", "code", "relation"),
}


def seen(form: str) -> str:
    """A query for all that a format can say."""
    enrolment, student, guardianship = _SAID[form]
    return f"""{{
        schoolClasses {{ nodes {{
            name kind gradeLevel {{ code }}
            subjects {{ nodes {{ subject {{ code }} teachingAssignments {{ nodes {{ staff {{ fullName }} }} }} }} }}
            currentHomeroomAppointment {{ staff {{ fullName }} }}
            currentEnrolments {{ nodes {{ {enrolment} student {{
                fullName birthDate {student}
                guardianships {{ nodes {{ {guardianship} guardian {{ fullName email }} }} }} }} }} }} }} }}
        staffMembers {{ nodes {{ fullName }} }}
        students {{ totalCount }} }}"""


def in_one_order(answer: Any) -> Any:
    """The answer with every list sorted: rows made together have no order among themselves."""
    if isinstance(answer, dict):
        return {name: in_one_order(value) for name, value in answer.items()}
    return sorted(map(in_one_order, answer), key=str) if isinstance(answer, list) else answer


async def filled(school: Any) -> None:
    """Two classes with people who have all that people can have."""
    year = await school.one("SELECT id FROM school_year")
    levels = {row["code"]: row["id"] for row in await school.sql("SELECT id, code FROM grade_level")}
    teacher = await school.run(create_staff, name=NameInput("Lan", "Trần", "Thị"), code="T1")
    for grade in ("6", "7"):
        school_class = await school.run(
            create_school_class, school_year=year, name=f"{grade}A", grade_level=levels[grade]
        )
        students = [
            await school.run(
                create_student,
                name=NameInput(given, "Nguyễn", "Văn Minh"),
                code=f"S{grade}-{given}",
                sex=Sex.FEMALE,
                birth_date=date(2013, 1, 2),
            )
            for given in ("An", "Bình")
        ]
        await school.run(
            enrol_students,
            school_class=school_class,
            rows=[EnrolmentRow(each) for each in students],
            starts_on=FIRST_DAY,
        )
        await school.run(number_class, school_class=school_class)
        guardian = await school.run(create_guardian, name=NameInput("Hoa", "Phạm"), email=f"hoa{grade}@people.example")
        await school.run(start_guardianship, student=students[0], guardian=guardian, relation=Relation.PARENT)
        await school.run(appoint_homeroom_teacher, school_class=school_class, staff=teacher, starts_on=FIRST_DAY)
        subjects = await school.sql("SELECT id FROM class_subject WHERE school_class_id = $1", school_class)
        await school.run(
            assign_teaching, rows=[TeachingRow(each["id"], teacher) for each in subjects], starts_on=FIRST_DAY
        )
        await school.run(record_identifier, kind="vn.sector_code", value=f"790000000{grade}", student=students[0])
        await school.run(record_name, name=NameInput("安", "陳", script=Script.HAN_TRADITIONAL), student=students[0])


@pytest.mark.parametrize("form", sorted(FORMATS))
async def test_what_one_school_gives_another_can_take(school: Any, make_school: Any, form: str) -> None:
    await filled(school)
    answer = await school.ask(
        f'mutation {{ exportRoster(input: {{format: "{form}"}}) {{ result errors {{ code }} }} }}'
    )
    assert [] == answer["data"]["exportRoster"]["errors"]
    content = answer["data"]["exportRoster"]["result"]
    assert form == read_roster(base64.b64decode(content)).format
    other = await make_school()
    await other.run(import_roster, bundle=content, organisations=[school.space.slug])
    ours, theirs = await school.ask(seen(form)), await other.ask(seen(form))
    assert "errors" not in ours
    assert len(ours["data"]["schoolClasses"]["nodes"]) == 2
    assert in_one_order(ours) == in_one_order(theirs)


async def test_numbers_and_names_go_along(school: Any, make_school: Any) -> None:
    await filled(school)
    other = await make_school()
    content = await school.run(export_roster)
    await other.run(import_roster, bundle=content, organisations=[school.space.slug])
    document = """{ personIdentifiers { nodes { kind value student { fullName code } } }
                    personNames { nodes { script fullName student { fullName code } } } }"""
    first, second = await school.ask(document), await other.ask(document)
    assert in_one_order(first) == in_one_order(second)
    assert 2 == len(first["data"]["personIdentifiers"]["nodes"])


async def test_without_a_current_year_there_is_nothing_to_give(school: Any) -> None:
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute("UPDATE school_year SET status = 'past'")
    with pytest.raises(Refusal):
        await school.run(export_roster)
    await school.run(make_school_year_current, school_year=await school.one("SELECT id FROM school_year"))
    assert await school.run(export_roster)


async def test_the_audit_tells_whose_contacts_and_numbers_went_out(school: Any) -> None:
    await filled(school)
    reached = await school.one("SELECT id FROM student WHERE code = 'S6-An'")
    await school.run(change_student, student=reached, email="an@people.example")
    await school.run(export_roster, format="oneroster-1.2")
    lines = await school.sql(
        "SELECT l.noun, l.row_id, l.new_values ->> 'read' AS read"
        " FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id WHERE e.command = 'rosters.roster.export'"
    )
    numbers = {row["id"] for row in await school.sql("SELECT id FROM person_identifier")}
    assert 2 == len(numbers)
    reported = {(row["noun"], row["row_id"], row["read"]) for row in lines}
    assert {
        ("student", reached, '["email"]'),
        *(("person_identifier", each, '["value"]') for each in numbers),
    } == reported
