"""Refusals and failures speak the reader's language, everywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from homeroom.host import Host
from homeroom.testing import People

CREATE_ROOMS = """mutation($campus: ID!, $rows: [RoomRowInput!]!) {
    createRooms(input: {campus: $campus, rows: $rows}) { errors { code message field row } } }"""
#: Language to what a text of too many characters is answered with.
TOO_LONG = {
    "en": "The text is too long. At most 20 characters are allowed.",
    "vi": "Nội dung quá dài. Chỉ được nhập tối đa 20 ký tự.",
    "zh-Hant": "文字過長，最多可輸入 20 個字元。",
    "zh-Hans": "文字过长，最多可输入 20 个字符。",
}
#: A query and its variables to the code and the text of its error in Vietnamese.
PROTOCOL: list[tuple[str, dict[str, Any], str, str]] = [
    ("{ importRuns { nodes { id } } }", {}, "FORBIDDEN", "Bạn không có quyền đọc ImportRun."),
    (
        "query($from: SchoolYearFilter) { schoolYears(filter: $from) { totalCount } }",
        {"from": {"startsOn": {"gte": "5/9/2026"}}},
        "BAD_USER_INPUT",
        "$from.startsOn.gte: Cần một ngày, chẳng hạn 2026-09-05.",
    ),
    (
        "{ schoolYears(first: 5000) { totalCount } }",
        {},
        "BAD_USER_INPUT",
        "Một trang có từ 0 đến 500 dòng.",
    ),
    ("{", {}, "GRAPHQL_PARSE_FAILED", "Yêu cầu GraphQL không hợp lệ: Syntax Error: Expected Name, found <EOF>."),
]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
async def people(host: Host) -> Any:
    """Signs people in at schools of the test's host."""
    from homeroom.app import create_app

    made = People(host, create_app(host))
    yield made
    await made.close()


async def _refused(client: Any, accept: str | None) -> list[dict[str, Any]]:
    """What is wrong with two rooms of which the second has a code that is too long."""
    made = await client.gql(
        "mutation($code: String!) { createCampus(input: {code: $code, name: $code}) { campus { id } } }",
        code=(accept or "none")[:9],
    )
    rooms = [{"code": "1", "name": "1"}, {"code": "x" * 21, "name": "2"}]
    headers = {} if accept is None else {"Accept-Language": accept}
    asked = {"query": CREATE_ROOMS, "variables": {"campus": made["createCampus"]["campus"]["id"], "rows": rooms}}
    answer = await client.http.post("/graphql", json=asked, headers=headers)
    found: list[dict[str, Any]] = answer.json()["data"]["createRooms"]["errors"]
    return found


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("vi", "vi"),
        ("zh-HK", "zh-Hant"),
        ("zh-CN, en;q=0.1", "zh-Hans"),
        ("fr, vi;q=0.2, zh-Hant;q=0.5", "zh-Hant"),
        ("en-GB", "en"),
    ],
)
async def test_a_refusal_speaks_the_language_that_the_request_prefers(
    accept: str, language: str, school: Any, people: Any
) -> None:
    registrar = await people(school.space, "registrar")
    expected = {"code": "TOO_LONG", "message": TOO_LONG[language], "field": "rows.code", "row": 1}
    assert [expected] == await _refused(registrar, accept)


async def test_the_language_of_the_account_comes_first_and_that_of_the_school_last(school: Any, people: Any) -> None:
    registrar = await people.newcomer(school.space)
    await school.host.directory.add_member(school.space.id, registrar.account, roles=["registrar"])
    assert TOO_LONG["vi"] == (await _refused(registrar, None))[0]["message"]  # the school's
    assert 204 == (await registrar.http.post("/auth/language", json={"language": "zh-Hans"})).status_code
    assert TOO_LONG["zh-Hans"] == (await _refused(registrar, "en"))[0]["message"]


#: Language to the text of a cell that is no date, with its file, line and column.
NO_DATE = {
    "en": "“Tết” is not a date such as 2026-04-03.",
    "vi": "“Tết” không phải là ngày dạng như 2026-04-03.",
    "zh-Hant": "「Tết」不是像 2026-04-03 這樣的日期。",
    "zh-Hans": "“Tết”不是像 2026-04-03 这样的日期。",
}


@pytest.mark.parametrize("language", NO_DATE)
async def test_a_fault_of_a_file_speaks_it_with_line_and_column(language: str, school: Any, people: Any) -> None:
    registrar = await people(school.space, "registrar")
    query = """mutation($file: Upload!) {
        importLessons(input: {file: $file, system: "x"}) { errors { code message field row column } } }"""
    form = {
        "operations": json.dumps({"query": query, "variables": {"file": None}}),
        "map": json.dumps({"a": ["variables.file"]}),
    }
    files = {"a": ("l.csv", "date,class,title,period\n2025-10-20,6A,x,1\nTết,6A,x,1\n".encode(), "text/csv")}
    headers = {"Accept-Language": language, "X-Homeroom-CSRF": "1"}
    answer = await registrar.http.post("/graphql", data=form, files=files, headers=headers)
    (error,) = (each for each in answer.json()["data"]["importLessons"]["errors"] if each["column"] == "date")
    assert {"code": "BAD_DATE", "message": NO_DATE[language], "field": "file", "row": 3, "column": "date"} == error


async def test_failures_speak_it_too(school: Any, people: Any) -> None:
    teacher = await people(school.space, "teacher")
    vietnamese = {"Accept-Language": "vi"}
    query = 'mutation { createCampus(input: {code: "C", name: "C"}) { errors { code } } }'
    answer = (await teacher.http.post("/graphql", json={"query": query}, headers=vietnamese)).json()
    assert "FORBIDDEN" == answer["errors"][0]["extensions"]["code"]
    assert "Bạn không có quyền school.campus.create." == answer["errors"][0]["message"]
    for query, variables, code, message in PROTOCOL:
        asked = {"query": query, "variables": variables}
        (error,) = (await teacher.http.post("/graphql", json=asked, headers=vietnamese)).json()["errors"]
        assert (code, message) == (error["extensions"]["code"], error["message"])
    stranger = people.visitor(school.space)
    refused = await stranger.http.post("/graphql", json={"query": "{ viewer { login } }"}, headers=vietnamese)
    assert "Hãy đăng nhập trước." == refused.json()["errors"][0]["message"]
