"""Lists: what the address asks for is what GraphQL answers, page by page, and nothing protected is in them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from homeroom.testing import Client, People


def _ids(page: str, noun: str) -> list[str]:
    """The ids of the rows that a page links to, in their order."""
    return list(dict.fromkeys(re.findall(rf'<tr role="row">.*?/({noun}_[0-9a-f-]{{36}})"', page, re.DOTALL)))


async def _listed(client: Client, plural: str, noun: str, **query: str) -> list[str]:
    answer = await client.http.get(f"/nouns/{plural}", params=query)
    assert 200 == answer.status_code, answer.text
    return _ids(answer.text, noun)


async def _asked(client: Client, plural: str, wanted: dict[str, Any]) -> list[str]:
    noun = {"students": "Student", "classEnrolments": "ClassEnrolment", "subjects": "Subject"}.get(plural, "")
    noun = noun or {"subjectResults": "SubjectResult", "guardians": "Guardian", "entryRounds": "EntryRound"}[plural]
    document = f"query ($f: {noun}Filter) {{ rows: {plural}(filter: $f, first: 50) {{ nodes {{ id }} }} }}"
    return [each["id"] for each in (await client.gql(document, f=wanted))["rows"]["nodes"]]


@pytest.mark.parametrize(
    ("plural", "query", "wanted"),
    [
        ("students", {"sex": "FEMALE"}, {"sex": {"eq": "FEMALE"}}),
        ("students", {"sex": "FEMALE,MALE"}, {"sex": {"in": ["FEMALE", "MALE"]}}),
        (
            "students",
            {"birthDate": "2014-06-01", "birthDateUntil": "2015-06-30"},
            {"birthDate": {"gte": "2014-06-01", "lte": "2015-06-30"}},
        ),
        (
            "students",
            # A small class may have girls alone, or boys.
            {"currentEnrolment": "7a", "sex": "FEMALE,MALE"},
            {"currentEnrolment": {"schoolClass": {"name": {"contains": "7A"}}}, "sex": {"in": ["FEMALE", "MALE"]}},
        ),
        ("students", {"code": "1"}, {"code": {"contains": "1"}}),
        ("subjects", {"active": "true"}, {"active": {"eq": True}}),
        ("subjects", {"position": "2", "positionUntil": "4"}, {"position": {"gte": 2, "lte": 4}}),
        ("subjectResults", {"score": "6,5"}, {"score": {"gte": "6.5"}}),
    ],
)
async def test_a_filter_in_the_address_is_the_one_of_graphql(
    plural: str, query: dict[str, str], wanted: dict[str, Any], vietnamese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    expected = await _asked(registrar, plural, wanted)
    assert expected, "the filter proves nothing"
    name = {"students": "Student", "subjects": "Subject", "subjectResults": "SubjectResult"}[plural]
    assert expected == await _listed(registrar, plural, name, **query)


async def test_a_filter_by_one_row_names_it_and_finds_what_belongs_to_it(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    student = f"Student_{vietnamese.filled.student}"
    name = (await registrar.gql("query ($i: ID!) { student(id: $i) { fullName } }", i=student))["student"]["fullName"]
    expected = await _asked(registrar, "classEnrolments", {"student": {"id": {"eq": student}}})
    page = (await registrar.http.get("/nouns/classEnrolments", params={"student": student})).text
    assert expected == _ids(page, "ClassEnrolment")
    assert f'<span class="chip">{name} ' in page
    by_name = await _listed(registrar, "classEnrolments", "ClassEnrolment", student=name)
    assert set(expected) <= set(by_name)
    assert await _asked(registrar, "students", {"search": {"matches": name}}) == await _listed(
        registrar, "students", "Student", q=name
    )


async def test_pages_turn_forth_and_back_in_the_order_of_the_address(
    vietnamese: Any, as_role: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homeroom_console.showing.lists.PAGE_SIZE", 4)
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    document = "{ students(first: 50, orderBy: [{field: CODE, direction: DESC}]) { nodes { id } } }"
    expected = [each["id"] for each in (await registrar.gql(document))["students"]["nodes"]]
    pages: list[list[str]] = []
    address: str | None = "/nouns/students?order=-code"
    while address is not None:
        page = (await registrar.http.get(address)).text
        pages.append(_ids(page, "Student"))
        further = re.search(r'rel="next" href="([^"]+)"', page)
        address = further[1].replace("&amp;", "&") if further else None
    assert expected == [each for one in pages for each in one]
    assert len(pages) > 2
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    page = (await registrar.http.get(back[1].replace("&amp;", "&"))).text
    assert pages[-2] == _ids(page, "Student")


async def test_all_rows_that_match_are_chosen_at_once(vietnamese: Any, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    wanted = {"currentEnrolment": {"schoolClass": {"name": {"contains": "7A"}}}}
    expected = await _asked(registrar, "students", wanted)
    page = await registrar.http.get(
        "/do/school.student.remove", params={"matching": "students?currentEnrolment=7A&order=code"}
    )
    assert expected
    assert sorted(expected) == sorted(re.findall(r'name="subject" value="([^"]+)"', page.text))
    stranger = await as_role.as_role(chinese.space, "registrar")
    page = await stranger.http.get("/do/school.student.remove", params={"matching": "students?currentEnrolment=7A"})
    assert not set(expected) & set(re.findall(r'name="subject" value="([^"]+)"', page.text))


async def test_what_cannot_be_asked_is_an_answer_and_no_failure(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    for query in ({"sex": "NONE"}, {"birthDate": "soon"}, {"after": "x"}, {"order": "nothing"}, {"position": "1e9"}):
        answer = await registrar.http.get("/nouns/students", params=query)
        assert 200 == answer.status_code
        wrong = "order" not in query and "position" not in query
        assert wrong == ('class="problem" role="alert">' in answer.text), query
    admin = await as_role.as_role(vietnamese.space, "admin")
    for query in ({"atUntil": "9999-12-31"}, {"at": "0001-01-01"}):
        assert 200 == (await admin.http.get("/nouns/auditEntries", params=query)).status_code, query


async def test_protected_values_are_in_no_list_and_in_details_on_demand(
    vietnamese: Any, chinese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    student, mail = f"Student_{vietnamese.filled.student}", "protected@example.invalid"
    change = "mutation ($i: ChangeStudentInput!) { changeStudent(input: $i) { errors { code } } }"
    changed = await registrar.gql(change, i={"student": student, "email": mail})
    assert not changed["changeStudent"]["errors"]
    for address in ("/nouns/students", "/nouns/classEnrolments", f"/nouns/students/{student}", "/find?q=protected"):
        assert mail not in (await registrar.http.get(address)).text
    shown = await registrar.http.get(f"/nouns/students/{student}/guarded", params={"purpose": "A letter"})
    assert mail in shown.text
    principal = await as_role.as_role(vietnamese.space, "principal")
    query = '{ auditEntries(filter: {command: {eq: "audit.read"}}, first: 1) { nodes { reason } } }'
    assert "A letter" == (await principal.gql(query))["auditEntries"]["nodes"][0]["reason"]
    stranger = await as_role.as_role(chinese.space, "registrar")
    for address in ("guarded?purpose=x", "enrolments", "guardianships"):
        assert 404 == (await stranger.http.get(f"/nouns/students/{student}/{address}")).status_code


async def test_who_may_read_the_audit_sees_what_changed(vietnamese: Any, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    subject = (await registrar.gql("{ subjects(first: 1) { nodes { id title } } }"))["subjects"]["nodes"][0]
    change = "mutation ($i: ChangeSubjectInput!) { changeSubject(input: $i) { errors { code } } }"
    given = {"subject": subject["id"], "title": "Renamed", "active": False, "reason": "A new plan"}
    assert not (await registrar.gql(change, i=given))["changeSubject"]["errors"]
    principal = await as_role.as_role(vietnamese.space, "principal")
    page = (await principal.http.get(f"/history/{subject['id']}", headers={"Accept-Language": "en"})).text
    assert f"<del>{subject['title']}</del>" in page
    assert "<ins>Renamed</ins>" in page
    assert "<del>Yes</del>" in page
    assert "A new plan" in page
    entries = await principal.http.get("/nouns/auditEntries", headers={"Accept-Language": "en"})
    assert "Change subject" in entries.text
    assert "school.subject.change" not in entries.text
    assert "/history/" in (await principal.http.get(f"/nouns/subjects/{subject['id']}")).text
    # The registrar reads in the audit what is about the own person alone.
    assert "/history/" not in (await registrar.http.get(f"/nouns/subjects/{subject['id']}")).text
    assert 404 == (await registrar.http.get(f"/history/{subject['id']}")).status_code
    stranger = await as_role.as_role(chinese.space, "principal")
    assert "Renamed" not in (await stranger.http.get(f"/history/{subject['id']}")).text


async def test_a_search_finds_people_classes_and_tasks_of_the_own_school(
    vietnamese: Any, chinese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    stranger = await as_role.as_role(chinese.space, "registrar")
    row = f"Student_{vietnamese.filled.student}"
    student = (await registrar.gql("query ($i: ID!) { student(id: $i) { fullName code } }", i=row))["student"]
    for words in (student["fullName"], student["code"]):
        assert row in (await registrar.http.get("/find", params={"q": words})).text
        assert row not in (await stranger.http.get("/find", params={"q": words})).text
    found = (await registrar.http.get("/find", params={"q": vietnamese.filled.class_name})).text
    assert f"SchoolClass_{vietnamese.filled.school_class}" in found
    headers = {"Accept-Language": "vi", "HX-Target": "found"}
    tasks = await registrar.http.get("/find", params={"q": "them phong"}, headers=headers)
    assert 'href="/do/school.room.create"' in tasks.text
    assert "<html" not in tasks.text
    teacher = await as_role.as_role(vietnamese.space, "teacher")
    assert "/do/school.room.create" not in (await teacher.http.get("/find?q=them+phong", headers=headers)).text
    assert 200 == (await registrar.http.get("/find")).status_code


async def test_what_has_no_name_or_no_row_is_said_in_words(host: Any, vietnamese: Any, as_role: People) -> None:
    """Code tables and settings have titles, and who sees all changes of status sees who is enrolled without one."""
    english = {"Accept-Language": "en"}
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    codes = (await registrar.http.get("/nouns/codeValues?codeTable=school.destination", headers=english)).text
    assert "Destinations of leavers" in codes
    assert not re.search(r">\s*school\.destination\s*<", codes)
    settings = (await registrar.http.get("/nouns/registrySettings", headers=english)).text
    assert "<h1>Registry settings</h1>" in settings
    teacher = await as_role.newcomer(vietnamese.space)
    await host.directory.add_member(
        vietnamese.space.id, teacher.account, roles=["teacher"], person=vietnamese.filled.teacher
    )
    address = f"/nouns/students/Student_{vietnamese.filled.student}"
    for client, seen in ((registrar, True), (teacher, False)):
        page = (await client.http.get(address, headers=english)).text
        assert seen == bool(re.search(r"<dt>Current status</dt><dd>Enrolled</dd>", page))
        # Lists without rows are no cards of their own.
        assert not re.search(r'card child"><div class="heading"><h2>[^<]* <span class="tally">0<', page)


async def test_an_empty_school_is_led_to_its_first_steps(host: Any, vietnamese: Any, as_role: People) -> None:
    empty = await host.directory.create_space(slug="first-steps", name="First steps", region="hk")
    for space, seen in ((empty, True), (vietnamese.space, False)):
        registrar = await as_role.as_role(space, "registrar")
        page = (await registrar.http.get("/", headers={"Accept-Language": "en"})).text
        assert seen == ('id="w-school-begin"' in page)
        assert seen == ("There are no students yet." in page)
