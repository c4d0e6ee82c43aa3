"""The survey of classes and subjects: taken any number of times, confirmed on its day or later."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom_school.refusals import OUTSIDE_YEAR
from homeroom_school.tables import ClassKind
from homeroom_surveys.cycles import days_of_cycle
from homeroom_surveys.refusals import CONFIRMED, TOO_EARLY
from homeroom_surveys.tables import ClassSurvey, SurveyedClass, SurveyedSubject, SurveyState

#: Who is in the class and a student of the school on the day $2. A student whose studies are suspended keeps the place.
_CLASSES: Final = """
WITH status AS (
    SELECT student_id, status FROM student_status WHERE starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)),
member AS (
    SELECT e.school_class_id, s.sex, coalesce(t.status, 'enrolled') AS status
    FROM class_enrolment e JOIN student s ON s.id = e.student_id LEFT JOIN status t ON t.student_id = s.id
    WHERE e.starts_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= $2)
      AND coalesce(t.status, 'enrolled') = ANY($3::text[]))
SELECT c.id AS school_class_id, c.name, c.kind, c.places, c.places - count(m.*) AS vacancies,
       coalesce(g.title, '') AS grade,
       count(m.*) FILTER (WHERE m.sex = 'male') AS boys,
       count(m.*) FILTER (WHERE m.sex = 'female') AS girls,
       count(m.*) FILTER (WHERE m.sex IS NULL OR m.sex NOT IN ('male', 'female')) AS others,
       count(m.*) AS students,
       count(m.*) FILTER (WHERE m.status <> 'enrolled') AS away,
       coalesce((SELECT left(string_agg(f.full_name, ', ' ORDER BY f.sort_key), 400) FROM homeroom_appointment a
                 JOIN staff f ON f.id = a.staff_id WHERE a.school_class_id = c.id AND a.starts_on <= $2
                 AND (a.ends_on IS NULL OR a.ends_on >= $2)), '') AS homeroom_teachers,
       row_number() OVER (ORDER BY c.kind DESC, g.number NULLS LAST, c.name, c.id) AS position
FROM school_class c LEFT JOIN grade_level g ON g.id = c.grade_level_id LEFT JOIN member m ON m.school_class_id = c.id
WHERE c.school_year_id = $1
GROUP BY c.id, c.name, c.kind, c.places, g.title, g.number
ORDER BY position
"""
#: Of the classes of a survey ($1).
_SUBJECTS: Final = """
SELECT c.survey_id, c.id AS surveyed_class_id, cs.subject_id, c.name AS class_name, s.title AS subject_title,
       cs.periods_per_year, left(coalesce(t.names, ''), 1000) AS teachers, coalesce(t.number, 0) AS teacher_count,
       (SELECT count(*) FROM lesson l WHERE l.school_class_id = cs.school_class_id AND l.subject_id = cs.subject_id
        AND l.status = 'planned' AND l.date BETWEEN $3 AND $4) AS lessons,
       row_number() OVER (ORDER BY c.position, s.position, s.code) AS position
FROM surveyed_class c JOIN class_subject cs ON cs.school_class_id = c.school_class_id
JOIN subject s ON s.id = cs.subject_id
LEFT JOIN LATERAL (
    SELECT string_agg(f.full_name, ', ' ORDER BY f.sort_key) AS names, count(*) AS number
    FROM teaching_assignment a JOIN staff f ON f.id = a.staff_id
    WHERE a.class_subject_id = cs.id AND a.starts_on <= $2 AND (a.ends_on IS NULL OR a.ends_on >= $2)) t ON true
WHERE c.survey_id = $1
ORDER BY position
"""
_UNPLACED: Final = """
SELECT count(*) FROM student s
LEFT JOIN student_status t ON t.student_id = s.id AND t.starts_on <= $1 AND (t.ends_on IS NULL OR t.ends_on >= $1)
WHERE NOT s.erased AND coalesce(t.status, 'enrolled') = ANY($2::text[]) AND NOT EXISTS (
    SELECT FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
    WHERE e.student_id = s.id AND e.starts_on <= $1 AND (e.ends_on IS NULL OR e.ends_on >= $1))
"""
#: Who counts as a student of the school.
_COUNTED: Final = ("enrolled", "suspended", "retained")


@command("surveys.survey.take", returns="ClassSurvey")
async def take_survey(
    context: Context,
    *,
    school_year: Annotated[UUID, Ref("SchoolYear")],
    reference_date: date,
) -> UUID:
    """Take the survey of a day: classes with their sizes, subjects with their teachers and lessons, what is vacant.

    A survey that is taken again replaces the one of this day, unless that is confirmed. Lessons are those of the cycle
    that the day lies in, or of its week. A survey of a later day has only what is entered now.

    Args:
        reference_date: The day of the survey.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    year = await context.fetchrow(
        "SELECT y.starts_on, y.ends_on, c.cycle_length FROM school_year y"
        " LEFT JOIN school_calendar c ON c.school_year_id = y.id WHERE y.id = $1 FOR UPDATE OF y",
        school_year,
    )
    assert year is not None
    if not year["starts_on"] <= reference_date <= year["ends_on"]:
        raise Refusal(OUTSIDE_YEAR, "reference_date")
    survey = await _place_for(context, school_year, reference_date)
    days = await context.fetch(
        "SELECT date, cycle_day FROM calendar_day WHERE school_year_id = $1 AND kind = 'school'", school_year
    )
    span = days_of_cycle(reference_date, {day["date"]: day["cycle_day"] for day in days}, year["cycle_length"])
    first, last = span or (None, None)
    classes = await context.fetch(_CLASSES, school_year, reference_date, list(_COUNTED))
    rows = [{"survey_id": survey, **each} for each in classes]
    await context.rows(SurveyedClass).insert(rows)
    subjects = await context.fetch(_SUBJECTS, survey, reference_date, first, last)
    await context.rows(SurveyedSubject).insert([dict(each) for each in subjects])
    homerooms = [row for row in rows if row["kind"] == ClassKind.HOMEROOM]
    await context.rows(ClassSurvey).update(
        survey,
        {
            "taken_at": context.now,
            "lessons_from": first,
            "lessons_to": last,
            "classes": len(homerooms),
            **{each: sum(row[each] for row in homerooms) for each in ("boys", "girls", "others", "students")},
            "unplaced": await context.fetchval(_UNPLACED, reference_date, list(_COUNTED)),
        },
    )
    return survey


async def _place_for(context: Context, school_year: UUID, reference_date: date) -> UUID:
    """The survey of this day, emptied, or a new one. Raises Refusal where it is confirmed."""
    row = await context.fetchrow(
        "SELECT id, state FROM class_survey WHERE school_year_id = $1 AND reference_date = $2 FOR UPDATE",
        school_year,
        reference_date,
    )
    if row is None:
        about = {"school_year_id": school_year, "reference_date": reference_date}
        draft = {**about, "state": SurveyState.DRAFT.value, "taken_at": context.now}
        (made,) = await context.rows(ClassSurvey).insert([draft])
        return made
    if row["state"] == SurveyState.CONFIRMED:
        raise Refusal(CONFIRMED, "reference_date")
    for table in (SurveyedSubject, SurveyedClass):
        lines = await context.fetch(f"SELECT id FROM {table._meta.tablename} WHERE survey_id = $1", row["id"])
        await context.rows(table).delete_many([each["id"] for each in lines])
    survey: UUID = row["id"]
    return survey


@command("surveys.survey.confirm", returns="ClassSurvey")
async def confirm_survey(
    context: Context,
    *,
    survey: Annotated[UUID, Ref("ClassSurvey")],
    expected_version: int | None = None,
) -> UUID:
    """Confirm a survey: from then on it stays as it is, under a seal. Taken and confirmed on its day or later."""
    await context.permit("ClassSurvey", [survey], field="survey")
    row = await context.rows(ClassSurvey).locked(survey)
    if row["state"] != SurveyState.DRAFT:
        raise Refusal(CONFIRMED, "survey")
    taken_on = row["taken_at"].astimezone(context.space.time_zone).date()
    if context.today < row["reference_date"] or taken_on < row["reference_date"]:
        raise Refusal(TOO_EARLY, "survey")
    changes = {
        "state": SurveyState.CONFIRMED.value,
        "confirmed_on": context.today,
        "seal": await _seal(context, survey),
    }
    await context.rows(ClassSurvey).update(survey, changes, expected_version=expected_version, field="survey")
    await context.emit(Event("school.survey.confirmed", {"survey": survey}))
    return survey


async def _seal(context: Context, survey: UUID) -> str:
    """SHA-256 of the lines of a survey, in their order."""
    parts = [
        await context.fetchval(
            "SELECT coalesce(jsonb_agg(to_jsonb(r) - 'tenant_id' - 'id' - 'survey_id' - 'surveyed_class_id'"
            f" ORDER BY r.position), '[]')::text FROM {table} r WHERE r.survey_id = $1",
            survey,
        )
        for table in ("surveyed_class", "surveyed_subject")
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


COMMANDS = (take_survey, confirm_survey)
