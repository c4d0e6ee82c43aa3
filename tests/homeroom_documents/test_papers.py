"""Papers: set whole from what the reader may see, with the letters of every region, and never half."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from typst import Fonts

from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_documents.pdf import _fonts


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


async def _names(client: Client, school_class: Any) -> list[str]:
    data = await client.gql(
        "query($id: ID!) { schoolClass(id: $id) { currentEnrolments(first: 200) { nodes { student { fullName } } } } }",
        id=f"SchoolClass_{school_class}",
    )
    return [each["student"]["fullName"] for each in data["schoolClass"]["currentEnrolments"]["nodes"]]


@pytest.mark.parametrize("region", ["vn", "hk"])
async def test_a_class_list_names_everybody_in_the_letters_of_the_region(
    region: str, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    school = {"vn": vietnamese, "hk": chinese}[region]
    registrar = await as_role.as_role(school.space, "registrar")
    names = await _names(registrar, school.filled.school_class)
    assert names
    answer = await registrar.http.get(
        "/documents/school.class_list", params={"schoolClass": f"SchoolClass_{school.filled.school_class}"}
    )
    assert (200, "application/pdf") == (answer.status_code, answer.headers["content-type"])
    text = _text(answer.content)
    for name in (*names, school.filled.class_name, school.space.name):
        assert name in text
    # Every letter has a shape: a missing one would be drawn with another font than those that come along.
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2].removesuffix("-Identity-H")
        for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert {"hk": {"NotoSansCJKhk-Regular"}, "vn": {"NotoSansCJKsc-Regular"}}[school.space.region] == fonts


async def test_a_report_shows_the_marks_of_the_term(vietnamese: Any, as_role: People) -> None:
    student = vietnamese.filled.student
    reader = await as_role.as_role(vietnamese.space, "student", person=student)
    data = await reader.gql("{ terms(first: 1) { nodes { id name } } subjectResults(first: 100) { nodes {"
                            " score term { id } gradebook { subject { title } } } } }")  # fmt: skip
    term = data["terms"]["nodes"][0]
    answer = await reader.http.get(
        "/documents/gradebook.term_report",
        params={"student": f"Student_{student}", "term": term["id"], "language": "en"},
    )
    assert 200 == answer.status_code, answer.text
    text = _text(answer.content)
    lines = [
        each
        for each in data["subjectResults"]["nodes"]
        if each["term"] is not None and each["term"]["id"] == term["id"]
    ]
    assert lines
    for line in lines:
        assert line["gradebook"]["subject"]["title"] in text
        if line["score"] is not None:
            assert f"{Decimal(line['score']):.1f}" in text
    assert "no official form" in text


async def test_a_paper_about_somebody_else_is_not_there(vietnamese: Any, chinese: Any, as_role: People) -> None:
    student = vietnamese.filled.student
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    terms = await registrar.gql("{ terms(first: 1) { nodes { id } } }")
    params = {"student": f"Student_{student}", "term": terms["terms"]["nodes"][0]["id"]}
    others = await registrar.gql("{ students(first: 100) { nodes { id } } }")
    other = next(each["id"] for each in others["students"]["nodes"] if each["id"] != params["student"])
    pupil = await as_role.as_role(vietnamese.space, "student", person=student)
    absent = await pupil.http.get("/documents/gradebook.term_report", params={**params, "student": other[:-4] + "0000"})
    refused = await pupil.http.get("/documents/gradebook.term_report", params={**params, "student": other})
    assert (404, absent.text) == (refused.status_code, refused.text)
    # A school that has no gradebook has no such paper, whatever one asks for.
    there = await as_role.as_role(chinese.space, "registrar")
    assert 404 == (await there.http.get("/documents/gradebook.term_report", params=params)).status_code
    listed = [each["name"] for each in (await there.http.get("/documents")).json()]
    assert ["approvals.processes", "school.class_list", "school.class_survey"] == listed
    both = [each["name"] for each in (await registrar.http.get("/documents")).json()]
    assert ["approvals.processes", "school.class_list", "gradebook.term_report", "school.class_survey"] == both
    foreign = await there.http.get(
        "/documents/school.class_list", params={"schoolClass": f"SchoolClass_{vietnamese.filled.school_class}"}
    )
    assert 404 == foreign.status_code
    assert 401 == (await as_role.visitor(chinese.space).http.get("/documents")).status_code


@pytest.mark.parametrize(
    ("params", "field"),
    [({}, "schoolClass"), ({"schoolClass": "x", "colour": "red"}, "colour")],
)
async def test_what_is_wrong_is_named(params: dict[str, str], field: str, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    answer = await registrar.http.get("/documents/school.class_list", params=params)
    assert (422, field) == (answer.status_code, answer.json()["errors"][0]["field"])


async def test_text_of_people_is_no_program_of_the_paper(chinese: Any, host: Host, as_role: People) -> None:
    from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
    from homeroom_school.commands.people import NameInput, create_student

    caller = host.system_caller(chinese.space)
    evil = '#read("/etc/passwd") $x^2$ *bold* #panic() \\ "'
    student = await host.execute(caller, create_student, name=NameInput(given_name=evil))
    await host.execute(caller, enrol_students, school_class=chinese.filled.school_class, rows=[EnrolmentRow(student)])
    registrar = await as_role.as_role(chinese.space, "registrar")
    answer = await registrar.http.get(
        "/documents/school.class_list", params={"schoolClass": f"SchoolClass_{chinese.filled.school_class}"}
    )
    assert 200 == answer.status_code
    assert '#read("/etc/passwd")' in _text(answer.content).replace("\n", "")


def test_the_letters_come_along() -> None:
    families = set(_fonts().families())
    assert isinstance(_fonts(), Fonts)
    assert {"Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK HK"} <= families
