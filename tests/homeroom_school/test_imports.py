"""Imports of rooms and students by GraphQL: rehearsed with names, refused by line and column, undone."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import Workbook

from homeroom_school.commands.premises import RoomRow, create_building, create_campus, create_rooms

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
async def people(host: Any) -> Any:
    """Signs people in at schools of the test's host."""
    from homeroom.app import create_app
    from homeroom.testing import People

    made = People(host, create_app(host))
    yield made
    await made.close()


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
    assert ("101 Phòng 101", "Capacity: 40 → 44") == (changed["name"], changed["detail"])


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
