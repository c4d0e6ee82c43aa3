"""A file of talents over HTTP: rehearsed, refused by line and column, nominated, and undone."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import Workbook

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEAD = "Student,Section,Category,Title,Day of the result,Level,Award,Grade"
ALL = "{ talentItems(first: 100) { nodes { title state approvals { nodes { state } } student { fullName } } } }"
UNDO = "mutation($run: ID!) { undoImport(input: {importRun: $run}) { errors { code } } }"


async def send(client: Any, name: str, data: bytes, rehearse: bool = False) -> Any:
    """Send a file, and give the payload."""
    document = """mutation($file: Upload!, $rehearse: Boolean) {
      importTalentItems(input: {file: $file, rehearse: $rehearse}) {
      importRun { id state report } errors { code message field row column } } }"""
    answer = await client.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": document, "variables": {"file": None, "rehearse": rehearse}}),
            "map": json.dumps({"a": ["variables.file"]}),
        },
        files={"a": (name, data, "application/octet-stream")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]["importTalentItems"]


async def titles(client: Any) -> list[str]:
    """The titles of all items of the school."""
    return sorted(each["title"] for each in (await client.gql(ALL))["talentItems"]["nodes"])


async def test_a_csv_is_rehearsed_refused_nominated_and_undone(school: Any, beside: Any) -> None:
    before, theirs = await titles(school.coordinator), await titles(beside.coordinator)
    codes = await school.codes()
    good = "\n".join(
        (
            HEAD,
            f"{codes[0]},Competition,violin,香港學校音樂節,2026-10-12,Territory,冠軍,6",
            f"{codes[1]},Other,chess,Giải cờ vua trẻ,2026-10-13,District,Giải nhì,",
        )
    ).encode()
    tried = await send(school.coordinator, "talents.csv", good, rehearse=True)
    assert [] == tried["errors"]
    assert before == await titles(school.coordinator)

    bad = (
        good.replace(b"chess", b"chees").replace(b"2026-10-12", b"2026-10-32")
        + b"\nnobody,Other,chess,x,2026-10-13,School,,"
    )
    refused = await send(school.coordinator, "talents.csv", bad)
    assert None is refused["importRun"]
    assert {(2, "Day of the result"), (3, "Category"), (4, "Student")} == {
        (each["row"], each["column"]) for each in refused["errors"]
    }
    assert before == await titles(school.coordinator)

    made = await send(school.coordinator, "talents.csv", good)
    assert [] == made["errors"]
    nodes = (await school.coordinator.gql(ALL))["talentItems"]["nodes"]
    fresh = [each for each in nodes if each["title"] in ("香港學校音樂節", "Giải cờ vua trẻ")]
    assert [("NOMINATED", "PENDING")] * 2 == [(e["state"], e["approvals"]["nodes"][0]["state"]) for e in fresh]
    assert theirs == await titles(beside.coordinator)

    undone = (await school.coordinator.gql(UNDO, run=made["importRun"]["id"]))["undoImport"]
    assert [] == undone["errors"]
    assert before == await titles(school.coordinator)


async def test_a_workbook_with_headers_in_chinese_is_nominated(school: Any) -> None:
    codes = await school.codes()
    book = Workbook()
    book.active.append(["學生", "類別", "成績日期", "名稱", "部分", "級別", "時數"])
    book.active.append([codes[2], "swimming", "2026-10-14", "Bơi lội Nguyễn Thị Hoa", "其他", "學校", 12.5])
    content = io.BytesIO()
    book.save(content)
    made = await send(school.coordinator, "talents.xlsx", content.getvalue())
    assert [] == made["errors"]
    assert "Bơi lội Nguyễn Thị Hoa" in await titles(school.coordinator)


async def test_teachers_do_not_import(school: Any) -> None:
    answer = await school.teacher.http.post(
        "/graphql",
        json={"query": "mutation($f: Upload!) { importTalentItems(input: {file: $f}) { errors { code } } }"},
        headers={"X-Homeroom-CSRF": "1"},
    )
    assert "data" not in answer.json() or None is answer.json()["data"]
