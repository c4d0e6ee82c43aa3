"""The registry itself as a roster, for schools that never imported one: as it stands on one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.names import Script
from homeroom_rosters.exchange.enrolments import CLASS_NUMBER
from homeroom_rosters.refusals import NO_CURRENT_YEAR
from homeroom_rosters.roster import (
    Course,
    Demographics,
    Enrolment,
    Guardianship,
    Org,
    Person,
    Role,
    Roster,
    Section,
    Session,
)

__all__ = ["roster_of_registry"]

_CURRENT = "{row}.starts_on <= $2 AND ({row}.ends_on IS NULL OR {row}.ends_on >= $2)"
_CLASSES = """
SELECT c.id, c.name, c.code, c.kind, g.code AS grade
FROM school_class c LEFT JOIN grade_level g ON g.id = c.grade_level_id
WHERE c.school_year_id = $1 ORDER BY c.kind DESC, g.number, c.name, c.id
"""
_SUBJECTS = """
SELECT cs.id, cs.school_class_id, cs.subject_id, s.code, s.title
FROM class_subject cs JOIN subject s ON s.id = cs.subject_id JOIN school_class c ON c.id = cs.school_class_id
WHERE c.school_year_id = $1 ORDER BY c.name, s.position, s.code, cs.id
"""
_LEARNERS = f"""
SELECT e.student_id AS person, e.school_class_id, e.class_number, e.starts_on
FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id
WHERE c.school_year_id = $1 AND {_CURRENT.format(row="e")} ORDER BY e.class_number, e.id
"""
_HEADS = f"""
SELECT h.staff_id AS person, h.school_class_id
FROM homeroom_appointment h JOIN school_class c ON c.id = h.school_class_id
WHERE c.school_year_id = $1 AND {_CURRENT.format(row="h")} ORDER BY h.id
"""
_TEACHERS = f"""
SELECT t.staff_id AS person, t.class_subject_id
FROM teaching_assignment t JOIN class_subject cs ON cs.id = t.class_subject_id
JOIN school_class c ON c.id = cs.school_class_id
WHERE c.school_year_id = $1 AND {_CURRENT.format(row="t")} ORDER BY t.id
"""
_GUARDIANS = """
SELECT student_id, guardian_id, relation FROM guardianship
WHERE student_id = ANY($1::uuid[]) AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) ORDER BY id
"""
_PEOPLE = """
SELECT id, family_name, middle_name, given_name, name_script, email, phone, {more} FROM {table}
WHERE id = ANY($1::uuid[]) ORDER BY sort_key, id
"""
_OF_OTHERS = "code, sex, birth_date"
_OF_GUARDIANS = "NULL AS code, NULL AS sex, NULL AS birth_date"
_NUMBERS = """
SELECT coalesce(student_id, staff_id, guardian_id) AS person, string_agg('{' || kind || ':' || value || '}', ','
       ORDER BY kind) AS numbers FROM person_identifier GROUP BY 1
"""
_NAMES = """
SELECT DISTINCT ON (coalesce(student_id, staff_id, guardian_id)) coalesce(student_id, staff_id, guardian_id) AS person,
       family_name, middle_name, given_name FROM person_name ORDER BY 1, script
"""


@dataclass(frozen=True, slots=True)
class _Around:
    """What people have beside their own rows."""

    numbers: Mapping[UUID, str]
    names: Mapping[UUID, Mapping[str, Any]]
    #: Whether the format has a column for middle names.
    middle_names: bool


async def roster_of_registry(context: Context, form: str) -> Roster:
    """The current school year of the space as a roster, as it stands today.

    Rows are named by their ids.  Each subject of a class is a section that its students attend; a homeroom
    class is a section without a course.

    Args:
        context: A command's.
        form: Name of the format that it is for.

    Raises Refusal where no school year is current.
    """
    year = await context.fetchrow("SELECT id, name, starts_on, ends_on FROM school_year WHERE status = 'current'")
    if year is None:
        raise Refusal(NO_CURRENT_YEAR, "system")
    year_id: UUID = year["id"]
    today = max(year["starts_on"], min(context.today, year["ends_on"]))
    org = Org(context.space.slug, context.space.name, "school", identifier=context.space.slug)
    classes = await context.fetch(_CLASSES, year_id)
    subjects = await context.fetch(_SUBJECTS, year_id)
    learners = await context.fetch(_LEARNERS, year_id, today)
    heads = await context.fetch(_HEADS, year_id, today)
    teachers = await context.fetch(_TEACHERS, year_id, today)
    students = list(dict.fromkeys(row["person"] for row in learners))
    wards = await context.fetch(_GUARDIANS, students, context.today)
    staff = await context.fetch("SELECT id FROM staff WHERE NOT erased")
    around = _Around(
        {row["person"]: row["numbers"] for row in await context.fetch(_NUMBERS)},
        {row["person"]: row for row in await context.fetch(_NAMES)},
        form != "sds-v2.1",
    )
    members: dict[str, Sequence[UUID]] = {
        "student": students,
        "staff": [row["id"] for row in staff],
        "guardian": list(dict.fromkeys(row["guardian_id"] for row in wards)),
    }
    rows = {
        noun: await context.fetch(
            _PEOPLE.format(table=noun, more=_OF_GUARDIANS if noun == "guardian" else _OF_OTHERS), ids
        )
        for noun, ids in members.items()
    }
    grade = {row["id"]: row["grade"] or "" for row in classes}
    grade_of = {row["person"]: grade[row["school_class_id"]] for row in reversed(learners)}
    sections = _sections(org.source_id, str(year_id), classes, subjects)
    return Roster(
        "registry",
        orgs=(org,),
        sessions=await _sessions(context, year),
        courses=tuple(
            Course(str(row["subject_id"]), row["title"], row["code"], org.source_id, str(year_id), (row["title"],))
            for row in {each["subject_id"]: each for each in reversed(subjects)}.values()
        ),
        sections=sections,
        people=tuple(_person(row, around) for noun in members for row in rows[noun]),
        roles=tuple(
            Role(str(row["id"]), org.source_id, role, grade=grade_of.get(row["id"], ""), primary=True)
            for noun, role in (("student", "student"), ("staff", "teacher"), ("guardian", "guardian"))
            for row in rows[noun]
            if role != "guardian" or form == "oneroster-1.2"
        ),
        enrolments=tuple(_enrolments(classes, subjects, learners, heads, teachers)),
        guardianships=tuple(
            Guardianship(str(row["student_id"]), str(row["guardian_id"]), row["relation"]) for row in wards
        ),
        demographics=tuple(
            Demographics(str(row["id"]), row["sex"] or "", row["birth_date"])
            for noun in ("student", "staff")
            for row in rows[noun]
            if row["sex"] or row["birth_date"]
        ),
        properties={"source.systemName": "Homeroom"},
    )


async def _sessions(context: Context, year: Mapping[str, Any]) -> tuple[Session, ...]:
    ends: date = year["ends_on"]
    year_id = str(year["id"])
    terms = await context.fetch(
        "SELECT id, name, starts_on, ends_on FROM term WHERE school_year_id = $1 ORDER BY number", year["id"]
    )
    return (
        Session(year_id, year["name"], "schoolYear", year["starts_on"], ends, str(ends.year)),
        *(
            Session(str(row["id"]), row["name"], "term", row["starts_on"], row["ends_on"], str(ends.year), year_id)
            for row in terms
        ),
    )


def _sections(
    org: str, year: str, classes: Sequence[Mapping[str, Any]], subjects: Sequence[Mapping[str, Any]]
) -> tuple[Section, ...]:
    grades = {row["id"]: (row["grade"],) if row["grade"] else () for row in classes}
    names = {row["id"]: row["name"] for row in classes}
    kinds = {row["id"]: row["kind"] for row in classes}
    homerooms = [
        Section(str(row["id"]), row["name"], org, "homeroom", "", (year,), row["code"] or "", grades[row["id"]])
        for row in classes
        if row["kind"] == "homeroom"
    ]
    taught = []
    for row in subjects:
        school_class = row["school_class_id"]
        title = f"{names[school_class]} {row['title']}" if kinds[school_class] == "homeroom" else names[school_class]
        course = str(row["subject_id"])
        taught.append(Section(str(row["id"]), title, org, "scheduled", course, (year,), "", grades[school_class]))
    return (*homerooms, *taught)


def _enrolments(
    classes: Sequence[Mapping[str, Any]],
    subjects: Sequence[Mapping[str, Any]],
    learners: Sequence[Mapping[str, Any]],
    heads: Sequence[Mapping[str, Any]],
    teachers: Sequence[Mapping[str, Any]],
) -> list[Enrolment]:
    homerooms = {row["id"] for row in classes if row["kind"] == "homeroom"}
    taught: dict[UUID, list[UUID]] = {}
    for row in subjects:
        taught.setdefault(row["school_class_id"], []).append(row["id"])
    made = [
        Enrolment(
            str(row["school_class_id"]),
            str(row["person"]),
            "student",
            extra={CLASS_NUMBER: str(row["class_number"])} if row["class_number"] else {},
        )
        for row in learners
        if row["school_class_id"] in homerooms
    ]
    made += [
        Enrolment(str(section), str(row["person"]), "student")
        for row in learners
        for section in taught.get(row["school_class_id"], ())
    ]
    made += [Enrolment(str(row["school_class_id"]), str(row["person"]), "teacher", primary=True) for row in heads]
    made += [Enrolment(str(row["class_subject_id"]), str(row["person"]), "teacher", primary=True) for row in teachers]
    return made


def _person(row: Mapping[str, Any], around: _Around) -> Person:
    given, middle = row["given_name"], row["middle_name"]
    if middle and not around.middle_names:
        # The format has two columns; Vietnamese writes middle names before the given name, others after it.
        vietnamese = row["name_script"] == Script.VIETNAMESE
        given, middle = f"{middle} {given}" if vietnamese else f"{given} {middle}", ""
    code = row["code"] or ""
    # Each format has its own column for the school's number; the others are not written.
    extra = {"identifier": code, "Student Number": code, "Teacher Number": code}
    extra["userIds"] = around.numbers.get(row["id"], "")
    other = around.names.get(row["id"])
    if other is not None:
        extra["preferredGivenName"] = other["given_name"]
        extra["preferredMiddleName"] = other["middle_name"]
        extra["preferredFamilyName"] = other["family_name"]
    return Person(
        str(row["id"]),
        given,
        row["family_name"],
        middle=middle,
        email=row["email"] or "",
        phone=row["phone"] or "",
        extra={name: value for name, value in extra.items() if value},
    )
