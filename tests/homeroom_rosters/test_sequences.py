"""Any sequence of rosters, day after day: the registry follows, nothing is lost, nobody is in two places."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.commands import import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import write_roster
from homeroom_rosters.roster.records import Roster

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHAPE = SchoolShape("a", grades=("6",), classes=3, students=3, subjects=(("math", "Mathematics"),), guardians=1)
STUDENTS = [f"a-s-6{letter}-{number:02d}" for letter in "ABC" for number in range(3)]
HOMEROOMS = [f"a-h-6{letter}" for letter in "ABC"]
_OVERLAPS = """
SELECT count(*) FROM class_enrolment e JOIN class_enrolment f ON f.student_id = e.student_id AND f.id > e.id
 AND e.starts_on <= coalesce(f.ends_on, 'infinity') AND f.starts_on <= coalesce(e.ends_on, 'infinity')
JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
JOIN school_class d ON d.id = f.school_class_id AND d.kind = 'homeroom'
"""
_PLACES = """
SELECT s.code, l.source_id FROM class_enrolment e JOIN student s ON s.id = e.student_id
JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
JOIN import_link l ON l.row_id = c.id AND l.noun = 'homeroom'
WHERE e.ends_on IS NULL
"""


def with_places(base: Roster, places: dict[str, str], teachers: dict[str, str]) -> Roster:
    """The roster with students and homeroom teachers in these classes, and no others."""
    enrolments = []
    for each in base.enrolments:
        if each.section not in HOMEROOMS:
            continue
        if each.role == "teacher":
            person = teachers[each.section]
            enrolments.append(replace(each, person=person, source_id=f"{each.section}-{person}"))
    student = next(each for each in base.enrolments if each.role == "student")
    enrolments += [
        replace(student, section=section, person=person, source_id=f"{section}-{person}")
        for person, section in places.items()
    ]
    return replace(
        base,
        sections=tuple(each for each in base.sections if each.source_id in HOMEROOMS),
        enrolments=tuple(enrolments),
    )


@pytest.mark.parametrize("seed", range(8))
async def test_the_registry_follows_any_sequence_of_rosters(school: Any, seed: int) -> None:
    random = Random(seed)
    base = generate_roster([SHAPE], seed=seed)
    staff = [person.source_id for person in base.people if "-t-" in person.source_id]
    places = {student: random.choice(HOMEROOMS) for student in STUDENTS}
    teachers = {section: staff[number] for number, section in enumerate(HOMEROOMS)}
    clock, day = school.host.clock, datetime(2025, 10, 15, 3, tzinfo=UTC)
    rows = 0
    try:
        for _ in range(6):
            school.host.clock = lambda now=day: now
            roster = with_places(base, places, teachers)
            for again in (False, True):
                bundle = base64.b64encode(write_zip(write_roster(roster))).decode()
                run = await school.run(import_roster, bundle=bundle, organisations=["a"])
                report = msgspec.json.decode(await school.one("SELECT report FROM import_run WHERE id = $1", run))
                if again:
                    assert ({}, {}, {}) == (report["created"], report["changed"], report["ended"])
            assert 0 == await school.one(_OVERLAPS)
            assert places == {row["code"]: row["source_id"] for row in await school.sql(_PLACES)}
            held = await school.one("SELECT count(*) FROM class_enrolment")
            assert rows <= held, "what vanished is ended and not removed"
            rows = held
            heads = await school.sql(
                "SELECT l.source_id, s.code FROM homeroom_appointment h JOIN staff s ON s.id = h.staff_id"
                " JOIN import_link l ON l.row_id = h.school_class_id AND l.noun = 'homeroom'"
                " WHERE h.ends_on IS NULL"
            )
            assert teachers == {row["source_id"]: row["code"] for row in heads}
            # The next roster, on the same day or some days later.
            day += timedelta(days=random.choice((0, 0, 0, 1, 9)))
            for student in random.sample(STUDENTS, 4):
                places.pop(student, None)
                if random.random() < 0.7:
                    places[student] = random.choice(HOMEROOMS)
            teachers[random.choice(HOMEROOMS)] = random.choice(staff)
    finally:
        school.host.clock = clock
