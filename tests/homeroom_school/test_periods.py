"""Dated rows: begin, end and change ask the same questions, and what was entered by mistake can be corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, end_enrolments, enrol_students, move_students
from homeroom_school.commands.enrolment_corrections import correct_enrolment, remove_enrolments
from homeroom_school.commands.groups import (
    GroupMemberRow,
    correct_group_membership,
    create_group,
    end_group_memberships,
    join_group,
    remove_group_memberships,
)
from homeroom_school.commands.guardianship import (
    change_guardianship,
    end_guardianship,
    remove_guardianships,
    start_guardianship,
)
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import (
    TeachingRow,
    appoint_homeroom_teacher,
    assign_teaching,
    correct_homeroom_appointment,
    correct_teaching,
    end_homeroom_appointment,
    end_teaching,
    remove_homeroom_appointments,
    remove_teaching,
)
from homeroom_school.tables import GroupKind

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST, LAST = date(2025, 9, 5), date(2026, 5, 31)
NOVEMBER = date(2025, 11, 1)
DAY = timedelta(days=1)


@dataclass
class Office:
    """A school with three classes, two students, two teachers, and ways to ask."""

    school: Any
    classes: list[UUID]
    students: list[UUID]
    staff: list[UUID]

    async def run(self, command: Any, **arguments: Any) -> Any:
        return await self.school.run(command, **arguments)

    async def refused(self, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
        with pytest.raises(Refusal) as refusal:
            await self.school.run(command, **arguments)
        return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]

    async def enrol(self, student: int, to: int, starts_on: date, ends_on: date | None = None) -> UUID:
        rows = [EnrolmentRow(self.students[student])]
        (made,) = await self.run(
            enrol_students, school_class=self.classes[to], rows=rows, starts_on=starts_on, ends_on=ends_on
        )
        enrolment: UUID = made
        return enrolment

    async def held(self, table: str = "class_enrolment") -> list[tuple[date, date | None]]:
        rows = await self.school.sql(f"SELECT starts_on, ends_on FROM {table} ORDER BY starts_on, ends_on")
        return [(row["starts_on"], row["ends_on"]) for row in rows]


@pytest_asyncio.fixture(loop_scope="session")
async def office(school: Any, make_school: Any) -> Office:
    """An office; in another school a student is in the same class on the same days."""
    for each in (await make_school(), school):
        year = await each.one("SELECT id FROM school_year")
        level = await each.one("SELECT id FROM grade_level WHERE code = '6'")
        classes = [
            await each.run(create_school_class, school_year=year, name=name, grade_level=level)
            for name in ("6A", "6B", "6C")
        ]
        students = [await each.run(create_student, name=NameInput(name, "Lê")) for name in ("An", "Bình")]
        staff = [await each.run(create_staff, name=NameInput(name, "Trần")) for name in ("Lan", "Nga")]
        made = Office(each, classes, students, staff)
        if each is not school:
            await made.enrol(0, 0, FIRST)
    return made


async def test_an_end_does_not_reach_into_another_enrolment(office: Office) -> None:
    first = await office.enrol(0, 0, FIRST)
    await office.run(move_students, to_class=office.classes[1], rows=[EnrolmentRow(office.students[0])], on=NOVEMBER)
    problem = await office.refused(end_enrolments, enrolments=[first], ends_on=LAST)
    assert [("OVERLAP", "enrolments", 0)] == problem
    assert [("OVERLAP", "endsOn", None)] == await office.refused(correct_enrolment, enrolment=first, ends_on=None)
    assert [(FIRST, NOVEMBER - DAY), (NOVEMBER, None)] == await office.held()
    await office.run(end_enrolments, enrolments=[first], ends_on=date(2025, 10, 20))


@pytest.mark.parametrize(
    "days", [(date(1999, 1, 1), date(1999, 12, 31)), (date(2126, 9, 5), None), (FIRST, date(2027, 1, 1))]
)
async def test_days_lie_within_the_school_year_of_the_class(office: Office, days: Any) -> None:
    rows = [EnrolmentRow(office.students[0])]
    arguments = {"school_class": office.classes[0], "rows": rows, "starts_on": days[0], "ends_on": days[1]}
    assert [("OUTSIDE_YEAR", "startsOn", 0)] == await office.refused(enrol_students, **arguments)
    enrolment = await office.enrol(0, 0, FIRST)
    changed = {"enrolment": enrolment, "starts_on": days[0], "ends_on": days[1]}
    assert ["OUTSIDE_YEAR"] == [each[0] for each in await office.refused(correct_enrolment, **changed)]
    if days[1]:
        ended = await office.refused(end_enrolments, enrolments=[enrolment], ends_on=date(2026, 6, 1))
        assert [("OUTSIDE_YEAR", "endsOn", 0)] == ended


async def test_what_an_office_corrects_every_week(office: Office) -> None:
    # The wrong class since the first day.
    enrolment = await office.enrol(0, 0, FIRST)
    await office.run(correct_enrolment, enrolment=enrolment, school_class=office.classes[1])
    assert office.classes[1] == await office.school.one("SELECT school_class_id FROM class_enrolment")
    # A move that is planned and called off.
    move = {"rows": [EnrolmentRow(office.students[0])], "to_class": office.classes[0]}
    (planned,) = await office.run(move_students, **move, on=date(2026, 2, 1))
    await office.run(remove_enrolments, enrolments=[planned], reopen_previous=True)
    asked = office.school.host.registry.plugins["zz"].asked
    assert ("enrolment_removing", office.students[0], office.classes[0]) in asked
    assert [(FIRST, None)] == await office.held()
    # A move that is undone on the same day.
    (moved,) = await office.run(move_students, **move)
    await office.run(remove_enrolments, enrolments=[moved])
    await office.run(correct_enrolment, enrolment=enrolment, ends_on=None)
    assert [(FIRST, None)] == await office.held()
    # A last day beside the word that there is none: which of them is meant nobody can tell.
    # A day that was mistyped.
    await office.run(correct_enrolment, enrolment=enrolment, starts_on=date(2025, 9, 15), ends_on=date(2025, 12, 1))
    assert [(date(2025, 9, 15), date(2025, 12, 1))] == await office.held()
    assert [("ENDS_BEFORE_START", "endsOn", None)] == await office.refused(
        correct_enrolment, enrolment=enrolment, ends_on=date(2025, 9, 14)
    )


async def test_who_was_to_leave_on_a_day_leaves_the_new_class_on_that_day(office: Office) -> None:
    leaving = date(2026, 3, 31)
    await office.enrol(0, 0, FIRST, leaving)
    await office.enrol(1, 0, FIRST)
    rows = [EnrolmentRow(each) for each in office.students]
    await office.run(move_students, to_class=office.classes[1], rows=rows, on=NOVEMBER)
    assert [(NOVEMBER, leaving), (NOVEMBER, None)] == (await office.held())[-2:]


async def test_a_move_does_not_pass_over_a_planned_one(office: Office) -> None:
    await office.enrol(0, 0, FIRST)
    move = {"rows": [EnrolmentRow(office.students[0])]}
    (planned,) = await office.run(move_students, to_class=office.classes[1], on=date(2026, 2, 1), **move)
    held = await office.held()
    # Which of the two enrolments the database gives first does not matter.
    assert [("INVALID", "on", 0)] == await office.refused(
        move_students, to_class=office.classes[2], on=date(2026, 1, 15), **move
    )
    assert [("OVERLAP", "rows.student", 0)] == await office.refused(
        move_students, to_class=office.classes[1], on=date(2026, 3, 1), **move
    )
    assert held == await office.held()
    await office.run(remove_enrolments, enrolments=[planned], reopen_previous=True)
    await office.run(move_students, to_class=office.classes[2], on=date(2026, 1, 15), **move)
    assert [(FIRST, date(2026, 1, 14)), (date(2026, 1, 15), None)] == await office.held()


async def test_numbers_of_a_class_are_one_students_on_a_day(office: Office) -> None:
    first, second = office.students
    enrol = {"school_class": office.classes[0], "starts_on": FIRST}
    await office.run(enrol_students, rows=[EnrolmentRow(first, 5)], ends_on=NOVEMBER - DAY, **enrol)
    taken = {"rows": [EnrolmentRow(second, 5)], "school_class": office.classes[0]}
    assert [("DUPLICATE", "rows.classNumber", 0)] == await office.refused(
        enrol_students, **taken, starts_on=date(2025, 10, 1)
    )
    (later,) = await office.run(enrol_students, **taken, starts_on=NOVEMBER)
    assert [("DUPLICATE", "startsOn", None)] == await office.refused(
        correct_enrolment, enrolment=later, starts_on=date(2025, 10, 1)
    )
    (earlier,) = [row["id"] for row in await office.school.sql(_ROWS) if row["student_id"] == first]
    await office.run(end_enrolments, enrolments=[earlier], ends_on=date(2025, 10, 1))
    problem = await office.refused(end_enrolments, enrolments=[earlier], ends_on=LAST)
    assert [("DUPLICATE", "enrolments", 0)] == problem
    # Two who have one number all the same, as older data do, are no reason to keep them for longer.
    await office.school.sql("UPDATE class_enrolment SET ends_on = $1 WHERE id = $2", LAST, earlier)
    await office.run(end_enrolments, enrolments=[earlier], ends_on=date(2025, 12, 1))


async def test_a_number_that_was_given_away_is_named_where_an_enrolment_continues(office: Office) -> None:
    first, second, *_ = office.students
    numbered = {"school_class": office.classes[0], "rows": [EnrolmentRow(first, 5)]}
    await office.run(enrol_students, **numbered, starts_on=FIRST)
    move = {"to_class": office.classes[1], "rows": [EnrolmentRow(first)]}
    (moved,) = await office.run(move_students, **move, on=NOVEMBER)
    await office.run(enrol_students, **{**numbered, "rows": [EnrolmentRow(second, 5)]}, starts_on=NOVEMBER)
    problem = await office.refused(remove_enrolments, enrolments=[moved], reopen_previous=True)
    assert [("DUPLICATE", "enrolments", 0)] == problem


async def test_appointments_and_assignments_lie_apart_and_are_corrected(office: Office) -> None:
    school, (one, two) = office.school, office.staff
    first = await office.run(appoint_homeroom_teacher, school_class=office.classes[0], staff=one, starts_on=FIRST)
    second = await office.run(appoint_homeroom_teacher, school_class=office.classes[0], staff=two, starts_on=NOVEMBER)
    late = {"appointment": first, "ends_on": NOVEMBER}
    assert [("OVERLAP", "appointment", None)] == await office.refused(end_homeroom_appointment, **late)
    assert [("OVERLAP", "endsOn", None)] == await office.refused(correct_homeroom_appointment, **late)
    await office.run(remove_homeroom_appointments, appointments=[second])
    await office.run(correct_homeroom_appointment, appointment=first, staff=two, ends_on=None)
    assert [(FIRST, None)] == await office.held("homeroom_appointment")

    subject = await school.one("SELECT id FROM class_subject WHERE school_class_id = $1 LIMIT 1", office.classes[0])
    row = [TeachingRow(subject, one)]
    (old,) = await office.run(assign_teaching, rows=row, starts_on=FIRST)
    await office.run(end_teaching, assignments=[old], ends_on=date(2025, 9, 30))
    (new,) = await office.run(assign_teaching, rows=row, starts_on=date(2025, 10, 1))
    assert [("OVERLAP", "assignments", 0)] == await office.refused(end_teaching, assignments=[old], ends_on=NOVEMBER)
    assert [("OUTSIDE_YEAR", "startsOn", None)] == await office.refused(
        correct_teaching, assignment=new, starts_on=date(2025, 9, 4)
    )
    await office.run(remove_teaching, assignments=[old])
    await office.run(correct_teaching, assignment=new, starts_on=FIRST, staff=two)
    assert [(FIRST, None)] == await office.held("teaching_assignment")


async def test_memberships_and_guardianships_lie_apart_and_are_corrected(office: Office) -> None:
    student = office.students[0]
    houses = [await office.run(create_group, code=code, name=code, kind=GroupKind.HOUSE) for code in ("R", "B")]
    join = {"rows": [GroupMemberRow(student)]}
    (red,) = await office.run(join_group, student_group=houses[0], starts_on=FIRST, ends_on=NOVEMBER, **join)
    assert [("OVERLAP", "rows.student", 0)] == await office.refused(
        join_group, student_group=houses[1], starts_on=NOVEMBER, **join
    )
    (blue,) = await office.run(join_group, student_group=houses[1], starts_on=NOVEMBER + DAY, **join)
    later = {"ends_on": NOVEMBER + DAY}
    assert [("OVERLAP", "memberships", 0)] == await office.refused(end_group_memberships, memberships=[red], **later)
    assert [("OVERLAP", "startsOn", None)] == await office.refused(
        correct_group_membership, membership=blue, starts_on=NOVEMBER
    )
    await office.run(remove_group_memberships, memberships=[red])
    await office.run(correct_group_membership, membership=blue, starts_on=FIRST)

    guardian = await office.run(create_guardian, name=NameInput("Hoa", "Vũ"))
    both = {"student": student, "guardian": guardian}
    old = await office.run(start_guardianship, **both, starts_on=date(2020, 1, 1))
    await office.run(end_guardianship, guardianship=old, ends_on=date(2020, 12, 31))
    new = await office.run(start_guardianship, **both, starts_on=date(2021, 6, 1))
    assert [("OVERLAP", "guardianship", None)] == await office.refused(
        end_guardianship, guardianship=old, ends_on=date(2021, 6, 1)
    )
    assert [("OVERLAP", "startsOn", None)] == await office.refused(
        change_guardianship, guardianship=new, starts_on=date(2020, 12, 31)
    )
    await office.run(remove_guardianships, guardianships=[old])
    await office.run(change_guardianship, guardianship=new, starts_on=date(2019, 1, 1))
    assert [(date(2019, 1, 1), None)] == await office.held("guardianship")


async def test_the_database_keeps_periods_apart_at_the_end_of_a_transaction(office: Office) -> None:
    await office.enrol(0, 0, FIRST, NOVEMBER)
    await office.enrol(0, 1, NOVEMBER + DAY)
    swap = "UPDATE class_enrolment SET starts_on = $1, ends_on = $2 WHERE school_class_id = $3"
    async with office.school.host.database.transaction(office.school.space.id) as transaction:
        await transaction.execute(swap, FIRST, NOVEMBER, office.classes[1])
        await transaction.execute(swap, NOVEMBER + DAY, None, office.classes[0])
    with pytest.raises(asyncpg.ExclusionViolationError):
        async with office.school.host.database.transaction(office.school.space.id) as transaction:
            await transaction.execute(swap, FIRST, None, office.classes[0])


# Any sequence -------------------------------------------------------------------------------------------

_DAYS = [FIRST + timedelta(days=7 * number) for number in range(6)]
_ROWS = "SELECT id, student_id, school_class_id, starts_on, ends_on FROM class_enrolment ORDER BY id"


def _days(row: dict[str, Any]) -> set[date]:
    last = row["ends_on"] or LAST
    return {row["starts_on"] + timedelta(days=number) for number in range((last - row["starts_on"]).days + 1)}


def _holds(rows: list[dict[str, Any]]) -> bool:
    """The rule, judged day by day: a student is in one homeroom class a day, within the school year."""
    for number, one in enumerate(rows):
        if one["starts_on"] < FIRST or (one["ends_on"] or LAST) > LAST or not _days(one):
            return False
        for other in rows[number + 1 :]:
            if one["student_id"] == other["student_id"] and _days(one) & _days(other):
                return False
    return True


def _after(rows: list[dict[str, Any]], verb: str, given: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What the rows should be after a verb of the office; none where it makes no sense whatever the rows are."""
    made = [dict(row) for row in rows]
    chosen = next((row for row in made if row["id"] == given.get("row")), None)
    if verb == "begin":
        return [*made, {"id": None, "student_id": given["student"], "school_class_id": given["to"],
                        "starts_on": given["starts_on"], "ends_on": given["ends_on"]}]  # fmt: skip
    if chosen is None:
        return None
    if verb == "remove":
        made.remove(chosen)
    elif verb == "end":
        chosen["ends_on"] = given["ends_on"]
    else:
        chosen["school_class_id"] = given["to"]
        chosen["starts_on"] = given["starts_on"]
        chosen["ends_on"] = given["ends_on"]
    return made


@pytest.mark.parametrize("seed", range(3))
async def test_any_sequence_keeps_a_student_in_one_class_a_day(office: Office, seed: int) -> None:
    random = Random(seed)
    for _ in range(30):
        before = await office.school.sql(_ROWS)
        assert _holds(before)
        verb = random.choice(("begin", "begin", "end", "correct", "remove"))
        given = {
            "student": random.choice(office.students),
            "to": random.choice(office.classes),
            "row": random.choice(before)["id"] if before else None,
            "starts_on": random.choice((*_DAYS, FIRST - DAY)),
            "ends_on": random.choice((None, *_DAYS, LAST, LAST + DAY)) if verb != "end" else random.choice(_DAYS),
        }
        expected = _after(before, verb, given)
        if expected is None:
            continue
        allowed = _holds(expected)
        commands = {
            "begin": (enrol_students, {"school_class": given["to"], "rows": [EnrolmentRow(given["student"])],
                                       "starts_on": given["starts_on"], "ends_on": given["ends_on"]}),
            "end": (end_enrolments, {"enrolments": [given["row"]], "ends_on": given["ends_on"]}),
            "correct": (correct_enrolment, {"enrolment": given["row"], "school_class": given["to"],
                                            "starts_on": given["starts_on"], "ends_on": given["ends_on"]}),
            "remove": (remove_enrolments, {"enrolments": [given["row"]]}),
        }  # fmt: skip
        command, arguments = commands[verb]
        if allowed:
            await office.run(command, **arguments)
        else:
            await office.refused(command, **arguments)
        after = await office.school.sql(_ROWS)
        wanted = expected if allowed else before
        assert _without_ids(wanted) == _without_ids(after), (verb, given)


def _without_ids(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((str(r["student_id"]), str(r["school_class_id"]), r["starts_on"], str(r["ends_on"])) for r in rows)
