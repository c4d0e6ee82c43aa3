"""Imports in the browser: what a file may have, its faults by line and column, its rehearsal, its report, undoing."""

from __future__ import annotations

import io
import re
from typing import Any

from python_calamine import CalamineWorkbook

from homeroom.testing import People

CSRF = {"X-Homeroom-CSRF": "1", "Accept-Language": "en"}
IMPORT = "/imports/school.room.import"


def a_file(*lines: str) -> dict[str, Any]:
    """A CSV as a form sends it."""
    return {"file": ("rooms.csv", "\n".join(lines).encode(), "text/csv")}


async def test_the_columns_of_a_file_are_shown_and_come_as_a_workbook(chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    assert "school.room.import" in (await registrar.http.get("/imports", headers=CSRF)).text
    page = await registrar.http.get(IMPORT, headers=CSRF)
    assert 200 == page.status_code
    assert "Yes, it tells rows apart" in page.text
    for language, header in (("en", "Code"), ("vi", "Mã")):
        answer = await registrar.http.get(f"{IMPORT}/template", headers={"Accept-Language": language})
        (titles, *rows) = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert header in titles
        assert [] == rows
    assert 404 == (await registrar.http.get("/imports/school.room.change", headers=CSRF)).status_code


async def test_a_file_is_checked_then_imported_then_undone(chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    campus = await registrar.http.post("/do/school.campus.create", data={"code": "IM", "name": "Imports"}, headers=CSRF)
    assert 204 == campus.status_code, campus.text
    bad = a_file("Code,Name,Campus: code,Capacity", "I1,Room 1,IM,30", "I2,Room 2,IM,many", ",Room 3,IM,5")
    checked = await registrar.http.post(IMPORT, data={"~step": "rehearse"}, files=bad, headers=CSRF)
    assert 200 == checked.status_code
    assert "Nothing was imported." in checked.text
    assert re.search(r"<td>3</td><td>Capacity</td>", checked.text), checked.text
    assert re.search(r"<td>4</td><td>Code</td>", checked.text), checked.text
    good = ("Code,Name,Campus: code,Capacity,Colour", "I1,Room 1,IM,30,red", "I2,Room 2,IM,40,blue")
    checked = await registrar.http.post(IMPORT, data={"~step": "rehearse"}, files=a_file(*good), headers=CSRF)
    assert "The file is good. Nothing has been written yet." in checked.text
    assert "Columns that were passed over: Colour" in checked.text
    assert [] == (await registrar.gql('{ rooms(filter: {code: {eq: "I1"}}) { nodes { id } } }'))["rooms"]["nodes"]
    # What a header means can be chosen.
    sent = {"~step": "rehearse", "headers.0.header": "Colour", "headers.0.column": "floor"}
    checked = await registrar.http.post(IMPORT, data=sent, files=a_file(*good), headers=CSRF)
    assert "Columns that were passed over" not in checked.text
    done = await registrar.http.post(IMPORT, data={**sent, "~step": "import"}, files=a_file(*good), headers=CSRF)
    assert "The file was imported." in done.text
    (room,) = (await registrar.gql('{ rooms(filter: {code: {eq: "I2"}}) { nodes { floor } } }'))["rooms"]["nodes"]
    assert "blue" == room["floor"]
    found = re.search(r'href="(/import-runs/(ImportRun_[^"]+))"', done.text)
    assert found is not None
    report = await registrar.http.get(found[1], headers=CSRF)
    assert "Undo this import" in report.text
    assert "Room 1" in report.text or "I1" in report.text
    undone = await registrar.http.post("/do/imports.run.undo", data={"subject": found[2]}, headers=CSRF)
    assert 204 == undone.status_code, undone.text
    assert [] == (await registrar.gql('{ rooms(filter: {code: {eq: "I1"}}) { nodes { id } } }'))["rooms"]["nodes"]


async def test_nobody_sees_the_runs_of_another_school(vietnamese: Any, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    stranger = await as_role.as_role(vietnamese.space, "registrar")
    runs = (await registrar.gql("{ importRuns(first: 1) { nodes { id } } }"))["importRuns"]["nodes"]
    for run in runs:
        assert 200 == (await registrar.http.get(f"/import-runs/{run['id']}")).status_code
        assert 404 == (await stranger.http.get(f"/import-runs/{run['id']}")).status_code
    teacher = await as_role.as_role(vietnamese.space, "teacher")
    assert 404 == (await teacher.http.get(IMPORT)).status_code


async def test_jobs_are_shown_with_their_progress(vietnamese: Any, as_role: People) -> None:
    admin = await as_role.as_role(vietnamese.space, "admin")
    page = await admin.http.get("/jobs", headers=CSRF)
    assert 200 == page.status_code
    assert "What runs in the background" in page.text


async def test_a_roster_comes_as_a_file(chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    assert 200 == (await registrar.http.get("/imports/rosters.roster.import", headers=CSRF)).status_code
    sent = {"~step": "rehearse", "organisations": "a"}
    bad = {"file": ("roster.zip", b"no zip", "application/zip")}
    checked = await registrar.http.post("/imports/rosters.roster.import", data=sent, files=bad, headers=CSRF)
    assert "Nothing was imported." in checked.text
    assert "<td>" in checked.text
    none = await registrar.http.post("/imports/rosters.roster.import", data=sent, headers=CSRF)
    assert "Nothing was imported." in none.text
