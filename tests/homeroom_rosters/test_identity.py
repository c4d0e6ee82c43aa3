"""What an import takes for the same: ids, numbers, years, periods; and what it ends, keeps and takes up again."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import msgspec
import pytest

from homeroom.errors import Refusal
from homeroom.names import Script
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.commands import export_roster, import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import read_roster, write_roster
from homeroom_rosters.roster.records import Enrolment, Roster, Session
from homeroom_school.commands.classes import change_school_class
from homeroom_school.commands.enrolment import number_class
from homeroom_school.commands.people import NameInput, change_student, merge_students, remove_students

pytestmark = pytest.mark.asyncio(loop_scope="session")

A = SchoolShape("a", "Generated A", Script.VIETNAMESE, ("6", "7"), classes=2, students=4)
FIRST = "a-s-6A-00"


def packed(files: dict[str, bytes]) -> str:
    return base64.b64encode(write_zip(files)).decode()


async def brought(school: Any, roster: Roster | dict[str, bytes], **more: Any) -> dict[str, Any]:
    """Import and give the report."""
    command = more.pop("command", import_roster)
    files = roster if isinstance(roster, dict) else write_roster(roster)
    arguments = {"organisations": ["a"], **more}
    run = await school.run(command, bundle=packed(files), **arguments)
    report: dict[str, Any] = msgspec.json.decode(await school.one("SELECT report FROM import_run WHERE id = $1", run))
    return {heading: counts for heading, counts in report.items() if counts and heading != "unchanged"}


async def refused(school: Any, roster: Roster | dict[str, bytes], **more: Any) -> list[Any]:
    """The problems of an import that is refused, which changes nothing."""
    before = await everything(school)
    with pytest.raises(Refusal) as refusal:
        await brought(school, roster, **more)
    assert before == await everything(school)
    return list(refusal.value.problems)


async def everything(school: Any) -> dict[str, Any]:
    """All rows that rosters write."""
    tables = (
        "school_year term subject school_class class_subject student staff guardian person_name person_identifier"
        " class_enrolment teaching_assignment homeroom_appointment guardianship import_link"
    ).split()
    return {
        table: [
            msgspec.json.decode(row["row"])
            for row in await school.sql(f"SELECT to_jsonb(t) - 'version' AS row FROM {table} t ORDER BY id")
        ]
        for table in tables
    }


def people(roster: Roster, change: Callable[[Any], Any]) -> Roster:
    return replace(roster, people=tuple(map(change, roster.people)))


def only(roster: Roster, keep: Callable[[Enrolment], bool]) -> Roster:
    return replace(roster, enrolments=tuple(each for each in roster.enrolments if keep(each)))


async def enrolments(school: Any, code: str = FIRST) -> list[tuple[Any, ...]]:
    """Class, year, first and last day of a student."""
    rows = await school.sql(
        "SELECT c.name, y.name AS year, e.starts_on, e.ends_on FROM class_enrolment e"
        " JOIN student s ON s.id = e.student_id JOIN school_class c ON c.id = e.school_class_id"
        " JOIN school_year y ON y.id = c.school_year_id WHERE s.code = $1 ORDER BY e.starts_on",
        code,
    )
    return [tuple(row.values()) for row in rows]


class Day:
    """Lets days pass in the school of a test."""

    def __init__(self, school: Any) -> None:
        self.host = school.host
        self.clock = school.host.clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.host.clock = self.clock

    def is_(self, day: date) -> None:
        self.host.clock = lambda: datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


# What ends --------------------------------------------------------------------------------------------------


async def test_a_truncated_roster_ends_nothing_without_a_word(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    school_class = await school.one("SELECT id FROM school_class WHERE name = '6A'")
    await school.run(number_class, school_class=school_class)
    before = await everything(school)
    empty = write_roster(roster)
    empty["enrollments.csv"] = empty["enrollments.csv"].splitlines(keepends=True)[0]
    for rehearse in (True, False):
        problems = await refused(school, empty, rehearse=rehearse)
        assert {"MANY_ENDINGS"} == {each.code for each in problems}
        assert "16 of 16" in problems[0].message
        assert "6A" in problems[0].message
    without = write_roster(roster)
    del without["enrollments.csv"]
    without["manifest.csv"] = without["manifest.csv"].replace(b"file.enrollments,bulk", b"file.enrollments,absent")
    assert "enrollments.csv" in (await refused(school, without))[0].message
    assert {"MISSING_FILE"} == {each.code for each in await refused(school, without)}
    third = only(roster, lambda each: not each.section.startswith("a-h-6"))
    assert {"MANY_ENDINGS"} == {each.code for each in await refused(school, third)}

    report = await brought(school, empty, allow_endings=True)
    assert {"enrolment": 16, "homeroom_teacher": 4, "teaching": 8} == report["ended"]
    back = await brought(school, roster)
    assert {"enrolment": 16, "homeroom_teacher": 4, "teaching": 8} == back["reopened"]
    now = await everything(school)
    assert {name: rows for name, rows in before.items() if name != "import_link"} == {
        name: rows for name, rows in now.items() if name != "import_link"
    }


async def test_what_comes_back_much_later_begins_again(school: Any) -> None:
    roster = generate_roster([A])
    without = only(roster, lambda each: each.person != FIRST)
    with Day(school) as day:
        await brought(school, roster)
        await brought(school, without)
        day.is_(date(2025, 10, 20))
        assert {"enrolment": 1} == (await brought(school, roster))["reopened"]
        await brought(school, without)
        day.is_(date(2025, 11, 20))
        await brought(school, roster)
    assert [(date(2025, 9, 5), date(2025, 10, 19)), (date(2025, 11, 20), None)] == [
        row[2:] for row in await enrolments(school)
    ]


async def test_what_the_office_ended_is_not_taken_up_again(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute("UPDATE class_enrolment SET ends_on = '2025-10-01'")
    await brought(school, only(roster, lambda each: each.person != FIRST), allow_endings=True)
    assert "reopened" not in await brought(school, roster)
    assert [date(2025, 10, 1)] == [row[3] for row in await enrolments(school)][:1]


async def test_another_organisation_is_refused_without_a_word(school: Any) -> None:
    roster = generate_roster([A, SchoolShape("b", students=2)])
    await brought(school, roster)
    for organisations in (["b"], ["a", "b"]):
        problems = await refused(school, roster, organisations=organisations, allow_endings=True)
        assert ["OTHER_ORGANISATION"] == [each.code for each in problems]
    await brought(school, roster, organisations=["a", "b"], allow_other_organisations=True)
    assert 20 == await school.one("SELECT count(*) FROM student")


# Years ------------------------------------------------------------------------------------------------------


async def test_ids_that_are_used_again_next_year_are_other_classes(school: Any) -> None:
    this, following = generate_roster([A]), generate_roster([A], first_year=2026)
    await brought(school, this)
    before = await everything(school)
    report = await brought(school, following)
    assert "lost" not in report
    assert (4, 16) == (report["created"]["homeroom"], report["created"]["enrolment"])
    assert "student" not in report["created"]
    now = await everything(school)
    assert all(row in now["school_class"] for row in before["school_class"])
    year = "2025-2026"
    # This year's pupils stay where they are; their year ends on its last day and not when the roster came.
    assert [("6A", year, date(2025, 9, 5), date(2026, 5, 31)), ("6A", "2026-2027", date(2026, 9, 1), None)] == (
        await enrolments(school)
    )
    # Either roster may come again, and nothing moves to and fro.
    for roster in (this, following, this):
        again = await brought(school, roster)
        assert ({}, {}, {}) == tuple(again.get(name, {}) for name in ("created", "changed", "ended"))


async def test_a_session_that_is_used_again_is_another_year(school: Any) -> None:
    def with_sessions(first_year: int) -> Roster:
        roster = generate_roster([A], first_year=first_year)
        ids = {each.source_id: each.source_id.replace(f"year-{first_year}", "Y") for each in roster.sessions}
        return replace(
            roster,
            sessions=tuple(
                replace(each, source_id=ids[each.source_id], parent=ids.get(each.parent, ""))
                for each in roster.sessions
            ),
            sections=tuple(replace(each, sessions=tuple(map(ids.get, each.sessions))) for each in roster.sections),
            courses=tuple(replace(each, session="Y") for each in roster.courses),
        )

    await brought(school, with_sessions(2019))
    years = await school.sql("SELECT name, starts_on FROM school_year WHERE starts_on < '2025-01-01'")
    terms = await school.sql("SELECT id, name, starts_on, ends_on FROM term ORDER BY id")
    await brought(school, with_sessions(2020), allow_endings=True)
    assert years == await school.sql("SELECT name, starts_on FROM school_year WHERE starts_on < '2020-01-01'")
    now = await school.sql("SELECT id, name, starts_on, ends_on FROM term ORDER BY id")
    assert (now[: len(terms)], len(terms) + 2) == (terms, len(now))


async def test_a_course_that_is_used_again_is_another_subject(school: Any) -> None:
    def called(first_year: int, title: str) -> Roster:
        roster = generate_roster([A], first_year=first_year)
        courses = tuple(
            replace(each, title=title, code="", subjects=()) if each.source_id == "a-c-math" else each
            for each in roster.courses
        )
        return replace(roster, courses=courses)

    await brought(school, called(2025, "Woodwork"))
    taught = "SELECT s.title FROM class_subject cs JOIN subject s ON s.id = cs.subject_id JOIN school_class c"
    taught += (
        " ON c.id = cs.school_class_id JOIN school_year y ON y.id = c.school_year_id WHERE y.starts_on < '2026-06-01'"
    )
    before = sorted(row["title"] for row in await school.sql(taught))
    await brought(school, called(2026, "Astronomy"))
    assert before == sorted(row["title"] for row in await school.sql(taught))
    titles = {row["title"] for row in await school.sql("SELECT title FROM subject")}
    assert {"Woodwork", "Astronomy"} <= titles
    # In its own year a course may be renamed.
    assert {"course": 1} == (await brought(school, called(2026, "Astronomy and space")))["changed"]


# People -----------------------------------------------------------------------------------------------------


async def test_an_id_that_belongs_to_somebody_else_now_is_refused(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    other = replace(
        people(
            roster,
            lambda each: replace(each, given="Khánh", middle="", family="Phùng") if each.source_id == FIRST else each,
        ),
        demographics=tuple(
            replace(each, born_on=date(2009, 1, 1)) if each.person == FIRST else each for each in roster.demographics
        ),
    )
    (problem,) = await refused(school, other)
    assert "OTHER_PERSON" == problem.code
    assert "Phùng Khánh" in problem.message
    assert "users.csv:" in problem.message
    report = await brought(school, other, allow_renames=True)
    assert {"student": 1} == report["changed"]


async def test_another_system_does_not_rename_by_an_equal_number(school: Any) -> None:
    await brought(school, generate_roster([A]))
    problems = await refused(school, generate_roster([A], seed=7), system="chess")
    assert {"OTHER_PERSON"} == {each.code for each in problems}
    assert all("users.csv:" in each.message and each.row for each in problems)


async def test_people_under_new_ids_are_named_as_doubles(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    changed = "new-id"
    again = replace(
        roster,
        people=tuple(
            replace(each, source_id=changed, extra={"identifier": changed}) if each.source_id == FIRST else each
            for each in roster.people
        ),
        roles=tuple(replace(each, person=changed) if each.person == FIRST else each for each in roster.roles),
        enrolments=tuple(
            replace(each, person=changed, source_id=f"{each.section}-{changed}") if each.person == FIRST else each
            for each in roster.enrolments
        ),
        guardianships=tuple(
            replace(each, child=changed) if each.child == FIRST else each for each in roster.guardianships
        ),
        demographics=tuple(
            replace(each, person=changed) if each.person == FIRST else each for each in roster.demographics
        ),
    )
    assert {"student": 1} == (await brought(school, again))["doubles"]


async def test_what_the_school_corrected_stays_field_by_field(school: Any) -> None:
    roster = people(
        generate_roster([A]),
        lambda each: replace(each, phone="0900 111 222", email=f"{each.source_id}@old.example"),
    )
    await brought(school, roster)
    row = (await school.sql("SELECT id, family_name, given_name FROM student WHERE code = $1", FIRST))[0]
    await school.run(
        change_student,
        student=row["id"],
        name=NameInput("Ánh", row["family_name"], "Minh"),
        birth_date=date(2014, 5, 11),
    )
    school_class = await school.one("SELECT id FROM school_class WHERE name = '6A'")
    await school.run(change_school_class, school_class=school_class, name="6A1")
    for _ in range(2):
        report = await brought(school, roster)
        assert ({"student": 1, "homeroom": 1}, {}) == (report["kept"], report.get("changed", {}))

    def newer(each: Any) -> Any:
        # The file has another address, and no telephone any more.
        return replace(each, email="new@people.example", phone="") if each.source_id == FIRST else each

    assert {"student": 1} == (await brought(school, people(roster, newer)))["changed"]
    now = (await school.sql("SELECT given_name, birth_date, email, phone FROM student WHERE id = $1", row["id"]))[0]
    assert ("Ánh", date(2014, 5, 11), "new@people.example", None) == tuple(now.values())
    assert "6A1" == await school.one("SELECT name FROM school_class WHERE id = $1", school_class)


async def test_the_only_value_of_its_kind_may_be_taken_away(school: Any) -> None:
    roster = generate_roster([A])
    with_phone = people(roster, lambda each: replace(each, phone="0900") if each.source_id == FIRST else each)
    await brought(school, with_phone)
    assert {"student": 1} == (await brought(school, roster))["changed"]
    assert 0 == await school.one("SELECT count(*) FROM student WHERE phone IS NOT NULL")


async def test_a_column_that_a_file_lacks_clears_nothing_and_an_empty_one_needs_a_word(school: Any) -> None:
    roster = people(generate_roster([A]), lambda each: replace(each, phone="0900 111 222"))
    await brought(school, roster)
    (*_, problem) = await refused(school, generate_roster([A]))
    assert "MANY_ENDINGS" == problem.code
    assert "phone" in problem.message
    files = write_roster(roster)
    files["users.csv"] = files["users.csv"].replace(b",phone,", b",telephone,")
    assert "changed" not in await brought(school, files)
    assert 16 == await school.one("SELECT count(*) FROM student WHERE phone IS NOT NULL")


async def test_records_of_people_who_were_joined_or_removed_go_on(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    rows = await school.sql("SELECT id, code FROM student WHERE code LIKE 'a-s-6A-%' ORDER BY code")
    twin = rows[1]["id"]
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute("DELETE FROM class_enrolment WHERE student_id = $1", twin)
        await transaction.execute("DELETE FROM guardianship WHERE student_id = $1", twin)
    await school.run(merge_students, keep=rows[0]["id"], duplicate=twin)
    # The other system still has both: they are one student here, in one class.
    report = await brought(school, roster)
    assert "student" not in report.get("created", {})
    assert 15 == await school.one("SELECT count(*) FROM student")
    assert 15 == await school.one("SELECT count(*) FROM class_enrolment")
    removed = rows[2]["id"]
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute("DELETE FROM class_enrolment WHERE student_id = $1", removed)
        await transaction.execute("DELETE FROM guardianship WHERE student_id = $1", removed)
    await school.run(remove_students, students=[removed])
    assert {"student": 1} == {
        noun: number for noun, number in (await brought(school, roster))["created"].items() if noun == "student"
    }
    assert set() == {"created", "changed", "ended"} & (await brought(school, roster)).keys()


# Periods ----------------------------------------------------------------------------------------------------


async def test_who_left_and_came_back_has_two_enrolments(school: Any) -> None:
    roster = generate_roster([A])
    first = f"a-h-6A-{FIRST}"

    def twice(each: Enrolment) -> tuple[Enrolment, ...]:
        if each.source_id != first:
            return (each,)
        return (
            replace(each, starts_on=date(2025, 9, 5), ends_on=date(2025, 9, 19)),
            replace(each, source_id="again", starts_on=date(2025, 10, 6)),
        )

    two = replace(roster, enrolments=tuple(one for each in roster.enrolments for one in twice(each)))
    report = await brought(school, two)
    assert 17 == report["created"]["enrolment"]
    assert [(date(2025, 9, 5), date(2025, 9, 19)), (date(2025, 10, 6), None)] == [
        row[2:] for row in await enrolments(school)
    ]
    assert set() == {"created", "changed", "ended"} & (await brought(school, two)).keys()
    back = read_roster(base64.b64decode(await school.run(export_roster, system="oneroster-1.2")))
    assert [date(2025, 9, 19)] == [each.ends_on for each in back.enrolments if each.source_id == first] or (
        "again" in {each.source_id for each in back.enrolments}
    )


async def test_the_end_dates_of_oneroster_are_the_day_after_the_last(school: Any) -> None:
    roster = generate_roster([A])
    files = write_roster(roster)
    assert b"2026-07-01" in files["academicSessions.csv"]
    assert [each.ends_on for each in roster.sessions] == [each.ends_on for each in read_roster(files).sessions]
    first = f"a-h-6A-{FIRST}"
    moved = tuple(
        one
        for each in roster.enrolments
        for one in (
            (
                replace(each, starts_on=date(2025, 9, 5), ends_on=date(2025, 10, 5)),
                replace(each, source_id="moved", section="a-h-6B", starts_on=date(2025, 10, 6)),
            )
            if each.source_id == first
            else (each,)
        )
    )
    files = write_roster(replace(roster, enrolments=moved))
    assert b"2025-09-05,2025-10-06" in files["enrollments.csv"]
    await brought(school, files)
    assert [("6A", date(2025, 9, 5), date(2025, 10, 5)), ("6B", date(2025, 10, 6), None)] == [
        (row[0], *row[2:]) for row in await enrolments(school)
    ]


async def test_terms_with_a_day_in_common_are_refused(school: Any) -> None:
    roster = generate_roster([A], first_year=2019, form="sds-v2.1")
    sessions: tuple[Session, ...] = tuple(
        replace(each, ends_on=each.ends_on + timedelta(days=3))
        if each.source_id.endswith("-t1") and each.ends_on
        else each
        for each in roster.sessions
    )
    (problem,) = await refused(school, replace(roster, sessions=sessions))
    assert ("OVERLAP", True) == (problem.code, problem.message.startswith("academicSessions.csv:"))


async def test_a_period_that_meets_one_of_the_school_is_refused_with_its_line(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    first = f"a-h-6A-{FIRST}"
    two = replace(
        roster,
        enrolments=(
            *(
                replace(each, starts_on=date(2025, 9, 5), ends_on=date(2025, 9, 19))
                if each.source_id == first
                else each
                for each in roster.enrolments
            ),
            Enrolment("a-h-6A", FIRST, "student", "again", starts_on=date(2025, 10, 6)),
        ),
    )
    await brought(school, two)
    # The office writes down that the first time was longer, up to the second one; the file moves the second one.
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute("UPDATE class_enrolment SET ends_on = '2025-10-05' WHERE ends_on = '2025-09-19'")
    moved = replace(
        two,
        enrolments=tuple(
            replace(each, starts_on=date(2025, 9, 29)) if each.source_id == "again" else each for each in two.enrolments
        ),
    )
    for rehearse in (True, False):
        (problem, *_) = await refused(school, moved, rehearse=rehearse)
        assert ("OVERLAP", True) == (problem.code, problem.message.startswith("enrollments.csv:"))


# Faults -----------------------------------------------------------------------------------------------------


async def test_values_are_never_cut_and_faults_have_a_place(school: Any) -> None:
    roster = generate_roster([A])
    long = people(
        roster,
        lambda each: (
            replace(each, given="X" * 130, phone="1" * 41, email="e" * 255) if each.source_id == FIRST else each
        ),
    )
    problems = await refused(school, long)
    assert {"TOO_LONG"} == {each.code for each in problems}
    assert {"users.csv:7 [givenName]", "users.csv:7 [phone]", "users.csv:7 [email]"} == {
        each.message.split(":", 2)[0] + ":" + each.message.split(":", 2)[1] for each in problems
    }


async def test_an_enrolment_outside_its_school_year_is_left_out_and_counted(school: Any) -> None:
    roster = generate_roster([A])
    first = f"a-h-6A-{FIRST}"
    old = replace(
        roster,
        enrolments=tuple(
            replace(each, starts_on=date(2024, 9, 5), ends_on=date(2025, 5, 31)) if each.source_id == first else each
            for each in roster.enrolments
        ),
    )
    report = await brought(school, old)
    assert {"enrolments outside their class's school year": 1} == report["left_out"]
    assert [] == await enrolments(school)


async def test_two_classes_of_one_name_are_named_with_their_line(school: Any) -> None:
    roster = generate_roster([A])
    sections = tuple(replace(each, title="6A") if each.source_id == "a-h-6B" else each for each in roster.sections)
    (problem,) = await refused(school, replace(roster, sections=sections))
    assert problem.message.startswith("classes.csv:")
    assert problem.row
