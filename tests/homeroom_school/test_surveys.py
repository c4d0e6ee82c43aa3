"""The survey of classes and subjects: what is counted, on which day, and what a confirmed one is worth."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from teaching_school import MONDAY, Taught

from homeroom.errors import Forbidden, Refusal
from homeroom.messages import spelt
from homeroom.testing import People
from homeroom_school.commands.calendar import change_school_year, change_term
from homeroom_school.commands.classes import change_school_class, create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_student
from homeroom_school.commands.status import apply_for_status_change
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching
from homeroom_school.tables import ClassKind, Sex
from homeroom_surveys.commands import confirm_survey, take_survey
from homeroom_surveys.cycles import days_of_cycle

FIRST = date(2025, 9, 5)
DAY = date(2025, 10, 14)


async def fill(taught: Taught) -> None:
    """6A has a boy, a girl whose studies rest and one of no stated sex; 6B is empty; somebody is in no class."""
    school = taught.school
    for given_name, sex in (("Bình", Sex.MALE), ("Chi", Sex.FEMALE)):
        made = await school.run(create_student, name=NameInput(given_name, "Lê"), sex=sex)
        await school.run(enrol_students, school_class=taught.classes["6A"], rows=[EnrolmentRow(made)], starts_on=FIRST)
    change = await school.run(
        apply_for_status_change, student=made, change_type="suspend", effective_on=date(2025, 10, 1)
    )
    await school.decide(change)
    await school.run(create_student, name=NameInput("Dũng", "Lê"))
    await school.run(change_school_class, school_class=taught.classes["6A"], places=30)
    await school.run(
        appoint_homeroom_teacher, school_class=taught.classes["6A"], staff=taught.staff[1], starts_on=FIRST
    )
    (subject,) = await school.sql(
        "SELECT id FROM class_subject WHERE school_class_id = $1 AND subject_id = $2", taught.classes["6A"], taught.math
    )
    await school.run(
        assign_teaching,
        rows=[TeachingRow(class_subject=subject["id"], staff=each) for each in taught.staff],
        starts_on=FIRST,
    )


async def take(taught: Taught, on: date = DAY) -> Any:
    year = await taught.school.one("SELECT id FROM school_year")
    return await taught.school.run(take_survey, school_year=year, reference_date=on)


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field)) for each in refusal.value.problems]


async def test_a_year_is_not_shortened_over_its_survey(taught: Taught) -> None:
    await take(taught)
    school, later = taught.school, DAY + timedelta(days=1)
    await school.run(change_term, term=await school.one("SELECT id FROM term WHERE number = 1"), starts_on=later)
    with pytest.raises(Refusal, match="1 class surveys"):
        await school.run(
            change_school_year, school_year=await school.one("SELECT id FROM school_year"), starts_on=later
        )


async def test_classes_are_counted_by_sex_with_who_is_absent_and_what_is_free(taught: Taught) -> None:
    await fill(taught)
    survey = await take(taught)
    columns = ("name", "grade", "homeroom_teachers", "boys", "girls", "others", "students", "away", "places")
    rows = await taught.school.sql("SELECT * FROM surveyed_class WHERE survey_id = $1 ORDER BY position", survey)
    assert [
        ("6A", "Lớp 6", "Trần Nga", 1, 1, 1, 3, 1, 30),
        ("6B", "Lớp 6", "", 0, 0, 0, 0, 0, None),
    ] == [tuple(row[each] for each in columns) for row in rows]
    assert [27, None] == [row["vacancies"] for row in rows]
    (head,) = await taught.school.sql("SELECT * FROM class_survey")
    assert (2, 1, 1, 1, 3, 1) == tuple(
        head[each] for each in ("classes", "boys", "girls", "others", "students", "unplaced")
    )


async def test_subjects_tell_their_teachers_and_lessons_of_the_cycle_and_what_is_vacant(taught: Taught) -> None:
    await fill(taught)
    await taught.plan(
        taught.lesson(on=date(2025, 10, 13)), taught.lesson(on=date(2025, 10, 14)), taught.lesson(on=MONDAY)
    )
    survey = await take(taught)
    (head,) = await taught.school.sql("SELECT lessons_from, lessons_to FROM class_survey")
    inside = sum(
        head["lessons_from"] <= day <= head["lessons_to"] for day in (date(2025, 10, 13), date(2025, 10, 14), MONDAY)
    )
    rows = await taught.school.sql(
        "SELECT class_name, subject_title, teachers, teacher_count, lessons, periods_per_year FROM surveyed_subject"
        " WHERE survey_id = $1 ORDER BY position",
        survey,
    )
    assert ("6A", "Toán", "Trần Lan, Trần Nga", 2, inside, 140) == tuple(rows[0].values())
    assert 0 < inside
    assert {("6A", 1), ("6B", 0)} == {
        (name, sum(row["teacher_count"] > 0 for row in rows if row["class_name"] == name)) for name in ("6A", "6B")
    }


async def test_the_day_decides_who_is_there(taught: Taught) -> None:
    await fill(taught)
    (student,) = await taught.school.sql("SELECT id FROM student WHERE given_name = 'Bình'")
    change = await taught.school.run(
        apply_for_status_change, student=student["id"], change_type="withdraw", effective_on=date(2025, 10, 10)
    )
    await taught.school.decide(change)
    counted = []
    for on in (date(2025, 10, 9), date(2025, 10, 10)):
        await take(taught, on)
        counted.append(await taught.school.one("SELECT students FROM class_survey WHERE reference_date = $1", on))
    assert [3, 2] == counted


async def test_students_of_course_classes_are_not_counted_twice(taught: Taught) -> None:
    year = await taught.school.one("SELECT id FROM school_year")
    choir = await taught.school.run(create_school_class, school_year=year, name="Choir", kind=ClassKind.COURSE)
    await taught.school.run(enrol_students, school_class=choir, rows=[EnrolmentRow(taught.student)], starts_on=FIRST)
    survey = await take(taught)
    assert (1, 2) == tuple(
        (await taught.school.sql("SELECT students, classes FROM class_survey WHERE id = $1", survey))[0].values()
    )
    assert ["6A", "6B", "Choir"] == [
        each["name"] for each in await taught.school.sql("SELECT name FROM surveyed_class ORDER BY position")
    ]


async def test_a_survey_is_taken_again_until_it_is_confirmed(taught: Taught) -> None:
    survey = await take(taught)
    await taught.school.run(change_school_class, school_class=taught.classes["6B"], name="6C")
    assert survey == await take(taught)
    named = "SELECT name FROM surveyed_class ORDER BY position"
    assert ["6A", "6C"] == [each["name"] for each in await taught.school.sql(named)]
    await taught.school.run(confirm_survey, survey=survey)
    (head,) = await taught.school.sql("SELECT state, confirmed_on, length(seal) AS seal FROM class_survey")
    assert ("confirmed", date(2025, 10, 15), 64) == tuple(head.values())
    year = await taught.school.one("SELECT id FROM school_year")
    assert [("CONFIRMED", "referenceDate")] == await refused(
        taught.school, take_survey, school_year=year, reference_date=DAY
    )
    assert [("CONFIRMED", "survey")] == await refused(taught.school, confirm_survey, survey=survey)
    # What changes afterwards does not change what was confirmed.
    await taught.school.run(change_school_class, school_class=taught.classes["6B"], name="6D")
    assert ["6A", "6C"] == [each["name"] for each in await taught.school.sql(named)]


async def test_a_survey_is_not_confirmed_before_its_day(taught: Taught) -> None:
    survey = await take(taught, date(2025, 10, 16))
    assert [("TOO_EARLY", "survey")] == await refused(taught.school, confirm_survey, survey=survey)
    year = await taught.school.one("SELECT id FROM school_year")
    assert [("OUTSIDE_YEAR", "referenceDate")] == await refused(
        taught.school, take_survey, school_year=year, reference_date=date(2026, 8, 1)
    )


async def test_the_same_content_has_the_same_seal_and_another_has_another(taught: Taught) -> None:
    seals = []
    for on, name in ((date(2025, 10, 13), "6B"), (date(2025, 10, 14), "6B"), (date(2025, 10, 15), "6X")):
        await taught.school.run(change_school_class, school_class=taught.classes["6B"], name=name)
        survey = await take(taught, on)
        await taught.school.run(confirm_survey, survey=survey)
        seals.append(await taught.school.one("SELECT seal FROM class_survey WHERE id = $1", survey))
    assert (True, False) == (seals[0] == seals[1], seals[0] == seals[2])


async def test_the_office_reads_prints_and_lists_it_and_nobody_else(taught: Taught, make_school: Any) -> None:
    from homeroom.app import create_app

    await fill(taught)
    survey = await take(taught)
    host = taught.school.host
    people = People(host, create_app(host))
    try:
        registrar = await people(taught.school.space, "registrar")
        for language, said in {
            "en": ("Classes and subjects", "as on 14 October 2025", "draft", "vacant", "Homeroom teacher"),
            "vi": (
                "Lớp học và môn học",
                "tính đến ngày 14/10/2025",
                "bản nháp",
                "chưa phân công",
                "Giáo viên chủ nhiệm",
            ),
            "zh-Hant": ("班級及科目", "截至2025年10月14日", "草稿", "懸空", "班主任"),
            "zh-Hans": ("班级与学科", "截至2025年10月14日", "草稿", "空缺", "班主任"),
        }.items():
            asked = {"survey": f"ClassSurvey_{survey}", "language": language}
            paper = await registrar.http.get("/documents/school.class_survey", params=asked)
            assert 200 == paper.status_code, paper.text
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
            assert [] == [each for each in ("6A", *said) if each not in " ".join(text.split())]
        listed = await registrar.http.get("/lists/surveyedClasses.csv")
        assert (200, 3) == (listed.status_code, len(listed.text.strip().splitlines()))
        assert 200 == (await registrar.http.get("/lists/surveyedSubjects.xlsx")).status_code
        teacher = await people(taught.school.space, "teacher")
        assert (
            200
            != (
                await teacher.http.get("/documents/school.class_survey", params={"survey": f"ClassSurvey_{survey}"})
            ).status_code
        )
    finally:
        await people.close()
    year = await taught.school.one("SELECT id FROM school_year")
    with pytest.raises(Forbidden):
        await taught.school.run(
            take_survey, caller=taught.school.caller("teacher"), school_year=year, reference_date=DAY
        )
    with pytest.raises(Refusal):
        await (await make_school()).run(confirm_survey, survey=survey)


WEEK = [date(2025, 10, 13) + timedelta(days=day) for day in range(5)]


@pytest.mark.parametrize(
    ("on", "cycle_days", "length", "span"),
    [
        (date(2025, 10, 15), {}, None, (date(2025, 10, 13), date(2025, 10, 19))),
        (WEEK[2], dict(zip(WEEK, (5, 6, 1, 2, 3), strict=True)), 6, (WEEK[2], WEEK[4])),
        (WEEK[1], dict(zip(WEEK, (1, 2, 3, 1, 2), strict=True)), 3, (WEEK[0], WEEK[2])),
        (WEEK[0], dict(zip(WEEK, (3, 1, 2, 3, 1), strict=True)), 3, (WEEK[1], WEEK[3])),
        (WEEK[0], dict.fromkeys(WEEK), 6, None),
    ],
)
def test_which_days_stand_for_all(on: date, cycle_days: Any, length: int | None, span: Any) -> None:
    assert span == days_of_cycle(on, cycle_days, length)


@given(st.integers(2, 10), st.sets(st.integers(0, 120), min_size=30), st.integers(0, 120))
def test_a_cycle_has_each_of_its_days_once(length: int, school_days: set[int], on: int) -> None:
    begins = date(2025, 9, 1)
    days = sorted(begins + timedelta(days=each) for each in school_days)
    numbered = {day: number % length + 1 for number, day in enumerate(days)}
    span = days_of_cycle(begins + timedelta(days=on), numbered, length)
    assert span is not None
    found = [numbered[day] for day in days if span[0] <= day <= span[1]]
    assert list(range(1, len(found) + 1)) == found
    assert len(found) == length or span[1] == days[-1]
