"""The book in the browser: who may open it, what can be written where, saving, and what is missing."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from homeroom.testing.serving import served, socket
from homeroom_gradebook.pages import PAGES
from homeroom_graphql.documents import document_hash

if TYPE_CHECKING:
    from litestar import Litestar

COLUMNS = "query($gradebook: ID!) { markColumns(gradebook: $gradebook) { open allowed choices { code } least most } }"
PROGRESS = "query($gradebook: ID) { entryProgress(gradebook: $gradebook) { cells missing teachers } }"
BOOK = next(each for each in PAGES if each.name == "gradebook.book")


def address(room: Any, subject: str = "toan") -> str:
    return f"/pages/gradebooks/Gradebook_{room.books[subject]}"


async def save(client: Any, room: Any, subject: str, column: Any, values: list[Any], key: str) -> Any:
    rows = [
        {"student": f"Student_{each}", "assessment": f"Assessment_{column}", "value": value, "expectedVersion": None}
        for each, value in zip(room.students, values, strict=False)
    ]
    variables = {"gradebook": f"Gradebook_{room.books[subject]}", "rows": rows, "key": key}
    return await client.http.post("/run/gradebook.book/save", json=variables)


async def test_each_opens_the_books_that_are_theirs(room: Any, foreign_room: Any) -> None:
    teacher = await room.as_("teacher", room.teacher)
    stranger = await foreign_room.as_("teacher", foreign_room.teacher)
    student = await room.as_("student", room.students[0])
    page = await teacher.http.get(address(room))
    assert 200 == page.status_code
    assert len(room.students) == len(re.findall(r'<tr data-row="Student_', page.text))
    columns = re.findall(r'data-col="Assessment_[^>]*', page.text)
    assert [len(room.columns["toan", 1]) + len(room.columns["toan", 2])] == [len(columns)]
    assert not [each for each in columns if "data-locked" in each]
    assert {404} == {(await each.http.get(address(room))).status_code for each in (stranger, student)}
    listed = (await teacher.http.get("/pages/gradebooks")).text
    assert address(room) in listed
    assert address(foreign_room) not in listed


async def test_a_book_of_judgements_offers_them_and_readers_cannot_write(room: Any) -> None:
    teacher = await room.as_("teacher", room.teacher)
    judged = await teacher.http.get(address(room, "giao-duc-the-chat"))
    assert "data-choices" in judged.text
    principal = await room.as_("principal")
    read = await principal.http.get(address(room))
    assert 'data-locked="reader"' in read.text
    own = (await teacher.gql(COLUMNS, gradebook=f"Gradebook_{room.books['toan']}"))["markColumns"]
    assert {(True, True)} == {(each["open"], each["allowed"]) for each in own}
    homeroom = await room.as_("teacher", room.homeroom)
    seen = (await homeroom.gql(COLUMNS, gradebook=f"Gradebook_{room.books['toan']}"))["markColumns"]
    assert {(True, False)} == {(each["open"], each["allowed"]) for each in seen}


async def test_a_batch_is_saved_once_and_its_good_rows_though_others_are_bad(make_room: Any, room: Any) -> None:
    own = await make_room(room.space, "7P")
    teacher = await own.as_("teacher", own.teacher)
    key, column = str(uuid4()), own.column("toan", "regular")
    first = (await save(teacher, own, "toan", column, ["7,5", "8", "11"], key)).json()
    answer = first["data"]["enterMarks"]
    assert [("7.50", 1), ("8.00", 1)] == [(each["number"], each["version"]) for each in answer["marks"]]
    assert [("INVALID", 2)] == [(each["code"], each["row"]) for each in answer["errors"]]
    assert first == (await save(teacher, own, "toan", column, ["7,5", "8", "11"], key)).json()
    conflict = (await save(teacher, own, "toan", column, ["9"], str(uuid4()))).json()["data"]["enterMarks"]
    assert ["CONFLICT"] == [each["code"] for each in conflict["errors"]]
    page = (await teacher.http.get(address(own), headers={"Accept-Language": "vi"})).text
    assert '<td data-version="1">7,5</td>' in page
    variables = {"gradebook": f"Gradebook_{own.books['toan']}", "students": [f"Student_{own.students[1]}"]}
    lines = (await teacher.http.post("/run/gradebook.book/lines", json=variables)).json()["data"]["subjectResults"]
    assert {f"Student_{own.students[1]}"} == {each["student"]["id"] for each in lines["nodes"]}
    (progress,) = (await teacher.gql(PROGRESS, gradebook=f"Gradebook_{own.books['toan']}"))["entryProgress"][:1]
    assert 2 == progress["cells"] - progress["missing"]
    assert "Teacher" in progress["teachers"]
    principal = await own.as_("principal")
    assert "7P" in (await principal.http.get("/pages/missing-marks")).text
    assert 404 == (await teacher.http.get("/pages/missing-marks")).status_code


async def test_a_script_learns_that_the_session_ended(room: Any) -> None:
    teacher = await room.as_("teacher", room.teacher)
    kept = dict(teacher.http.cookies)
    teacher.http.cookies.clear()
    answer = await teacher.http.post("/run/gradebook.book/save", json={}, headers={"HX-Request": "true"})
    teacher.http.cookies.update(kept)
    assert 401 == answer.status_code


async def test_what_a_page_listens_to_is_known_by_its_hash(room: Any, app: Litestar) -> None:
    teacher = await room.as_("teacher", room.teacher)
    document = BOOK.operation("entered")
    assert document is not None
    page = (await teacher.http.get(address(room))).text
    # The frame of a page may have live parts of its own.
    found = re.search(rf'data-live="({document_hash(document)})" data-live-with="([^"]*)"', page)
    assert found is not None
    variables = json.loads(found[2].replace("&#34;", '"'))
    assert {"gradebook": f"Gradebook_{room.books['toan']}"} == variables
    async with served(app) as port, socket(teacher, port) as desk:
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": found[1]}}
        await desk.say("subscribe", id="1", payload={"extensions": extensions, "variables": variables})
        await desk.ready()  # a document that nobody knows would have been refused before this
