"""Importing rosters: rehearsed first, all or nothing, twice is an update, and given back without passwords."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from homeroom.errors import Forbidden, Refusal
from homeroom.messages import spelt
from homeroom.names import Script
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.commands import export_roster, import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import FORMATS, read_roster, write_roster
from homeroom_rosters.roster.records import Enrolment, Roster
from homeroom_rosters.roster.selection import select_orgs
from homeroom_school.commands.people import NameInput, change_student, create_student

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAMPLES = Path(os.environ.get("HOMEROOM_TEST_SAMPLES", Path(__file__).parents[3] / "shared" / "data"))
NAMES = sorted(FORMATS)
A = SchoolShape("a", "Generated A", Script.VIETNAMESE, ("6", "7"), classes=2, students=4)
B = SchoolShape("b", "Generated B", students=2)


def packed(roster: Roster) -> str:
    return base64.b64encode(write_zip(write_roster(roster))).decode()


async def brought(school: Any, roster: Roster, **more: Any) -> dict[str, Any]:
    """Import and give the report."""
    report: dict[str, Any] = await school.reported(import_roster, bundle=packed(roster), organisations=["a"], **more)
    report.pop("names", None)
    return report


async def counts(school: Any) -> dict[str, int]:
    tables = (
        "school_class class_subject student staff guardian class_enrolment teaching_assignment"
        " homeroom_appointment guardianship import_link audit_line"
    ).split()
    return {table: await school.one(f"SELECT count(*) FROM {table}") for table in tables}


@pytest.mark.parametrize("form", NAMES)
async def test_the_rehearsal_is_the_import_taken_back(school: Any, form: str) -> None:
    roster = generate_roster([A, B], form=form)
    before = await counts(school)
    rehearsed = await brought(school, roster, rehearse=True)
    assert before == await counts(school)
    assert rehearsed == await brought(school, roster)
    assert {"student": 16, "staff": 5, "guardian": 16} == {
        noun: number for noun, number in rehearsed["created"].items() if noun in ("student", "staff", "guardian")
    }


@pytest.mark.parametrize("form", NAMES)
async def test_whole_classes_are_classes_and_their_sections_are_subjects(school: Any, form: str) -> None:
    await brought(school, generate_roster([A, B], form=form))
    answer = await school.ask(
        """{ schoolClasses { nodes { name kind gradeLevel { code } schoolYear { name }
               subjects { nodes { subject { code } periodsPerYear teachingAssignments { totalCount } } }
               currentEnrolments { totalCount } currentHomeroomAppointment { staff { fullName } } } } }"""
    )
    nodes = answer["data"]["schoolClasses"]["nodes"]
    assert ["6A", "6B", "7A", "7B"] == [node["name"] for node in nodes]
    for node in nodes:
        assert ("HOMEROOM", node["name"][0]) == (node["kind"], node["gradeLevel"]["code"])
        assert {"name": "2025-2026"} == node["schoolYear"], "the year that the school has, not another"
        # The subjects that the school has, with the periods of its plan, not new ones.
        assert {("math", 140, 1), ("lang", 140, 1)} == {
            (each["subject"]["code"], each["periodsPerYear"], each["teachingAssignments"]["totalCount"])
            for each in node["subjects"]["nodes"]
        }
        assert {"totalCount": 4} == node["currentEnrolments"]
        assert node["currentHomeroomAppointment"]["staff"]["fullName"]
    assert 3 == await school.one("SELECT count(*) FROM subject")


@pytest.mark.parametrize("form", NAMES)
async def test_a_second_import_changes_nothing(school: Any, form: str) -> None:
    roster = generate_roster([A, B], form=form)
    await brought(school, roster)
    before = await counts(school)
    again = await brought(school, roster)
    assert ({}, {}, {}) == (again["created"], again["changed"], again["ended"])
    assert {**before, "audit_line": before["audit_line"] + 1} == await counts(school)


@pytest.mark.parametrize("form", NAMES)
async def test_what_was_imported_is_given_back(school: Any, form: str) -> None:
    roster = generate_roster([A, B], form=form)
    await brought(school, roster)
    content = await school.run(export_roster, system=form)
    assert select_orgs(roster, ["a"]).roster == read_roster(base64.b64decode(content))


@pytest.mark.parametrize("form", NAMES)
async def test_the_export_says_what_the_registry_says_now(school: Any, form: str) -> None:
    roster = generate_roster([A], form=form)
    await brought(school, roster)
    row = (await school.sql("SELECT id, code FROM student ORDER BY code LIMIT 1"))[0]
    await school.run(
        change_student, student=row["id"], name=NameInput("Ánh", "Đỗ", "Minh"), birth_date=date(2013, 2, 3)
    )
    back = read_roster(base64.b64decode(await school.run(export_roster, system=form)))
    person = next(each for each in back.people if each.source_id == row["code"])
    assert ("Đỗ", "Ánh") == (person.family, person.given.split()[-1])
    assert date(2013, 2, 3) == next(each.born_on for each in back.demographics if each.person == row["code"])
    changed = sum(one != other for one, other in zip(roster.people, back.people, strict=True))
    assert 1 == changed


async def test_only_what_was_imported_can_be_exported(school: Any) -> None:
    with pytest.raises(Refusal):
        await school.run(export_roster, system="never")


@pytest.mark.parametrize("form", NAMES)
async def test_passwords_are_nowhere_in_the_database(school: Any, form: str) -> None:
    files = write_roster(generate_roster([A], form=form))
    name = "Student.csv" if form == "sds-v1" else "users.csv"
    table = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
    place = [header.casefold() for header in table[0]].index("password")
    out = io.StringIO(newline="")
    csv.writer(out).writerows([table[0], *([*row[:place], "hunter2-secret", *row[place + 1 :]] for row in table[1:])])
    bundle = base64.b64encode(write_zip({**files, name: out.getvalue().encode()})).decode()
    await school.run(import_roster, bundle=bundle, organisations=["a"])
    tables = await school.sql(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    for row in tables:
        held = await school.one(f"SELECT count(*) FROM {row['relname']} t WHERE t::text LIKE '%hunter2%'")
        assert 0 == held, row["relname"]
    content = base64.b64decode(await school.run(export_roster, system=form))
    assert b"hunter2" not in b"".join(write_roster(read_roster(content)).values())


async def test_a_newer_roster_is_an_update(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    first, second = (f"a-s-6A-{number:02d}" for number in range(2))
    people = tuple(replace(each, given="Mới") if each.source_id == first else each for each in roster.people)
    moved = {f"a-h-6A-{first}": "a-h-6B"}
    enrolments = tuple(
        replace(
            each, section=moved.get(each.source_id, each.section), source_id=each.source_id.replace("a-h-6A", "a-h-6B")
        )
        if each.source_id in moved
        else each
        for each in roster.enrolments
        if each.person != second
    )
    report = await brought(school, replace(roster, people=people, enrolments=enrolments))
    assert {"student": 1} == report["changed"]
    assert {"enrolment": 1} == report["created"]
    assert ({"enrolment": 2}, {"enrolment": 1}) == (report["ended"], report["moved"])
    rows = await school.sql(
        "SELECT c.name, e.starts_on, e.ends_on FROM class_enrolment e JOIN student s ON s.id = e.student_id"
        " JOIN school_class c ON c.id = e.school_class_id WHERE s.code = $1 ORDER BY e.starts_on",
        first,
    )
    assert [
        {"name": "6A", "starts_on": date(2025, 9, 5), "ends_on": date(2025, 10, 14)},
        {"name": "6B", "starts_on": date(2025, 10, 15), "ends_on": None},
    ] == rows
    # Who vanished is ended, not deleted.
    assert 16 == await school.one("SELECT count(*) FROM student")
    assert date(2025, 10, 14) == await school.one(
        "SELECT e.ends_on FROM class_enrolment e JOIN student s ON s.id = e.student_id WHERE s.code = $1", second
    )
    back = await brought(school, roster)
    # The same day: what the earlier roster began today is corrected, what it ended continues, nobody is in two classes.
    assert ({}, {}, {"enrolment": 1}) == (back["created"], back["ended"], back["reopened"])
    assert {"enrolment": 1, "student": 1} == back["changed"]


async def test_what_the_office_ended_stays_ended_and_is_reported(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute(
            "UPDATE class_enrolment SET ends_on = '2025-10-01'"
            " WHERE id = (SELECT min(id::text)::uuid FROM class_enrolment)"
        )
    report = await brought(school, roster)
    assert {"ended here, still in the roster": 1} == report["left_out"]
    assert 1 == await school.one("SELECT count(*) FROM class_enrolment WHERE ends_on = '2025-10-01'")
    exported = read_roster(base64.b64decode(await school.run(export_roster, system="oneroster-1.2")))
    assert len(roster.enrolments) - 1 == len(exported.enrolments)


async def test_people_who_are_there_are_met_by_their_number_and_name(school: Any) -> None:
    roster = generate_roster([A])
    person = next(each for each in roster.people if each.source_id == "a-s-6A-00")
    name = NameInput(person.given, person.family, person.middle)
    made = await school.run(create_student, name=name, code="a-s-6A-00", phone="123")
    report = await brought(school, roster)
    assert ({"student": 1}, 15) == (report["changed"], report["created"]["student"])
    row = (await school.sql("SELECT phone, birth_date FROM student WHERE id = $1", made))[0]
    assert "123" == row["phone"], "what the roster does not tell stays"
    assert row["birth_date"], "what was empty is filled"


async def test_somebody_else_with_the_same_number_is_refused(school: Any) -> None:
    made = await school.run(
        create_student, name=NameInput("Khánh", "Phùng"), code="a-s-6A-00", birth_date=date(2010, 1, 1)
    )
    before = await counts(school)
    with pytest.raises(Refusal) as refused:
        await school.run(import_roster, bundle=packed(generate_roster([A])), organisations=["a"])
    (problem,) = refused.value.problems
    assert ("OTHER_PERSON", 7) == (problem.code, problem.row)
    assert "users.csv:7" in problem.message
    assert "Phùng Khánh" in problem.message
    assert await counts(school) == before
    assert "Phùng Khánh" == await school.one("SELECT full_name FROM student WHERE id = $1", made)


async def test_a_section_of_some_students_becomes_a_class_of_its_own(school: Any) -> None:
    roster = generate_roster([A])
    enrolments = tuple(
        each
        for each in roster.enrolments
        if each.section != "a-x-6A-math" or each.role == "teacher" or each.person.endswith(("00", "01"))
    )
    report = await brought(school, replace(roster, enrolments=enrolments))
    assert 1 == report["created"]["section"]
    rows = await school.sql("SELECT name FROM school_class WHERE kind = 'course'")
    assert [{"name": "6A Mathematics"}] == rows
    # It stays what it is, also when the whole class sits in it later.
    again = await brought(school, roster)
    assert "section" not in again["created"]
    assert 2 == again["created"]["enrolment"]


async def test_what_is_left_out_is_reported(school: Any) -> None:
    roster = generate_roster([A, B])
    stranger = Enrolment("a-h-6A", "b-t-00", "ext:visitor", "stranger")
    report = await brought(school, replace(roster, enrolments=(*roster.enrolments, stranger)))
    left = {each["id"]: each for each in report["organisations_left_out"]}
    assert {"district", "b"} == set(left)
    assert (6, 18) == (left["b"]["sections"], left["b"]["enrolments"])
    assert 1 == report["enrolments_of_outsiders"]
    assert {"role ext:visitor in a section": 1} == report["unknown"]


async def test_sexes_are_read_as_offices_write_them_and_other_words_are_counted(school: Any) -> None:
    roster = generate_roster([A], form="sds-v2.1")
    words = ["Nữ", "nam", "女", "Khác"]
    given = [replace(each, sex=word) for each, word in zip(roster.demographics[:4], words, strict=True)]
    rest = [replace(each, sex="") for each in roster.demographics[4:]]
    report = await brought(school, replace(roster, demographics=(*given, *rest)))
    assert {"sex Khác": 1} == report["unknown"]
    assert [("female", 2), ("male", 1)] == [
        (row["sex"], row["count"])
        for row in await school.sql(
            "SELECT sex, count(*) FROM (SELECT sex FROM student UNION ALL SELECT sex FROM staff) p"
            " WHERE sex IS NOT NULL GROUP BY sex ORDER BY sex"
        )
    ]


async def test_a_bundle_with_faults_changes_nothing_and_names_them_all(school: Any) -> None:
    files = write_roster(generate_roster([A]))
    files["users.csv"] = files["users.csv"].replace(b"a-s-6A-00,,,true", b"a-s-6A-00,,,perhaps")
    files["enrollments.csv"] = files["enrollments.csv"].replace(b",a-h-6A,a,a-s-6A-01", b",nowhere,a,a-s-6A-01")
    before = await counts(school)
    for rehearse in (True, False):
        bundle = base64.b64encode(write_zip(files)).decode()
        with pytest.raises(Refusal) as refused:
            await school.run(import_roster, rehearse=rehearse, bundle=bundle, organisations=["a"])
        found = {(each.code, each.message.split(":")[0], spelt(each.field)) for each in refused.value.problems}
        assert ("BAD_BOOLEAN", "users.csv", "bundle") in found
        assert ("UNKNOWN_REFERENCE", "enrollments.csv", "bundle") in found
        assert all(each.row for each in refused.value.problems)
    assert before == await counts(school)


async def test_what_cannot_become_rows_changes_nothing(school: Any) -> None:
    roster = generate_roster([A])
    sections = tuple(replace(each, title="6A") if each.source_id == "a-h-6B" else each for each in roster.sections)
    both = replace(
        roster,
        enrolments=(*roster.enrolments, Enrolment("a-h-6B", "a-s-6A-00", "student", "both")),
    )
    before = await counts(school)
    for wrong, code in ((replace(roster, sections=sections), "DUPLICATE"), (both, "OVERLAP")):
        with pytest.raises(Refusal) as refused:
            await school.run(import_roster, bundle=packed(wrong), organisations=["a"])
        assert [code] == [each.code for each in refused.value.problems]
        assert before == await counts(school)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"bundle": "%%%"}, ("INVALID", "bundle")),
        ({"bundle": "AAAA"}, ("BAD_ZIP", "bundle")),
        ({"organisations": ["x"]}, ("UNKNOWN_ORG", "bundle")),
        ({"organisations": []}, ("NO_ORG", "bundle")),
        ({"format": "excel"}, ("UNKNOWN_FORMAT", "bundle")),
    ],
)
async def test_bad_arguments_are_refused(school: Any, arguments: dict[str, Any], problem: tuple[str, str]) -> None:
    whole: dict[str, Any] = {"bundle": packed(generate_roster([A])), "organisations": ["a"], **arguments}
    with pytest.raises(Refusal) as refused:
        await school.run(import_roster, **whole)
    assert [problem] == [(each.code, spelt(each.field)) for each in refused.value.problems]


@pytest.mark.parametrize("role", ["admin", "teacher", "student", "guardian"])
async def test_only_the_office_imports_and_exports(school: Any, role: str) -> None:
    bundle = packed(generate_roster([A]))
    caller = school.caller(role)
    with pytest.raises(Forbidden):
        await school.run(import_roster, caller=caller, bundle=bundle, organisations=["a"])
    with pytest.raises(Forbidden):
        await school.run(export_roster, caller=caller, system="oneroster-1.2")
    assert 0 == await school.one("SELECT count(*) FROM student")


async def test_the_registrar_imports_over_graphql(school: Any) -> None:
    answer = await school.ask(
        """mutation ($input: ImportRosterInput!) {
             importRoster(input: $input) { importRun { kind system report } errors { code message row } } }""",
        caller=school.caller("registrar"),
        input={"bundle": packed(generate_roster([A])), "organisations": ["a"]},
    )
    assert "errors" not in answer, answer
    run = answer["data"]["importRoster"]["importRun"]
    assert ("IMPORT", "oneroster-1.2") == (run["kind"], run["system"])
    assert 16 == await school.one("SELECT count(*) FROM student")


async def test_a_school_of_twelve_hundred_is_imported_in_one_go(school: Any) -> None:
    subjects = [(f"s{number}", f"Subject {number}") for number in range(14)]
    big = SchoolShape("a", "Big", Script.VIETNAMESE, ("6", "7"), 18, 34, subjects)
    report = await brought(school, generate_roster([big]))
    assert {"student": 1224, "enrolment": 1224, "teaching": 504} == {
        noun: report["created"][noun] for noun in ("student", "enrolment", "teaching")
    }


@pytest.mark.parametrize(
    ("folder", "organisation", "students"), [("sds-v2.1", "110003", 3), ("sds-v1-100-users", "10001", 60)]
)
async def test_the_published_samples_become_rows(school: Any, folder: str, organisation: str, students: int) -> None:
    path: Path = SAMPLES / folder
    if not path.is_dir():
        pytest.skip(f"no sample bundle at {path}; set HOMEROOM_TEST_SAMPLES")
    bundle = base64.b64encode(write_zip(write_roster(read_roster(path)))).decode()
    for _ in range(2):
        await school.run(import_roster, bundle=bundle, organisations=[organisation])
        assert students == await school.one("SELECT count(*) FROM student")
    content = await school.run(export_roster, system=read_roster(path).format)
    assert select_orgs(read_roster(path), [organisation]).roster == read_roster(base64.b64decode(content))


async def test_class_numbers_come_from_the_roster(school: Any) -> None:
    roster = generate_roster([A])

    def numbered(by: int) -> Roster:
        return replace(
            roster,
            enrolments=tuple(
                replace(each, extra={"metadata.classNumber": str(int(each.person[-2:]) + by)})
                if each.role == "student" and "-h-" in each.section
                else each
                for each in roster.enrolments
            ),
        )

    await brought(school, numbered(1))
    assert {1, 2, 3, 4} == {row["class_number"] for row in await school.sql("SELECT class_number FROM class_enrolment")}
    assert {"enrolment": 16} == (await brought(school, numbered(5)))["changed"]
    assert {} == (await brought(school, roster))["changed"], "what the roster does not tell stays"
    assert {5, 6, 7, 8} == {row["class_number"] for row in await school.sql("SELECT class_number FROM class_enrolment")}


def with_extra(roster: Roster, extra: dict[str, dict[str, str]]) -> Roster:
    return replace(
        roster,
        people=tuple(
            replace(each, extra={**each.extra, **extra[each.source_id]}) if each.source_id in extra else each
            for each in roster.people
        ),
    )


async def test_numbers_and_further_names_come_from_the_roster(school: Any) -> None:
    roster = with_extra(
        generate_roster([A]),
        {
            "a-s-6A-00": {
                "userIds": "{hk.hkid:a123456(3)},{fed:zz}",
                "preferredGivenName": "大文",
                "preferredFamilyName": "陳",
            },
            "a-t-00": {"userIds": "{cn.resident_id:11010519491231002x}", "preferredGivenName": "Lan"},
        },
    )
    report = await brought(school, roster)
    assert (2, 1) == (report["created"]["identifier"], report["created"]["name"])
    rows = await school.sql("SELECT kind, value FROM person_identifier ORDER BY kind")
    assert [("cn.resident_id", "11010519491231002X"), ("hk.hkid", "A1234563")] == [tuple(r.values()) for r in rows]
    assert ["陳大文"] == [row["full_name"] for row in await school.sql("SELECT full_name FROM person_name")]
    again = await brought(school, roster)
    assert ({}, {}) == (again["created"], again["changed"])
    back = read_roster(base64.b64decode(await school.run(export_roster, system="oneroster-1.2")))
    assert select_orgs(roster, ["a"]).roster == back


async def test_wrong_numbers_are_refused_with_their_people(school: Any) -> None:
    roster = with_extra(
        generate_roster([A]),
        {
            "a-s-6A-00": {"userIds": "{hk.hkid:A123456(4)}"},
            "a-s-6A-01": {"userIds": "{hk.strn:S1}"},
            "a-s-6A-02": {"userIds": "{hk.strn:s1}"},
        },
    )
    with pytest.raises(Refusal) as refused:
        await school.run(import_roster, bundle=packed(roster), organisations=["a"])
    found = [(each.code, each.message) for each in refused.value.problems]
    assert ["CHECK_CHARACTER", "DUPLICATE"] == [code for code, _ in found]
    assert found[0][1].startswith("users.csv:")
    assert "A123456" not in found[0][1], "a refusal must not spread a number"
    assert 0 == await school.one("SELECT count(*) FROM student")


async def test_a_move_with_a_given_day_ends_the_old_class_the_day_before(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    student = "a-s-6A-00"
    enrolments = tuple(
        replace(each, section="a-h-6B", source_id="moved", starts_on=date(2025, 10, 6))
        if each.source_id == f"a-h-6A-{student}"
        else each
        for each in roster.enrolments
    )
    await brought(school, replace(roster, enrolments=enrolments))
    rows = await school.sql(
        "SELECT e.starts_on, e.ends_on FROM class_enrolment e JOIN student s ON s.id = e.student_id"
        " WHERE s.code = $1 ORDER BY e.starts_on",
        student,
    )
    assert [(date(2025, 9, 5), date(2025, 10, 5)), (date(2025, 10, 6), None)] == [tuple(row.values()) for row in rows]


async def test_the_year_can_be_named(school: Any) -> None:
    roster = generate_roster([A], first_year=2019)
    year = await school.one("SELECT id FROM school_year")
    await brought(school, roster, school_year=year)
    assert 1 == await school.one("SELECT count(*) FROM school_year")
    assert [{"school_year_id": year}] == await school.sql("SELECT DISTINCT school_year_id FROM school_class")


async def test_a_year_that_the_school_lacks_is_made_with_its_terms(school: Any) -> None:
    await brought(school, generate_roster([A], first_year=2019))
    rows = await school.sql(
        "SELECT y.name, y.status, t.number FROM school_year y JOIN term t ON t.school_year_id = y.id"
        " WHERE y.name LIKE '2019%' ORDER BY t.number"
    )
    assert [("2019-2020", "past", 1), ("2019-2020", "past", 2)] == [tuple(row.values()) for row in rows]


async def test_two_imports_at_once_make_everybody_once(school: Any) -> None:
    roster = generate_roster([A])
    reports = await asyncio.gather(brought(school, roster), brought(school, roster))
    assert [0, 16] == sorted(report["created"].get("student", 0) for report in reports)
    assert 16 == await school.one("SELECT count(*) FROM student")


async def test_two_classes_exchange_their_names(school: Any) -> None:
    roster = generate_roster([A])
    await brought(school, roster)
    rows = {row["name"]: row["id"] for row in await school.sql("SELECT id, name FROM school_class")}
    names = {"a-h-6A": "6B", "a-h-6B": "6A"}
    sections = tuple(replace(each, title=names.get(each.source_id, each.title)) for each in roster.sections)
    assert {"homeroom": 2} == (await brought(school, replace(roster, sections=sections)))["changed"]
    now = {row["name"]: row["id"] for row in await school.sql("SELECT id, name FROM school_class")}
    assert {**rows, "6A": rows["6B"], "6B": rows["6A"]} == now
    lines = await school.sql(
        "SELECT old_values::text AS old, new_values::text AS new FROM audit_line"
        " WHERE noun = 'school_class' AND old_values IS NOT NULL ORDER BY old_values::text"
    )
    assert [('{"name": "6A"}', '{"name": "6B"}'), ('{"name": "6B"}', '{"name": "6A"}')] == [
        (row["old"], row["new"]) for row in lines
    ]


async def test_a_course_of_a_homeroom_class_may_be_taught_to_others(school: Any) -> None:
    roster = generate_roster([A])
    homeroom = next(each for each in roster.sections if each.course == "a-c-math")
    sections = tuple(replace(each, kind="homeroom") if each is homeroom else each for each in roster.sections)
    enrolments = tuple(each for each in roster.enrolments if each.section != homeroom.source_id)
    await brought(school, replace(roster, sections=sections, enrolments=enrolments))
    taught = "SELECT count(*) FROM class_subject cs JOIN subject s ON s.id = cs.subject_id WHERE s.code = 'math'"
    assert 3 == await school.one(taught), "the other classes of the course, and not the homeroom class"


async def test_years_have_shorter_names_than_terms(school: Any) -> None:
    roster = generate_roster([A], form="sds-v2.1", first_year=2026)
    named = tuple(replace(each, title=f"{each.title}{'x' * 41}") for each in roster.sessions)
    with pytest.raises(Refusal) as refused:
        await brought(school, replace(roster, sessions=named))
    assert [("TOO_LONG", 2, "title")] == [(each.code, each.row, each.column) for each in refused.value.problems]
