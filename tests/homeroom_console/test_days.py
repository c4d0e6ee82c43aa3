"""The day of a class, the card of a student, and what the first page asks: to each reader only what is theirs."""

from __future__ import annotations

from typing import Any

import pytest

from homeroom.host import Host
from homeroom.testing import People

ENGLISH = {"Accept-Language": "en"}
CSRF = {"X-Homeroom-CSRF": "1", **ENGLISH}
_CLASS = "query($id: ID!) { schoolClass(id: $id) { schoolYear { id startsOn } currentEnrolments(first: 9) { nodes {"
_CLASS += " classNumber student { id fullName birthDate } } } } }"


async def _member(host: Host, school: Any, as_role: People, role: str, person: Any) -> Any:
    client = await as_role.newcomer(school.space)
    assert client.account is not None
    await host.directory.add_member(school.space.id, client.account, roles=[role], person=person)
    return client


async def test_the_day_of_a_class_has_its_pupils_and_is_for_each_who_may_see_them(
    host: Host, vietnamese: Any, as_role: People
) -> None:
    filled = vietnamese.filled
    address = f"/pages/class-day/SchoolClass_{filled.school_class}"
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    found = (await registrar.gql(_CLASS, id=address.rpartition("/")[2]))["schoolClass"]
    pupils = [each["student"] for each in found["currentEnrolments"]["nodes"]]
    add = "mutation($year: ID!, $rows: [CalendarEntryRowInput!]!) {"
    add += " addCalendarEntries(input: {schoolYear: $year, rows: $rows}) { errors { message } } }"
    year = found["schoolYear"]
    row = {"name": "Lễ khai giảng", "startsOn": year["startsOn"], "kind": "HOLIDAY"}
    assert not (await registrar.gql(add, year=year["id"], rows=[row]))["addCalendarEntries"]["errors"]
    page = (await registrar.http.get(address, params={"date": year["startsOn"]}, headers=ENGLISH)).text
    assert [] == [each for each in pupils if each["fullName"] not in page]
    assert "Lễ khai giảng" in page
    assert "First day in the class" in page
    assert "The class has no lesson on this day." in page
    born = pupils[0]["birthDate"]
    birthday = f"{int(year['startsOn'][:4]) + 1}-{born[5:]}" if born[5:] != "02-29" else f"2028-{born[5:]}"
    page = (await registrar.http.get(address, params={"date": birthday}, headers=ENGLISH)).text
    assert f"Birthday: {int(birthday[:4]) - int(born[:4])}" in page
    # The list of classes leads there, and a student finds no other pupil.
    assert address in (await registrar.http.get("/pages/class-days")).text
    student = await _member(host, vietnamese, as_role, "student", filled.student)
    page = (await student.http.get(address, params={"date": year["startsOn"]}, headers=ENGLISH)).text
    assert [f"Student_{filled.student}"] == [each["id"] for each in pupils if each["id"] in page]
    assert "Marks entered in open rounds" not in page


async def test_the_card_of_a_student_is_for_the_family_and_has_the_results(
    host: Host, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    filled = vietnamese.filled
    guardian = await _member(host, vietnamese, as_role, "guardian", filled.guardian)
    address = f"/nouns/students/Student_{filled.student}"
    page = (await guardian.http.get(address, headers=ENGLISH)).text
    assert 'id="w-school-card"' in page
    assert 'id="w-gradebook-student"' in page
    assert filled.class_name in page
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    called = (
        'mutation($id: ID!) { changeGuardian(input: {guardian: $id, phone: "+84 901 234 567"}) { errors { message } } }'
    )
    answer = await registrar.gql(called, id=f"Guardian_{filled.guardian}")
    assert not answer["changeGuardian"]["errors"]
    assert 'href="tel:+84901234567"' in (await registrar.http.get(address, headers=ENGLISH)).text
    theirs = await as_role.as_role(chinese.space, "registrar")
    assert 404 == (await theirs.http.get(address)).status_code


@pytest.mark.parametrize("answer", ["GIVEN", "REFUSED"])
async def test_a_guardian_answers_a_question_of_consent_on_the_first_page(
    answer: str, host: Host, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    filled = vietnamese.filled
    admin = await as_role.as_role(vietnamese.space, "admin")
    define = 'mutation($text: String!) { definePurpose(input: {code: "trips", title: "Trips", text: $text,'
    define += ' legalBasis: "Law", guardianBelowAge: 18}) { errors { message } } }'
    assert not (await admin.gql(define, text=f"May we, {answer}?"))["definePurpose"]["errors"]
    guardian = await _member(host, vietnamese, as_role, "guardian", filled.guardian)
    page = (await guardian.http.get("/", headers=ENGLISH)).text
    assert f"May we, {answer}?" in page
    (asked,) = [
        each
        for each in (await guardian.gql("{ openConsents { purpose title personKind person } }"))["openConsents"]
        if each.pop("title") == "Trips"
    ]
    sent = {**asked, "answer": answer, "then": "/"}
    done = await guardian.http.post("/do/privacy.consent.answer", data=sent, headers=CSRF)
    assert (204, "/") == (done.status_code, done.headers["hx-redirect"])
    assert f"May we, {answer}?" not in (await guardian.http.get("/", headers=ENGLISH)).text
    # Nobody is sent to another site, and nobody else is asked.
    away = await guardian.http.post("/do/privacy.consent.answer", data={**sent, "then": "//else.invalid"}, headers=CSRF)
    assert away.headers["hx-redirect"].startswith("/nouns/consentAnswers/")
    # No header can have other letters than those of ASCII, and by then the answer is kept.
    away = await guardian.http.post("/do/privacy.consent.answer", data={**sent, "then": "/日"}, headers=CSRF)
    assert (204, True) == (away.status_code, away.headers["hx-redirect"].startswith("/nouns/consentAnswers/"))
    for school, role in ((vietnamese, "guardian"), (vietnamese, "teacher"), (chinese, "guardian")):
        other = await as_role.as_role(school.space, role)
        assert [] == (await other.gql("{ openConsents { title } }"))["openConsents"]


async def test_the_office_finds_what_is_unfinished_in_its_school(
    vietnamese: Any, chinese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    made = 'mutation { createStudent(input: {code: "U-1", name: {fullName: "Lý Chưa Lớp"}}) { errors { message } } }'
    assert not (await registrar.gql(made))["createStudent"]["errors"]
    page = (await registrar.http.get("/", headers=ENGLISH)).text
    unfinished = page.partition('id="w-school-unfinished"')[2].partition("</section>")[0]
    assert "Lý Chưa Lớp" in unfinished.partition("Students without a guardian")[0]
    theirs = await as_role.as_role(chinese.space, "registrar")
    assert "Lý Chưa Lớp" not in (await theirs.http.get("/", headers=ENGLISH)).text
    teacher = await as_role.as_role(vietnamese.space, "teacher")
    assert 'id="w-school-unfinished"' not in (await teacher.http.get("/", headers=ENGLISH)).text
