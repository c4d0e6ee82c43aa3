"""The viewer of a school: the people that the account stands for, and what is theirs, in one query."""

from __future__ import annotations

from datetime import date
from typing import Any

from homeroom_school.commands.teaching import TeachingRow, assign_teaching

WHO_AM_I = """{ viewer { id login commands permissions
    persons { __typename id ... on Staff { phone fullName } ... on Student { fullName } }
    staff { id fullName teachingAssignments { nodes { classSubject { schoolClass { id } } } } }
    student { id } guardian { id } } }"""


async def test_a_teacher_asks_for_the_own_classes_in_one_query(taught: Any) -> None:
    school, staff = taught.school, taught.staff[0]
    subject = await school.one("SELECT id FROM class_subject WHERE school_class_id = $1", taught.classes["6A"])
    await school.run(
        assign_teaching, rows=[TeachingRow(class_subject=subject, staff=staff)], starts_on=date(2025, 9, 5)
    )
    viewer = (await school.ask(WHO_AM_I, caller=school.caller("teacher", persons=[staff])))["data"]["viewer"]
    own = f"Staff_{staff}"
    assert [("Staff", own)] == [(each["__typename"], each["id"]) for each in viewer["persons"]]
    assert (own, viewer["persons"][0]["fullName"], None, None) == (
        viewer["staff"]["id"], viewer["staff"]["fullName"], viewer["student"], viewer["guardian"],
    )  # fmt: skip
    assert [f"SchoolClass_{taught.classes['6A']}"] == [
        each["classSubject"]["schoolClass"]["id"] for each in viewer["staff"]["teachingAssignments"]["nodes"]
    ]


async def test_several_persons_of_one_account_and_nobody(taught: Any) -> None:
    school = taught.school
    both = school.caller("student", persons=[taught.student, taught.staff[0]])
    viewer = (await school.ask(WHO_AM_I, caller=both))["data"]["viewer"]
    assert {"Student", "Staff"} == {each["__typename"] for each in viewer["persons"]}
    assert f"Student_{taught.student}" == viewer["student"]["id"]
    nobody = (await school.ask(WHO_AM_I, caller=school.caller("registrar")))["data"]["viewer"]
    assert ([], None, None) == (nobody["persons"], nobody["staff"], nobody["id"])
    assert "createStudent" in nobody["commands"]
    assert "school.student.create" in nobody["permissions"]
    assert "createStudent" not in viewer["commands"]
