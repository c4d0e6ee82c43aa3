"""Houses and groups, seating plans and components of subjects: what is written, refused, and seen by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from homeroom.errors import Forbidden, Refusal
from homeroom.messages import spelt
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.components import ComponentRow, plan_subject_components
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.groups import (
    GroupMemberRow,
    change_group,
    create_group,
    end_group_memberships,
    join_group,
)
from homeroom_school.commands.people import NameInput, create_student
from homeroom_school.commands.seating import SeatRow, plan_seats, remove_seating_plan
from homeroom_school.tables import GroupKind

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST = date(2025, 9, 5)


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


@dataclass
class Room:
    """A school with a class of two students, and one student of no class."""

    school: Any
    school_class: UUID
    students: list[UUID]


async def fill(school: Any) -> Room:
    students = [await school.run(create_student, name=NameInput(name, "Lê")) for name in ("An", "Bình", "Chi")]
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    room = await school.run(create_school_class, school_year=year, name="6A", grade_level=level)
    rows = [EnrolmentRow(each) for each in students[:2]]
    await school.run(enrol_students, school_class=room, rows=rows, starts_on=FIRST)
    return Room(school, room, students)


@pytest_asyncio.fixture(loop_scope="session")
async def theirs(make_school: Any) -> Room:
    """The same in another school."""
    return await fill(await make_school())


@pytest_asyncio.fixture(loop_scope="session")
async def ours(school: Any, theirs: Room) -> Room:
    """The school that the tests look at."""
    return await fill(school)


async def test_a_student_is_in_one_house_at_a_time_and_in_many_clubs(ours: Room) -> None:
    run, (an, binh, _) = ours.school.run, ours.students
    red, blue = [await run(create_group, code=code, name=code, kind=GroupKind.HOUSE) for code in ("RED", "BLUE")]
    chess = await run(create_group, code="CH", name="Chess", kind=GroupKind.CLUB)
    (first,) = await run(join_group, student_group=red, rows=[GroupMemberRow(an, "captain")], starts_on=FIRST)
    await run(join_group, student_group=chess, rows=[GroupMemberRow(an)], starts_on=FIRST)
    rows = [GroupMemberRow(binh), GroupMemberRow(an)]
    assert [("OVERLAP", "rows.student", 1)] == await refused(ours.school, join_group, student_group=blue, rows=rows)
    await run(end_group_memberships, memberships=[first], ends_on=date(2025, 10, 1))
    await run(join_group, student_group=blue, rows=rows)
    await run(change_group, student_group=blue, active=False)
    assert [("INACTIVE", "studentGroup", None)] == await refused(
        ours.school, join_group, student_group=blue, rows=[GroupMemberRow(ours.students[2])]
    )
    assert [("DUPLICATE", "code", None)] == await refused(
        ours.school, create_group, code="RED", name="Again", kind=GroupKind.CLUB
    )


async def test_what_is_one_at_a_time_follows_the_kind_of_the_group_or_class(ours: Room, theirs: Room) -> None:
    """No command changes a kind; a migration may, and memberships and enrolments follow."""
    for each in (ours, theirs):
        group = await each.school.run(create_group, code="CH", name="Chess", kind=GroupKind.CLUB)
        await each.school.run(join_group, student_group=group, rows=[GroupMemberRow(each.students[0])])

    async def kept(school: Any, table: str) -> set[bool]:
        return {row["one_at_a_time"] for row in await school.sql(f"SELECT one_at_a_time FROM {table}")}

    for owner, table, kind, expected in (
        ("student_group", "group_membership", "house", True),
        ("school_class", "class_enrolment", "course", False),
    ):
        assert {not expected} == await kept(ours.school, table)
        await ours.school.sql(f"UPDATE {owner} SET kind = '{kind}'")
        assert {expected} == await kept(ours.school, table)
        assert {not expected} == await kept(theirs.school, table)


async def test_who_sees_whose_memberships(ours: Room, theirs: Room) -> None:
    for each in (ours, theirs):
        group = await each.school.run(create_group, code="CH", name="Chess", kind=GroupKind.CLUB)
        rows = [GroupMemberRow(student) for student in each.students]
        await each.school.run(join_group, student_group=group, rows=rows)
    document = "{ studentGroups { nodes { code memberships { totalCount } } } }"
    for role, person, seen in (
        ("registrar", None, 3),
        ("teacher", None, 0),
        ("student", ours.students[0], 1),
        ("student", theirs.students[0], 0),
    ):
        caller = ours.school.caller(role, persons=[person] if person else [])
        answer = await ours.school.ask(document, caller=caller)
        assert [{"code": "CH", "memberships": {"totalCount": seen}}] == answer["data"]["studentGroups"]["nodes"]
        if role != "registrar":
            with pytest.raises(Forbidden):
                await ours.school.run(create_group, caller=caller, code="X", name="X", kind=GroupKind.CLUB)
    assert [("NOT_FOUND", "rows.student", 0)] == await refused(
        ours.school,
        join_group,
        student_group=await ours.school.one("SELECT id FROM student_group"),
        rows=[GroupMemberRow(theirs.students[0])],
    )


async def test_seats_change_places(ours: Room) -> None:
    an, binh, _ = ours.students
    plan = {"school_class": ours.school_class, "name": "Học kì I", "row_count": 4, "places_in_row": 5}
    made = await ours.school.run(plan_seats, **plan, rows=[SeatRow(an, 1, 1), SeatRow(binh, 1, 2)])
    again = await ours.school.run(plan_seats, **plan, rows=[SeatRow(an, 1, 2), SeatRow(binh, 1, 1)])
    assert made == again
    wrong = {**plan, "row_count": 99}
    assert [("OUT_OF_RANGE", "rowCount", None)] == await refused(ours.school, plan_seats, **wrong, rows=[])
    answer = await ours.school.ask(
        "{ seatingPlans { nodes { name seats { nodes { rowNumber place student { givenName } } } } } }",
        caller=ours.school.caller("student", persons=[an]),
    )
    (shown,) = answer["data"]["seatingPlans"]["nodes"]
    assert [{"rowNumber": 1, "place": 2, "student": {"givenName": "An"}}] == shown["seats"]["nodes"]
    await ours.school.run(remove_seating_plan, seating_plan=made)
    assert 0 == await ours.school.one("SELECT count(*) FROM seat")


async def test_every_bad_seat_is_named(ours: Room) -> None:
    an, binh, chi = ours.students
    rows = [SeatRow(an, 1, 1), SeatRow(binh, 1, 1), SeatRow(chi, 2, 1), SeatRow(an, 9, 1)]
    assert [
        ("DUPLICATE", "rows.place", 1),
        ("NOT_ENROLLED", "rows.student", 2),
        ("INVALID", "rows.place", 3),
        ("DUPLICATE", "rows.student", 3),
    ] == await refused(
        ours.school, plan_seats, school_class=ours.school_class, name="x", row_count=4, places_in_row=5, rows=rows
    )
    plan = {"school_class": ours.school_class, "name": "x", "row_count": 4, "places_in_row": 5}
    with pytest.raises(Refusal, match="already has a seat"):
        await ours.school.run(plan_seats, **plan, rows=[SeatRow(an, 1, 1), SeatRow(an, 1, 2)])
    assert 0 == await ours.school.one("SELECT count(*) FROM seating_plan")


async def test_the_components_of_a_subject(ours: Room) -> None:
    subject = await ours.school.one("SELECT id FROM subject WHERE code = 'lang'")
    level = await ours.school.one("SELECT id FROM grade_level WHERE code = '6'")
    parts = [("reading", "30"), ("writing", "30"), ("listening", "20"), ("speaking", "20")]
    rows = [ComponentRow(code, code.title(), Decimal(weight)) for code, weight in parts]
    await ours.school.run(plan_subject_components, subject=subject, rows=rows)
    await ours.school.run(plan_subject_components, subject=subject, rows=rows[:2], grade_level=level)
    await ours.school.run(plan_subject_components, subject=subject, rows=[rows[1], rows[0]], grade_level=level)
    answer = await ours.school.ask(
        '{ subjects(filter: {code: {eq: "lang"}})'
        " { nodes { components { nodes { code weight gradeLevel { code } } } } } }",
        caller=ours.school.caller("teacher"),
    )
    nodes = answer["data"]["subjects"]["nodes"][0]["components"]["nodes"]
    general = [each["code"] for each in nodes if each["gradeLevel"] is None]
    assert ([code for code, _ in parts], ["writing", "reading"]) == (
        general,
        [each["code"] for each in nodes if each["gradeLevel"] is not None],
    )
    for bad, problem in (
        ([rows[0], rows[0]], ("LISTED_TWICE", "rows.code", 1)),
        ([ComponentRow("a", "A", Decimal(0))], ("OUT_OF_RANGE", "rows.weight", 0)),
        ([ComponentRow("a", "A", Decimal("0.0001"))], ("OUT_OF_RANGE", "rows.weight", 0)),
    ):
        assert [problem] == await refused(ours.school, plan_subject_components, subject=subject, rows=bad)
