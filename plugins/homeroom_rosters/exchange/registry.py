"""The registry itself as a roster, for schools that never imported one: as it is on one day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.names import Script
from homeroom_rosters.exchange.enrolments import CLASS_NUMBER
from homeroom_rosters.refusals import NO_CURRENT_YEAR
from homeroom_rosters.roster import records
from homeroom_rosters.roster.records import Person, Roster

Record = TypeVar("Record")

# Columns are called as the fields of records. $1 is the school year.
_SESSIONS: Final = """
SELECT y.id::text AS source_id, y.name AS title, 'schoolYear' AS kind, y.starts_on, y.ends_on,
       extract(year FROM y.ends_on)::text AS school_year, '' AS parent FROM school_year y WHERE y.id = $1
UNION ALL
SELECT t.id::text, t.name, 'term', t.starts_on, t.ends_on, extract(year FROM y.ends_on)::text, y.id::text
FROM term t JOIN school_year y ON y.id = t.school_year_id WHERE y.id = $1 ORDER BY kind, starts_on
"""
_COURSES: Final = """
SELECT s.id::text AS source_id, s.title, s.code, $2::text AS org, $1::uuid::text AS session, ARRAY[s.title] AS subjects
FROM subject s WHERE s.id IN (SELECT cs.subject_id FROM class_subject cs JOIN school_class c
                              ON c.id = cs.school_class_id WHERE c.school_year_id = $1)
ORDER BY s.position, s.code, s.id
"""
# Each subject of a class is a section that its students attend; a homeroom class is a section without a course.
_SECTIONS: Final = """
SELECT x.*, $2::text AS org, ARRAY[$1::uuid::text] AS sessions, array_remove(ARRAY[g.code], NULL) AS grades
FROM (SELECT c.id::text AS source_id, c.name AS title, 'homeroom' AS kind, '' AS course, coalesce(c.code, '') AS code,
             c.grade_level_id FROM school_class c WHERE c.school_year_id = $1 AND c.kind = 'homeroom'
      UNION ALL
      SELECT cs.id::text, CASE c.kind WHEN 'homeroom' THEN c.name || ' ' || s.title ELSE c.name END, 'scheduled',
             s.id::text, '', c.grade_level_id
      FROM class_subject cs JOIN subject s ON s.id = cs.subject_id JOIN school_class c ON c.id = cs.school_class_id
      WHERE c.school_year_id = $1) x
LEFT JOIN grade_level g ON g.id = x.grade_level_id ORDER BY x.kind, g.number, x.title, x.source_id
"""
_CURRENT: Final = "p.starts_on <= $2 AND (p.ends_on IS NULL OR p.ends_on >= $2)"
_IN_YEAR: Final = "JOIN school_class c ON c.id = p.school_class_id AND c.school_year_id = $1"
_ENROLMENTS: Final = f"""
SELECT c.id::text AS section, p.student_id::text AS person, 'student' AS role, NULL::boolean AS "primary",
       p.class_number FROM class_enrolment p {_IN_YEAR} WHERE c.kind = 'homeroom' AND {_CURRENT}
UNION ALL
SELECT cs.id::text, p.student_id::text, 'student', NULL, NULL
FROM class_enrolment p {_IN_YEAR} JOIN class_subject cs ON cs.school_class_id = c.id WHERE {_CURRENT}
UNION ALL
SELECT c.id::text, p.staff_id::text, 'teacher', true, NULL FROM homeroom_appointment p {_IN_YEAR} WHERE {_CURRENT}
UNION ALL
SELECT cs.id::text, p.staff_id::text, 'teacher', true, NULL
FROM teaching_assignment p JOIN class_subject cs ON cs.id = p.class_subject_id
JOIN school_class c ON c.id = cs.school_class_id AND c.school_year_id = $1 WHERE {_CURRENT}
ORDER BY role, section, class_number, person
"""
_LEARNERS: Final = f"""
WITH learner AS (
    SELECT DISTINCT ON (p.student_id) p.student_id AS id, g.code AS grade
    FROM class_enrolment p {_IN_YEAR} LEFT JOIN grade_level g ON g.id = c.grade_level_id
    WHERE {_CURRENT} ORDER BY p.student_id, p.class_number, p.id),
ward AS (
    SELECT w.* FROM guardianship w JOIN learner l ON l.id = w.student_id
    WHERE w.starts_on <= $3 AND (w.ends_on IS NULL OR w.ends_on >= $3))
"""
_WARDS: Final = (
    f"{_LEARNERS} SELECT student_id::text AS child, guardian_id::text AS guardian, relation FROM ward ORDER BY id"
)
_NAME: Final = "id, family_name, middle_name, given_name, name_script, sort_key, email, phone"
_PEOPLE: Final = f"""
{_LEARNERS}
SELECT p.*, l.grade, i.numbers, n.family_name AS preferred_family, n.middle_name AS preferred_middle,
       n.given_name AS preferred_given
FROM (SELECT 1 AS place, 'student' AS role, {_NAME}, code, sex, birth_date FROM student
      WHERE id IN (SELECT id FROM learner)
      UNION ALL SELECT 2, 'teacher', {_NAME}, code, sex, birth_date FROM staff WHERE NOT erased
      UNION ALL SELECT 3, 'guardian', {_NAME}, NULL, NULL, NULL FROM guardian
      WHERE id IN (SELECT guardian_id FROM ward)) p
LEFT JOIN learner l ON l.id = p.id
LEFT JOIN (SELECT coalesce(student_id, staff_id, guardian_id) AS person,
                  string_agg('{{' || kind || ':' || value || '}}', ',' ORDER BY kind) AS numbers
           FROM person_identifier GROUP BY 1) i ON i.person = p.id
LEFT JOIN (SELECT DISTINCT ON (coalesce(student_id, staff_id, guardian_id))
                  coalesce(student_id, staff_id, guardian_id) AS person, family_name, middle_name, given_name
           FROM person_name ORDER BY 1, script) n ON n.person = p.id
ORDER BY p.place, p.sort_key, p.id
"""


async def roster_of_registry(context: Context, form: str) -> Roster:
    """The current school year of the space as a roster, as it is today.

    Rows are named by their ids.

    Raises Refusal where no school year is current.
    """
    year = await context.fetchrow("SELECT id, starts_on, ends_on FROM school_year WHERE status = 'current'")
    if year is None:
        raise Refusal(NO_CURRENT_YEAR, "system")
    org = records.Org(context.space.slug, context.space.name, "school", identifier=context.space.slug)
    day = max(year["starts_on"], min(context.today, year["ends_on"]))

    async def found(kind: type[Record], sql: str, *values: Any) -> tuple[Record, ...]:
        rows = [dict(row) for row in await context.fetch(sql, year["id"], *values)]
        return msgspec.convert(rows, tuple[kind, ...])  # type: ignore[valid-type]

    people = await context.fetch(_PEOPLE, year["id"], day, context.today)
    return Roster(
        "registry",
        orgs=(org,),
        sessions=await found(records.Session, _SESSIONS),
        courses=await found(records.Course, _COURSES, org.source_id),
        sections=await found(records.Section, _SECTIONS, org.source_id),
        people=tuple(_person(row, middle_names=form != "sds-v2.1") for row in people),
        roles=tuple(
            records.Role(str(row["id"]), org.source_id, row["role"], grade=row["grade"] or "", primary=True)
            for row in people
            if row["role"] != "guardian" or form == "oneroster-1.2"
        ),
        enrolments=tuple(
            records.Enrolment(
                row["section"],
                row["person"],
                row["role"],
                primary=row["primary"],
                extra={CLASS_NUMBER: str(row["class_number"])} if row["class_number"] else {},
            )
            for row in await context.fetch(_ENROLMENTS, year["id"], day)
        ),
        guardianships=await found(records.Guardianship, _WARDS, day, context.today),
        demographics=tuple(
            records.Demographics(str(row["id"]), row["sex"] or "", row["birth_date"])
            for row in people
            if row["sex"] or row["birth_date"]
        ),
        properties={"source.systemName": "Homeroom"},
    )


def _person(row: Mapping[str, Any], *, middle_names: bool) -> Person:
    """A person of the registry, for a format that may have no column for middle names."""
    given, middle = row["given_name"], row["middle_name"]
    if middle and not middle_names:
        # The format has two columns; Vietnamese writes middle names before the given name, others after it.
        vietnamese = row["name_script"] == Script.VIETNAMESE
        given, middle = f"{middle} {given}" if vietnamese else f"{given} {middle}", ""
    # Each format has its own column for the school's number; the others are not written.
    extra = {
        **dict.fromkeys(("identifier", "Student Number", "Teacher Number"), row["code"]),
        "userIds": row["numbers"],
        "preferredGivenName": row["preferred_given"],
        "preferredMiddleName": row["preferred_middle"],
        "preferredFamilyName": row["preferred_family"],
    }
    return Person(
        str(row["id"]),
        given,
        row["family_name"],
        middle=middle,
        email=row["email"] or "",
        phone=row["phone"] or "",
        extra={name: value for name, value in extra.items() if value},
    )
