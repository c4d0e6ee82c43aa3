"""Texts in composed and decomposed letters, in other widths and cases: one class, one subject, one person."""

from __future__ import annotations

import base64
import unicodedata
from datetime import date
from typing import Any

import asyncpg
import pytest

from homeroom.database.migrations import Schema
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom.uploads import FileMade
from homeroom_calendar.commands.lesson_import import import_lessons
from homeroom_rosters.commands import import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_school.commands.classes import change_school_class, create_school_class
from homeroom_school.commands.people import NameInput, create_student
from homeroom_school.commands.structure import create_subject
from homeroom_school.migrations import m0014_composed_texts

pytestmark = pytest.mark.asyncio(loop_scope="session")


def decomposed(text: str) -> str:
    """As macOS writes the names of files."""
    return unicodedata.normalize("NFD", text)


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


async def test_decomposed_letters_are_the_same_letters_everywhere(school: Any, make_school: Any) -> None:
    other = await make_school()
    for each in (other, school):
        year = await each.one("SELECT id FROM school_year")
        level = await each.one("SELECT id FROM grade_level WHERE code = '6'")
        given = {"schoolYear": f"SchoolYear_{year}", "gradeLevel": f"GradeLevel_{level}"}
        answer = await each.ask(
            "mutation($input: CreateSchoolClassInput!) { createSchoolClass(input: $input) { errors { code field } } }",
            input={**given, "name": decomposed("Lớp 6 Đức")},
        )
        assert [] == answer["data"]["createSchoolClass"]["errors"]
        assert "Lớp 6 Đức" == await each.one("SELECT name FROM school_class")
        await each.run(create_student, name=NameInput(decomposed("Minh Anh"), decomposed("Bùi")), code="１２")
    assert {"family_name": "Bùi", "code": "12"} == (await school.sql("SELECT family_name, code FROM student"))[0]
    for form in ("NFC", "NFD"):
        found = await school.ask(
            "query($t: String!) { students(filter: {familyName: {eq: $t}}) { totalCount } }",
            t=unicodedata.normalize(form, "Bùi"),
        )
        assert 1 == found["data"]["students"]["totalCount"]
    # A file of lessons in the other letters, width and case means the class that is there.
    file = decomposed("id,date,class,subject,starts_at,ends_at\nx,2025-10-20,LỚP ６ ĐỨC,Toán,07:00,07:45\n")
    upload = FileMade("l.csv", "text/csv", file.encode())
    rehearsal = await school.reported(import_lessons, rehearse=True, file=upload, system="t")
    assert {"lesson": 1} == rehearsal["created"]
    # So does a roster: it makes no second class and no second subject.
    await school.run(create_subject, code="toan", title="Toán nâng cao")
    bundle = write_zip({name: decomposed(text).encode() for name, text in ROSTER.items()})
    await school.run(import_roster, bundle=base64.b64encode(bundle).decode(), organisations=["HS"])
    assert ["Lớp 6 Đức"] == [row["name"] for row in await school.sql("SELECT name FROM school_class")]
    assert not await school.sql("SELECT FROM subject WHERE title IS NOT NFC NORMALIZED")


ROSTER = {
    "orgs.csv": "sourcedId,name,type,parentSourcedId\nHS,Hoa Sen,school,\n",
    "users.csv": "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n"
    "S1,s1@x.example,Gia Bảo,Đỗ,,,,,\n",
    "roles.csv": "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n"
    "S1,HS,student,,6,true,,\n",
    "academicSessions.csv": "sourcedId,title,type,schoolYear,startDate,endDate\n"
    "Y,2025-2026,schoolYear,2025,2025-09-05,2026-05-31\n",
    "classes.csv": "sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId\nC,HS,Lớp 6 Đức,Y,\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role\nC,S1,student\n",
}


@pytest.mark.parametrize("name", ["6ａ", "6a", "６A", " 6\u200bA", "6\ufe0fA"])
async def test_homeroom_classes_have_no_twins(school: Any, name: str) -> None:
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    first, second = [
        await school.run(create_school_class, school_year=year, name=each, grade_level=level) for each in ("6A", "6B")
    ]
    problem = [("DUPLICATE", "name", None)]
    assert problem == await refused(school, create_school_class, school_year=year, name=name, grade_level=level)
    assert problem == await refused(school, change_school_class, school_class=second, name=name)
    # A class may be spelt again itself.
    await school.run(change_school_class, school_class=first, name="6a")
    assert 2 == await school.one("SELECT count(*) FROM school_class")


async def test_a_character_that_misleads_is_named_with_its_field(school: Any) -> None:
    answer = await school.ask(
        "mutation($input: CreateStudentInput!) { createStudent(input: $input) { errors { code field message } } }",
        input={"name": {"givenName": "An\u202e", "familyName": "Lê"}, "code": "1\u00072"},
    )
    assert [("BAD_CHARACTER", "name.givenName"), ("BAD_CHARACTER", "code")] == [
        (each["code"], each["field"]) for each in answer["data"]["createStudent"]["errors"]
    ]
    assert 0 == await school.one("SELECT count(*) FROM student")


async def test_a_cell_that_misleads_is_named_with_its_line(school: Any) -> None:
    files = {**ROSTER, "users.csv": ROSTER["users.csv"].replace("Gia Bảo", "Gia \u202eBảo")}
    bundle = write_zip({name: text.encode() for name, text in files.items()})
    with pytest.raises(Refusal, match=r"users.csv:2 \[givenName\].*U\+202E"):
        await school.run(import_roster, bundle=base64.b64encode(bundle).decode(), organisations=["HS"])


async def test_a_roster_finds_people_by_codes_of_another_width(school: Any) -> None:
    known = await school.run(create_student, name=NameInput("Gia Bảo", "Đỗ"), code="S1")
    bundle = write_zip({name: text.replace("S1", "Ｓ１").encode() for name, text in ROSTER.items()})
    await school.run(import_roster, bundle=base64.b64encode(bundle).decode(), organisations=["HS"])
    assert [(known, "S1")] == [tuple(row.values()) for row in await school.sql("SELECT id, code FROM student")]


async def test_ideographs_of_later_versions_are_letters_of_names(school: Any) -> None:
    name = "\U000323b0\U00031350"
    await school.run(create_student, name=NameInput(name, "陳"), birth_date=date(2014, 1, 1))
    query = "query($t: String!) { students(filter: {search: {matches: $t}}) { totalCount } }"
    assert 1 == (await school.ask(query, t=name))["data"]["students"]["totalCount"]
    assert name == await school.one("SELECT given_name FROM student")


async def test_texts_from_before_are_composed_and_twins_stay(
    school: Any, make_school: Any, database_settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    other = await make_school()
    insert = (
        "INSERT INTO student (id, given_name, full_name, name_script, sort_key, search_text, code)"
        " VALUES (gen_random_uuid(), $1, $1, 'vietnamese', 'x', ' x', $2)"
    )
    for each in (other, school):
        await each.sql(insert, decomposed("Bảo"), decomposed("số1"))
    subject = "INSERT INTO subject (id, code, title) VALUES (gen_random_uuid(), $1, 'x')"
    for form in ("NFC", "NFD"):
        await school.sql(subject, unicodedata.normalize(form, "số"))
    connection = await asyncpg.connect(database_settings.owner_database_url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL search_path = public")
            # A later migration of rosters moved the rows of this table and dropped it.
            await connection.execute("CREATE TEMP TABLE roster_link (source_id text) ON COMMIT DROP")
            await connection.execute("SET LOCAL search_path = public, pg_temp")
            await m0014_composed_texts.forwards(Schema(connection, "postgres"))
    finally:
        await connection.close()
    for each in (other, school):
        (row,) = await each.sql("SELECT given_name, full_name, code FROM student")
        assert ("Bảo", "Bảo", "số1") == tuple(row.values())
    assert 2 == await school.one("SELECT count(*) FROM subject WHERE title = 'x'")
    assert "subject: rows differ by the form of their letters alone" in caplog.text
