"""Any sequence of dated rows that belong to people: what is answered is what is kept, and nothing overlaps."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from homeroom.errors import Refusal
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.employment import change_employment, end_employment, start_employment
from homeroom_school.commands.groups import (
    GroupMemberRow,
    correct_group_membership,
    create_group,
    end_group_memberships,
    join_group,
)
from homeroom_school.commands.guardianship import change_guardianship, end_guardianship, start_guardianship
from homeroom_school.commands.people import (
    NameInput,
    create_guardian,
    create_staff,
    create_student,
    merge_guardians,
    merge_staff,
    merge_students,
)
from homeroom_school.commands.teaching import (
    TeachingRow,
    appoint_homeroom_teacher,
    assign_teaching,
    correct_homeroom_appointment,
    correct_teaching,
    end_homeroom_appointment,
    end_teaching,
)
from homeroom_school.tables import GroupKind

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST = date(2025, 9, 5)
_DAYS = [FIRST + timedelta(days=7 * number) for number in range(6)]
#: Table to what lies apart in it.
_APART = {
    "guardianship": "student_id, guardian_id",
    "employment": "staff_id",
    "group_membership": "student_id, student_group_id",
    "homeroom_appointment": "school_class_id, staff_id",
    "teaching_assignment": "class_subject_id, staff_id",
}


async def _kept(school: Any) -> dict[str, Any]:
    return {table: await school.sql(f"SELECT * FROM {table} ORDER BY id") for table in (*_APART, "student", "staff")}


async def _overlapping(school: Any) -> list[str]:
    houses = (
        "SELECT count(*) FROM group_membership a JOIN group_membership b ON a.student_id = b.student_id AND a.id < b.id"
        " AND a.one_at_a_time AND b.one_at_a_time"
        " AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')"
    )
    found = ["houses"] if await school.one(houses) else []
    for table, columns in _APART.items():
        same = " AND ".join(f"a.{each} = b.{each}" for each in columns.split(", "))
        query = (
            f"SELECT count(*) FROM {table} a JOIN {table} b ON {same} AND a.id < b.id"
            " AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')"
        )
        found += [table] if await school.one(query) else []
    return found


@pytest.mark.parametrize("seed", range(2))
async def test_any_sequence_keeps_what_belongs_to_people_apart(school: Any, seed: int) -> None:
    random = Random(seed)
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    school_class = await school.run(create_school_class, school_year=year, name="6A", grade_level=level)
    subject = await school.one("SELECT id FROM class_subject WHERE school_class_id = $1 LIMIT 1", school_class)
    people = {
        "student": [await school.run(create_student, name=NameInput(name, "Lê")) for name in "ABC"],
        "staff": [await school.run(create_staff, name=NameInput(name, "Trần")) for name in "ABC"],
        "guardian": [await school.run(create_guardian, name=NameInput(name, "Vũ")) for name in "ABC"],
    }
    houses = [await school.run(create_group, code=code, name=code, kind=GroupKind.HOUSE) for code in "RB"]
    done = 0
    for _ in range(60):
        first, last = random.choice(_DAYS), random.choice((None, *_DAYS))
        student, staff, guardian = (random.choice(people[kind]) for kind in ("student", "staff", "guardian"))

        async def row(table: str) -> Any:
            rows = await school.sql(f"SELECT id FROM {table} ORDER BY id")
            return random.choice(rows)["id"] if rows else None

        days = {"starts_on": first, "ends_on": last}
        verbs: list[tuple[Any, dict[str, Any]]] = [
            (start_guardianship, {"student": student, "guardian": guardian, "starts_on": first}),
            (start_employment, {"staff": staff, "starts_on": first}),
            (end_employment, {"staff": staff, "ends_on": first}),
            (appoint_homeroom_teacher, {"school_class": school_class, "staff": staff, "starts_on": first}),
            (assign_teaching, {"rows": [TeachingRow(subject, staff)], "starts_on": first}),
            (
                join_group,
                {
                    "student_group": random.choice(houses),
                    "rows": [GroupMemberRow(student)],
                    "starts_on": first,
                    "ends_on": last,
                },
            ),
        ]
        for table, end, correct in (
            ("guardianship", end_guardianship, change_guardianship),
            ("homeroom_appointment", end_homeroom_appointment, correct_homeroom_appointment),
            ("teaching_assignment", end_teaching, correct_teaching),
            ("group_membership", end_group_memberships, correct_group_membership),
        ):
            if chosen := await row(table):
                field = table.rpartition("_")[2]
                listed = end in (end_teaching, end_group_memberships)
                ending = {f"{field}s": [chosen]} if listed else {field: chosen}
                verbs += [(end, {**ending, "ends_on": first}), (correct, {field: chosen, **days})]
        if chosen := await row("employment"):
            verbs.append((change_employment, {"employment": chosen, "starts_on": first, "ends_on": last}))
        for kind, merge in (("student", merge_students), ("staff", merge_staff), ("guardian", merge_guardians)):
            if random.random() < 0.1 and len(people[kind]) > 1:
                keep, duplicate = random.sample(people[kind], 2)
                verbs = [(merge, {"keep": keep, "duplicate": duplicate})]
        command, arguments = random.choice(verbs)
        before = await _kept(school)
        try:
            await school.run(command, **arguments)
        except Refusal as refusal:
            assert before == await _kept(school)
            for each in refusal.problems:
                assert each.code != "INTERNAL"
                assert "_" not in each.message, (command, arguments, each)
        else:
            done += 1
            for kind, those in people.items():
                there = await school.sql(f"SELECT id FROM {kind}")
                people[kind] = [each for each in those if {"id": each} in there]
        assert [] == await _overlapping(school), (command, arguments)
    assert done > 10
