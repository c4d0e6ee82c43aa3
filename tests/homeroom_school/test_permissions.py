"""Who sees whom: every role against two classes of one school and the same people of another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from homeroom.callers import Caller
from homeroom.names import Script
from homeroom.parts import values_in
from homeroom.resources import Resource
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, end_enrolments, enrol_students, move_students
from homeroom_school.commands.guardianship import end_guardianship, start_guardianship
from homeroom_school.commands.identity import record_identifier, record_name
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import (
    TeachingRow,
    appoint_homeroom_teacher,
    assign_teaching,
    end_homeroom_appointment,
    end_teaching,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST_DAY = date(2025, 9, 5)


@dataclass
class Peopled:
    """A school with two classes of two students, their teachers and a guardian."""

    school: Any
    classes: dict[str, UUID]
    students: dict[str, UUID]
    teachers: dict[str, UUID]
    guardian: UUID
    ids: dict[str, list[UUID]]

    def caller(self, role: str, person: str = "") -> Caller:
        persons = {**self.students, **self.teachers, "guardian": self.guardian}
        made: Caller = self.school.caller(role, persons=[persons[person]] if person else [])
        return made

    async def names(self, caller: Caller, document: str, path: str = "students") -> set[str]:
        answer = await self.school.ask(document, caller=caller)
        return {node["givenName"] for node in answer["data"][path]["nodes"]}

    async def students_of(self, caller: Caller) -> set[str]:
        return await self.names(caller, "{ students { nodes { givenName } } }")


async def people(school: Any) -> Peopled:
    """An and Bình in 6A, Chi and Dũng in 6B; Lan heads 6A and teaches 6B; Hoa is An's guardian."""
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    classes = {
        name: await school.run(create_school_class, school_year=year, name=name, grade_level=level)
        for name in ("6A", "6B")
    }
    students = {
        name: await school.run(create_student, name=NameInput(name, "Lê"), phone=f"phone of {name}", code=name)
        for name in ("An", "Bình", "Chi", "Dũng")
    }
    enrolments: list[UUID] = []
    for name, members in (("6A", ("An", "Bình")), ("6B", ("Chi", "Dũng"))):
        rows = [EnrolmentRow(students[each]) for each in members]
        enrolments += await school.run(enrol_students, school_class=classes[name], rows=rows, starts_on=FIRST_DAY)
    teachers = {
        name: await school.run(create_staff, name=NameInput(name, "Trần"), phone=f"phone of {name}")
        for name in ("Lan", "Nga", "Idle")
    }
    subject = await school.one(
        "SELECT cs.id FROM class_subject cs JOIN subject s ON s.id = cs.subject_id"
        " WHERE s.code = 'math' AND cs.school_class_id = $1",
        classes["6B"],
    )
    homeroom = await school.run(
        appoint_homeroom_teacher, school_class=classes["6A"], staff=teachers["Lan"], starts_on=FIRST_DAY
    )
    teaching = await school.run(assign_teaching, rows=[TeachingRow(subject, teachers["Lan"])], starts_on=FIRST_DAY)
    guardian = await school.run(create_guardian, name=NameInput("Hoa", "Phạm"), phone="phone of Hoa")
    ward = await school.run(start_guardianship, student=students["An"], guardian=guardian, starts_on=FIRST_DAY)
    for name, number in (("An", "A1234563"), ("Chi", "G123456A")):
        await school.run(record_identifier, kind="hk.hkid", value=number, student=students[name])
        await school.run(record_name, student=students[name], name=NameInput("安", "黎", script=Script.HAN_TRADITIONAL))
    ids = {"enrolments": enrolments, "homeroom": [homeroom], "teaching": teaching, "guardianship": [ward]}
    return Peopled(school, classes, students, teachers, guardian, ids)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def peopled(make_school: Any) -> Peopled:
    """A peopled school that is only read; another with the very same people is beside it."""
    await people(await make_school())
    return await people(await make_school())


@pytest_asyncio.fixture(loop_scope="session")
async def changed(school: Any) -> Peopled:
    """A peopled school of one test's own."""
    return await people(school)


@pytest.mark.parametrize(
    ("role", "person", "seen"),
    [
        ("admin", "", {"An", "Bình", "Chi", "Dũng"}),
        ("principal", "", {"An", "Bình", "Chi", "Dũng"}),
        ("registrar", "", {"An", "Bình", "Chi", "Dũng"}),
        ("teacher", "Lan", {"An", "Bình", "Chi", "Dũng"}),
        ("teacher", "Nga", set()),
        ("teacher", "", set()),
        ("student", "An", {"An"}),
        ("student", "", set()),
        ("guardian", "guardian", {"An"}),
        ("guardian", "", set()),
        ("student", "Lan", set()),
    ],
)
async def test_who_sees_which_students(peopled: Peopled, role: str, person: str, seen: set[str]) -> None:
    caller = peopled.caller(role, person)
    assert seen == await peopled.students_of(caller)
    total = await peopled.school.ask("{ students { totalCount } }", caller=caller)
    assert len(seen) == total["data"]["students"]["totalCount"]
    for name, student in peopled.students.items():
        answer = await peopled.school.ask(
            "query ($id: ID!) { student(id: $id) { givenName } }", caller=caller, id=f"Student_{student}"
        )
        assert ({"givenName": name} if name in seen else None) == answer["data"]["student"]


async def test_a_homeroom_teacher_sees_particulars_and_a_subject_teacher_does_not(peopled: Peopled) -> None:
    lan = peopled.caller("teacher", "Lan")
    answer = await peopled.school.ask("{ students { nodes { givenName phone } } }", caller=lan)
    phones = {node["givenName"]: node["phone"] for node in answer["data"]["students"]["nodes"]}
    assert {"An": "phone of An", "Bình": "phone of Bình", "Chi": None, "Dũng": None} == phones


async def test_what_may_not_be_read_may_not_be_asked_by_either(peopled: Peopled) -> None:
    lan = peopled.caller("teacher", "Lan")
    answer = await peopled.school.ask('{ students(filter: {phone: {eq: "phone of Chi"}}) { totalCount } }', caller=lan)
    assert 0 == ((answer.get("data") or {}).get("students") or {"totalCount": 0})["totalCount"]


@pytest.mark.parametrize(
    ("role", "person", "guardians", "numbers", "names"),
    [
        ("registrar", "", 1, 2, 2),
        ("teacher", "Lan", 1, 1, 2),
        ("teacher", "Nga", 0, 0, 0),
        ("student", "An", 1, 1, 1),
        ("student", "Chi", 0, 1, 1),
        ("student", "Dũng", 0, 0, 0),
        ("guardian", "guardian", 1, 1, 1),
    ],
)
async def test_guardians_numbers_and_names(
    peopled: Peopled, role: str, person: str, guardians: int, numbers: int, names: int
) -> None:
    answer = await peopled.school.ask(
        "{ guardians { totalCount } personIdentifiers { totalCount } personNames { totalCount } }",
        caller=peopled.caller(role, person),
    )
    assert {
        "guardians": {"totalCount": guardians},
        "personIdentifiers": {"totalCount": numbers},
        "personNames": {"totalCount": names},
    } == answer["data"]


@pytest.mark.parametrize(
    ("role", "person", "shown"),
    [("registrar", "", True), ("admin", "", False), ("teacher", "Lan", False), ("student", "An", False)],
)
async def test_a_whole_number_needs_a_permission_of_its_own(
    peopled: Peopled, role: str, person: str, shown: bool
) -> None:
    answer = await peopled.school.ask(
        "{ personIdentifiers { nodes { masked value } } }", caller=peopled.caller(role, person)
    )
    nodes = answer["data"]["personIdentifiers"]["nodes"]
    assert nodes
    assert all("*" in node["masked"] for node in nodes)
    assert [shown] * len(nodes) == [node["value"] is not None for node in nodes]


@pytest.mark.parametrize(
    ("role", "person", "staff", "phones"),
    [
        ("registrar", "", {"Lan", "Nga", "Idle"}, {"phone of Lan", "phone of Nga", "phone of Idle"}),
        ("teacher", "Nga", {"Lan", "Nga", "Idle"}, {"phone of Nga"}),
        ("student", "An", {"Lan"}, set()),
        ("student", "Chi", {"Lan"}, set()),
        ("guardian", "guardian", {"Lan"}, set()),
    ],
)
async def test_who_sees_which_teachers(
    peopled: Peopled, role: str, person: str, staff: set[str], phones: set[str]
) -> None:
    answer = await peopled.school.ask(
        "{ staffMembers { nodes { givenName phone } } }", caller=peopled.caller(role, person)
    )
    nodes = answer["data"]["staffMembers"]["nodes"]
    assert staff == {node["givenName"] for node in nodes}
    assert phones == {node["phone"] for node in nodes if node["phone"] is not None}


@pytest.mark.parametrize(
    ("role", "person", "classes", "classmates"),
    [
        ("teacher", "Lan", {"6A", "6B"}, 4),
        ("teacher", "Nga", {"6A", "6B"}, 0),
        ("student", "An", {"6A"}, 1),
        ("guardian", "guardian", {"6A"}, 1),
    ],
)
async def test_who_sees_which_classes_and_who_sits_in_them(
    peopled: Peopled, role: str, person: str, classes: set[str], classmates: int
) -> None:
    answer = await peopled.school.ask(
        "{ schoolClasses { nodes { name currentEnrolments { nodes { student { givenName } } } } } }",
        caller=peopled.caller(role, person),
    )
    nodes = answer["data"]["schoolClasses"]["nodes"]
    assert classes == {node["name"] for node in nodes}
    assert classmates == sum(len(node["currentEnrolments"]["nodes"]) for node in nodes)


async def test_duties_open_rows_on_their_days_alone(changed: Peopled) -> None:
    lan = changed.caller("teacher", "Lan")
    run = changed.school.run
    await run(end_teaching, assignments=changed.ids["teaching"], ends_on=date(2025, 10, 14))
    assert {"An", "Bình"} == await changed.students_of(lan)
    await run(move_students, to_class=changed.classes["6B"], rows=[EnrolmentRow(changed.students["An"])])
    assert {"Bình"} == await changed.students_of(lan)
    await run(end_enrolments, enrolments=[changed.ids["enrolments"][1]], ends_on=date(2025, 10, 15))
    assert {"Bình"} == await changed.students_of(lan), "the last day counts"
    await run(end_homeroom_appointment, appointment=changed.ids["homeroom"][0], ends_on=date(2025, 10, 14))
    assert set() == await changed.students_of(lan)


async def test_a_guardian_sees_nothing_after_the_guardianship(changed: Peopled) -> None:
    guardian = changed.caller("guardian", "guardian")
    await changed.school.run(end_guardianship, guardianship=changed.ids["guardianship"][0], ends_on=date(2025, 10, 14))
    assert set() == await changed.students_of(guardian)
    answer = await changed.school.ask(
        "{ schoolClasses { totalCount } personIdentifiers { totalCount } }", caller=guardian
    )
    assert {"schoolClasses": {"totalCount": 0}, "personIdentifiers": {"totalCount": 0}} == answer["data"]


@pytest.mark.parametrize("resource", values_in("homeroom_school.resources", Resource), ids=lambda each: each.name)
async def test_a_person_without_a_role_sees_no_resource(peopled: Peopled, resource: Any) -> None:
    stranger = peopled.school.caller(persons=[peopled.students["An"], peopled.teachers["Lan"]])
    asked = "id" if resource.single else "totalCount"
    answer = await peopled.school.ask(f"{{ {resource.plural} {{ {asked} }} }}", caller=stranger)
    shown = (answer.get("data") or {}).get(resource.plural)
    assert shown in (None, {"totalCount": 0})


@pytest.mark.parametrize("resource", values_in("homeroom_school.resources", Resource), ids=lambda each: each.name)
async def test_every_resource_of_the_school_answers_and_shows_no_other_school(peopled: Peopled, resource: Any) -> None:
    if resource.single:
        answer = await peopled.school.ask(f"{{ {resource.singular} {{ id }} }}")
        own = await peopled.school.one(f"SELECT id FROM {resource.table}")
        assert answer == {"data": {resource.singular: {"id": f"{resource.name}_{own}"}}}
        return
    answer = await peopled.school.ask(f"{{ {resource.plural} {{ totalCount nodes {{ id }} }} }}")
    assert "errors" not in answer
    found = answer["data"][resource.plural]
    own = await peopled.school.one(f"SELECT count(*) FROM {resource.table}")
    assert own == found["totalCount"]
    assert min(own, 50) <= len(found["nodes"])
