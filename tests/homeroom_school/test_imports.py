"""Imports of rooms and students by GraphQL: rehearsed with names, refused by line and column, undone."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from homeroom.cli import main
from homeroom.errors import ConfigurationError
from homeroom.imports import imports
from homeroom.imports.commands import undo_import
from homeroom.imports.sync import SystemFile
from homeroom.names import Script
from homeroom.worker.runner import JobRunner
from homeroom_school.commands.people import NameInput, StudentRow, create_students
from homeroom_school.commands.premises import RoomRow, change_room, create_building, create_campus, create_rooms
from homeroom_school.tables import Sex

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
async def people(host: Any) -> Any:
    """Signs people in at schools of the test's host."""
    from homeroom.app import create_app
    from homeroom.testing import People

    made = People(host, create_app(host))
    yield made
    await made.close()


UNDO = """mutation ($run: ID!) { undoImport(input: {importRun: $run}) {
    importRun { kind report } errors { code message } } }"""


async def send(client: Any, name: str, data: bytes, arguments: str = "", mutation: str = "importRooms") -> Any:
    """Send a file to an import, and give its payload."""
    document = (
        f"mutation ($file: Upload!) {{ {mutation}(input: {{file: $file {arguments}}})"
        " { importRun { id kind state format report } errors { code message field row column } } }"
    )
    answer = await client.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": document, "variables": {"file": None}}),
            "map": json.dumps({"a": ["variables.file"]}),
        },
        files={"a": (name, data, "application/octet-stream")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    body = answer.json()
    assert "errors" not in body, body
    return body["data"][mutation]


def sheet(*rows: Any) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def premises(school: Any) -> None:
    for code in ("A", "B"):
        campus = await school.run(create_campus, code=code, name=f"Cơ sở {code}")
        await school.run(create_building, campus=campus, code="N", name=f"North {code}")


async def test_rooms_come_from_a_file(school: Any, make_school: Any, people: Any) -> None:
    other = await make_school()
    for each in (school, other):
        await premises(each)
    registrar = await people(school.space, "registrar")
    data = (
        "code;name;Campus: code;Building: code;Kind: code;Capacity;Note\r\n"
        "101;Phòng 101;A;N;classroom;40;x\r\n\r\n"
        "007;Phòng 7;B;N;laboratory;;\r\n"
    ).encode()
    answer = await send(registrar, "rooms.csv", data)
    assert [] == answer["errors"]
    assert {"rooms": 2} == answer["importRun"]["report"]["created"]
    assert ["Note"] == answer["importRun"]["report"]["passed_over_columns"]
    assert ["101 Phòng 101", "007 Phòng 7"] == [
        each["name"] for each in answer["importRun"]["report"]["names"]["created"]
    ]
    rows = await school.sql(
        "SELECT r.code, r.capacity, c.code AS campus, b.campus_id = c.id AS there, k.code AS kind FROM room r"
        " JOIN campus c ON c.id = r.campus_id JOIN building b ON b.id = r.building_id"
        " JOIN code_value k ON k.id = r.kind_id ORDER BY r.code"
    )
    assert [
        {"code": "007", "capacity": None, "campus": "B", "there": True, "kind": "laboratory"},
        {"code": "101", "capacity": 40, "campus": "A", "there": True, "kind": "classroom"},
    ] == rows
    assert 0 == await other.one("SELECT count(*) FROM room")
    again = data.replace(b"40;x", b"44;x")
    answer = await send(registrar, "rooms.csv", again)
    assert ([], {"rooms": 1}, {"rooms": 1}) == (
        answer["errors"],
        answer["importRun"]["report"]["changed"],
        answer["importRun"]["report"]["unchanged"],
    )
    (changed,) = answer["importRun"]["report"]["names"]["changed"]
    assert ("101 Phòng 101", "Số chỗ ngồi: 40 → 44") == (changed["name"], changed["detail"])


async def test_every_fault_is_named_by_line_and_column(school: Any, people: Any) -> None:
    await premises(school)
    await school.run(
        create_rooms, campus=await school.one("SELECT id FROM campus WHERE code = 'A'"), rows=[RoomRow("1", "One")]
    )
    registrar = await people(school.space, "registrar")
    data = sheet(
        ["Code", "Name", "Campus", "Capacity", "Kind"],
        ["101", "Phòng 101", "A", "#N/A", "classroom"],
        ["102", "Phòng 102", "C", 10_000, "classroom"],
        [None, "Phòng 103", "A", "many", "cellar"],
        ["104", "Phòng 104", "A", 12, None],
        ["104", None, "A", 12, None],
    )
    answer = await send(registrar, "rooms.xlsx", data)
    assert answer["importRun"] is None
    assert sorted(
        [
            ("BAD_VALUE", 2, "Capacity"),
            ("UNKNOWN_REFERENCE", 3, "Campus"),
            ("OUT_OF_RANGE", 3, "Capacity"),
            ("REQUIRED", 4, "Code"),
            ("BAD_NUMBER", 4, "Capacity"),
            ("UNKNOWN_CODE", 4, "Kind"),
            ("LISTED_TWICE", 6, "Code"),
            ("REQUIRED", 6, "Name"),
        ]
    ) == sorted([(each["code"], each["row"], each["column"]) for each in answer["errors"]])
    assert 1 == await school.one("SELECT count(*) FROM room")


async def test_a_rehearsal_names_and_keeps_nothing_and_an_import_is_undone(school: Any, people: Any) -> None:
    await premises(school)
    registrar = await people(school.space, "registrar")
    campus = await school.one("SELECT id FROM campus WHERE code = 'A'")
    await school.run(create_rooms, campus=campus, rows=[RoomRow(str(n), f"Room {n}", capacity=10) for n in range(1, 9)])
    data = sheet(["Mã", "Tên", "Cơ sở", "Sức chứa"], ["1", "Room 1", "A", 12], ["9", "Room 9", "A", 30])
    headers = 'headers: [{header: "Sức chứa", column: "capacity"}]'
    answer = await send(registrar, "rooms.xlsx", data, f"{headers}, absent: END, rehearse: true")
    (problem,) = answer["errors"]
    assert ("MANY_ENDINGS", "file") == (problem["code"], problem["field"])
    assert "7 trên 8 (Phòng): 2 Room 2, 3 Room 3" in problem["message"]
    answer = await send(registrar, "rooms.xlsx", data, f"{headers}, absent: END, allowEndings: true, rehearse: true")
    names = answer["importRun"]["report"]["names"]
    assert "PREVIEW" == answer["importRun"]["kind"]
    assert (["9 Room 9"], ["Số chỗ ngồi: 10 → 12"], 7) == (
        [each["name"] for each in names["created"]],
        [each["detail"] for each in names["changed"]],
        len(names["ended"]),
    )
    assert (8, 0) == (
        await school.one("SELECT count(*) FROM room WHERE active"),
        await school.one("SELECT count(*) FROM import_run"),
    )
    answer = await send(registrar, "rooms.xlsx", data, f"{headers}, absent: END, allowEndings: true")
    assert [] == answer["errors"]
    assert 2 == await school.one("SELECT count(*) FROM room WHERE active")
    run = answer["importRun"]["id"]
    new = await school.one("SELECT id FROM room WHERE code = '9'")
    await school.run(change_room, room=new, capacity=31)
    (refused,) = (await registrar.gql(UNDO, run=run))["undoImport"]["errors"]
    assert ("CHANGED_SINCE", True) == (refused["code"], "9 Room 9" in refused["message"])
    teacher = await people(school.space, "teacher")
    assert ["FORBIDDEN"] == await teacher.refused(UNDO, run=run)


async def test_an_import_is_undone_whole(school: Any, make_school: Any, people: Any) -> None:
    await premises(school)
    registrar = await people(school.space, "registrar")
    campus = await school.one("SELECT id FROM campus WHERE code = 'A'")
    await school.run(create_rooms, campus=campus, rows=[RoomRow("1", "One", capacity=10), RoomRow("2", "Two")])
    before = await school.sql("SELECT id, code, name, capacity, active FROM room ORDER BY code")
    data = b"code,name,campus,capacity\n1,Uno,A,12\n3,Three,B,30\n"
    run = (await send(registrar, "rooms.csv", data, "absent: END"))["importRun"]["id"]
    assert 2 == await school.one("SELECT count(*) FROM room WHERE active")
    stranger = await people((await make_school()).space, "registrar")
    assert ["NOT_FOUND"] == [each["code"] for each in (await stranger.gql(UNDO, run=run))["undoImport"]["errors"]]
    done = (await registrar.gql(UNDO, run=run))["undoImport"]
    assert ([], "UNDO") == (done["errors"], done["importRun"]["kind"])
    assert before == await school.sql("SELECT id, code, name, capacity, active FROM room ORDER BY code")
    assert ["UNDONE"] == [each["code"] for each in (await registrar.gql(UNDO, run=run))["undoImport"]["errors"]]
    listed = await registrar.gql("{ importRuns { nodes { kind command fileName login } } }")
    assert ["IMPORT", "UNDO"] == sorted(each["kind"] for each in listed["importRuns"]["nodes"])


async def test_an_import_that_contradicts_itself_is_no_import() -> None:
    async def bring_in(file: SystemFile) -> None:
        """Bring in rooms."""

    for declared in ({"bring_in": bring_in, "key": "code"}, {"headers": {"Raum": "room"}}, {"key": "room"}):
        with pytest.raises(ConfigurationError):
            imports(create_rooms, **declared)
    made = imports(create_rooms, bring_in=bring_in, headers={"Raum": "code"})
    assert {"file", "system", "allow_endings", "building", "as_job"} <= set(made.parameters)


async def test_five_thousand_students_come_by_a_job(school: Any, make_school: Any, people: Any) -> None:
    other = await make_school()
    registrar = await people(school.space, "registrar")
    rows = "".join(
        f"S{n:05};王小{chr(0x4E00 + n)};{'男' if n % 2 else '女'};2015年3月{n % 28 + 1}日\r\n" for n in range(5_000)
    )
    data = f"学号;姓名;性别;出生日期\r\n{rows}".encode("gb18030")
    arguments = (
        'headers: [{header: "学号", column: "code"}, {header: "性别", column: "sex"},'
        ' {header: "出生日期", column: "birth_date"}]'
    )
    waiting = await send(registrar, "学生.csv", data, f"{arguments}, asJob: IMPORT", "importStudents")
    assert ([], "WAITING") == (waiting["errors"], waiting["importRun"]["state"])
    (job,) = await school.sql("SELECT id FROM job WHERE name = 'imports.file.run'")
    await JobRunner(school.host).run(school.space.id, job["id"])
    (job,) = await school.sql(
        "SELECT state, error, progress_done, progress_total FROM job WHERE name = 'imports.file.run'"
    )
    assert {"state": "succeeded", "error": None, "progress_done": 5_000, "progress_total": 5_000} == job
    (run,) = (await registrar.gql("{ importRuns { nodes { state report problems } } }"))["importRuns"]["nodes"]
    assert ("DONE", {"students": 5_000}) == (run["state"], run["report"]["created"])
    assert "S00000 王小一" == run["report"]["names"]["created"][0]["name"]
    assert [5_000, 0] == [await each.one("SELECT count(*) FROM student") for each in (school, other)]
    assert {"family_name": "王", "sex": "male"} == (
        await school.sql("SELECT family_name, sex FROM student WHERE code = 'S00001'")
    )[0]
    assert 0 == await school.one("SELECT count(*) FROM stored_file")
    run = await school.one("SELECT id FROM import_run")
    await school.run(undo_import, import_run=run)
    assert 0 == await school.one("SELECT count(*) FROM student")


async def test_a_job_keeps_why_a_file_was_refused(school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    data = b"code,full_name,birth_date\n1,An,2031-01-01\n2,,2015-01-01\n"
    await send(registrar, "students.csv", data, "asJob: REHEARSAL", "importStudents")
    job = await school.one("SELECT id FROM job WHERE name = 'imports.file.run'")
    await JobRunner(school.host).run(school.space.id, job)
    (run,) = (await registrar.gql("{ importRuns { nodes { kind state problems } } }"))["importRuns"]["nodes"]
    assert ("PREVIEW", "REFUSED") == (run["kind"], run["state"])
    assert [("OUT_OF_RANGE", 2, "birth_date"), ("REQUIRED", 3, "full_name")] == [
        (each["code"], each["row"], each["column"]) for each in run["problems"]
    ]
    assert 0 == await school.one("SELECT count(*) FROM student")


async def test_the_command_line_rehearses_imports_and_undoes(
    school: Any, make_school: Any, database_settings: Any, tmp_path: Path
) -> None:
    other = await make_school()
    environment = {**database_settings.environment(), "HOMEROOM_DATA_DIR": str(tmp_path), "LC_ALL": "en_GB.UTF-8"}
    file = tmp_path / "students.csv"
    file.write_bytes("mã hs;full name;birth date\nS1;Lê Thị An;03/04/2015\n".encode())

    async def said(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, main, arguments, env=environment)

    # The command line starts whatever is installed, so all of it has its tables.
    migrated = await said("migrate")
    assert 0 == migrated.exit_code, migrated.output
    rows = ["import-rows", "school.student", str(file), "--school", school.space.slug, "--header", "mã hs=code"]
    refused = await said(*rows)
    assert 1 == refused.exit_code
    assert "row 2: column birth date: field file: “03/04/2015” can be read in two ways." in refused.output
    named = "  created: 1 students\n    created students: S1 Lê Thị An\n"
    rehearsed = await said(*rows, "--date-order", "day_first", "--dry-run")
    assert f"rehearsed, nothing was kept\n{named}" == rehearsed.output
    assert f"imported\n{named}" == (await said(*rows, "--date-order", "day_first")).output
    assert [1, 0] == [await each.one("SELECT count(*) FROM student") for each in (school, other)]
    runs = await said("import-runs", "--school", school.space.slug)
    assert "import\tdone\tschool.student.import\t\tstudents.csv\tsystem" in runs.output
    undone = await said("undo-import", "--school", school.space.slug, "--import", "school.student")
    assert "undone\n  removed: 1 student\n    removed student: S1 Lê Thị An\n" == undone.output
    unknown = await said("import-rows", "school.nothing", str(file), "--school", school.space.slug)
    assert "school.room, school.staff, school.student" in unknown.output


@pytest.mark.parametrize(("ending", "language"), [("csv", "en"), ("xlsx", "zh-Hans")])
async def test_a_list_that_was_taken_out_is_imported_unchanged(
    school: Any, make_school: Any, people: Any, ending: str, language: str
) -> None:
    await premises(school)
    campus = await school.one("SELECT id FROM campus WHERE code = 'B'")
    rooms = [RoomRow("007", "=1+1", kind="laboratory", capacity=12), RoomRow("8", "Phòng 8", floor="-1")]
    await school.run(create_rooms, campus=campus, rows=rooms)
    names = [NameInput("An", "Lê", "Thị"), NameInput("Ben", "Chan", script=Script.LATIN)]
    students = [StudentRow(name, code=f"0{n}", sex=Sex.FEMALE) for n, name in enumerate(names)]
    await school.run(create_students, rows=students)
    other = await make_school()
    await premises(other)
    for name, mutation, count in (("rooms", "importRooms", 2), ("students", "importStudents", 2)):
        registrar = await people(school.space, "registrar")
        answer = await registrar.http.get(f"/lists/{name}.{ending}", params={"language": language})
        assert 200 == answer.status_code, answer.text
        own = await send(registrar, f"{name}.{ending}", answer.content, mutation=mutation)
        assert [] == own["errors"]
        assert ([], {name: count}, {}, {}) == (
            own["errors"],
            *(own["importRun"]["report"].get(each, {}) for each in ("unchanged", "created", "changed")),
        )
        elsewhere = await people(other.space, "registrar")
        theirs = await send(elsewhere, f"{name}.{ending}", answer.content, mutation=mutation)
        assert [] == theirs["errors"]
        assert {name: count} == theirs["importRun"]["report"]["created"]
    for table, columns in (("room", "code, name, floor, capacity"), ("student", "code, full_name, given_name, sex")):
        statement = f"SELECT {columns} FROM {table} ORDER BY code"
        assert await school.sql(statement) == await other.sql(statement)


async def test_staff_and_classes_come_from_files(school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    staff = await send(registrar, "staff.csv", "code,given name,family name\nT1,Lan,Trần\n".encode(), "", "importStaff")
    assert [] == staff["errors"]
    rows = "school year,name,grade level,places\n2025-2026,6A,6,40\n2025-2026,6B,6,38\n"
    made = await send(registrar, "classes.csv", rows.encode(), "", "importSchoolClasses")
    assert [] == made["errors"]
    again = await send(registrar, "classes.csv", rows.replace("40", "41").encode(), "", "importSchoolClasses")
    assert [] == again["errors"]
    assert {"school classes": 1} == again["importRun"]["report"]["changed"]
    found = await school.sql("SELECT name, places FROM school_class ORDER BY name")
    assert [("6A", 41), ("6B", 38)] == [tuple(row.values()) for row in found]
    assert 1 == await school.one("SELECT count(*) FROM staff WHERE code = 'T1'")
