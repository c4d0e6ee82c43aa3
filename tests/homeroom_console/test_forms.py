"""Forms of verbs: what they show comes back as it was, and what is wrong is said at its place."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.testing import People
from homeroom_console.forms.conflicts import merged
from homeroom_console.forms.reading import read_form
from homeroom_graphql.vocabulary.values import Control, VocabularyInput

CSRF = {"X-Homeroom-CSRF": "1", "Accept-Language": "en"}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def an_input(name: str, control: Control, **given_: Any) -> VocabularyInput:
    """An input of a verb."""
    values: dict[str, Any] = {
        "description": "", "type": "", "required": False, "many": False, "clears": False, "default": None,
        "noun": None, "code_table": None, "values": [], "longest": None, "lowest": None, "highest": None,
        "places": None, "money": False, "future": True, "past": True, "limits": None, "current": [], "inputs": [],
    }  # fmt: skip
    return VocabularyInput(name=name, label=name, control=control, **{**values, **given_})


class Sent(HTMLParser):
    """What a browser would send of a form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._area = ""
        self._inert = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what is sent."""
        found = dict(attrs)
        self._inert += tag == "template"
        if self._inert:
            return
        name = found.get("name") or ""
        if tag == "input" and name and found.get("type") != "file":
            if found.get("type") not in ("checkbox", "radio") or "checked" in found:
                self.values.setdefault(name, []).append(found.get("value") or "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.values.setdefault(self._select, []).append(found.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.values.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """Ends a control."""
        self._inert -= tag == "template"
        self._select, self._area = (
            ("" if tag == "select" else self._select),
            ("" if tag == "textarea" else self._area),
        )

    def handle_data(self, data: str) -> None:
        """Text of a control of several lines."""
        if self._area and not self._inert:
            self.values[self._area][-1] += data


def form_of(page: str) -> str:
    """The form of a page, without the shell around it."""
    return page[page.index('<form class="form') :].partition("</form>")[0] if '<form class="form' in page else page


TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)
ROW = st.fixed_dictionaries(
    {"code": TEXT}, optional={"size": st.integers(-99, 99), "share": st.decimals(0, 9, places=2).map(str)}
)
INPUTS = [
    an_input("title", Control.TEXT, clears=True),
    an_input("tags", Control.TEXT, many=True),
    an_input("open", Control.FLAG),
    an_input("names", Control.TRANSLATED),
    an_input("extra", Control.JSON),
    an_input(
        "rows",
        Control.GROUP,
        many=True,
        inputs=[
            an_input("code", Control.TEXT, required=True),
            an_input("size", Control.NUMBER),
            an_input("share", Control.DECIMAL),
        ],
    ),
]


@given(
    st.fixed_dictionaries(
        {"title": TEXT},
        optional={
            "tags": st.lists(TEXT, min_size=1),
            "open": st.booleans(),
            "names": st.dictionaries(st.sampled_from(["en", "vi"]), TEXT, min_size=1),
            "rows": st.lists(ROW, min_size=1, max_size=3),
        },
    ),
    st.sampled_from([".", ","]),
)
def test_what_is_written_into_a_form_becomes_the_arguments(arguments: dict[str, Any], sign: str) -> None:
    sent: dict[str, list[str]] = {}
    for name, value in arguments.items():
        if name == "rows":
            for place, row in enumerate(value):
                # Between the rows that are filled in lie empty ones.
                sent[f"rows.{place * 2 + 1}.code"] = [""]
                for field, inner in row.items():
                    sent[f"rows.{place * 2}.{field}"] = [
                        str(inner).replace(".", sign) if field == "share" else str(inner)
                    ]
        elif name == "names":
            sent |= {f"names.{tag}": [text] for tag, text in value.items()}
        elif name == "tags":
            sent[name] = ["\r\n".join(value)]
        else:
            sent[name] = [str(value).lower() if isinstance(value, bool) else value]
    read = read_form(INPUTS, sent, ZONE)
    assert arguments == read.arguments
    for place in range(len(arguments.get("rows", ()))):
        assert f"rows.{place}.code" == read.in_arguments(f"rows.{place * 2}.code")
        assert f"rows.{place * 2}.code" == read.in_form(f"rows.{place}.code")


def test_what_is_empty_clears_only_what_was_shown() -> None:
    inputs = [an_input("note", Control.TEXT, clears=True), an_input("code", Control.TEXT)]
    sent = {"note": [""], "code": [""]}
    assert {"note": None} == read_form(inputs, sent, ZONE).arguments
    assert {} == read_form(inputs, sent, ZONE, ["note"]).arguments
    assert {} == read_form(inputs, {}, ZONE).arguments


def test_after_a_conflict_only_what_both_have_changed_is_asked() -> None:
    inputs = [an_input(each, Control.TEXT) for each in "abcd"] + [an_input("v", Control.VERSION)]
    seen = {"a": "1", "b": "1", "c": "1", "d": "1", "v": 1}
    mine = {"a": "2", "b": "1", "c": "2", "d": "2", "v": 1}
    now = {"a": "1", "b": "3", "c": "3", "d": "2", "v": 2}
    assert ({"a": "2", "b": "3", "c": "2", "d": "2", "v": 2}, {"c": "3"}) == merged(inputs, mine, seen, now)


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_the_form_of_every_verb_opens(language: str, vietnamese: Any, as_role: People) -> None:
    admin = await as_role.as_role(vietnamese.space, "admin", "registrar", "principal", "teacher")
    answer = await admin.gql("{ vocabulary { verbs { name place subjectNoun } } }")
    headers = {"Accept-Language": language}
    verbs = answer["vocabulary"]["verbs"]
    assert len(verbs) > 100
    for verb in verbs:
        opened = await admin.http.get(f"/do/{verb['name']}", headers=headers)
        assert 200 == opened.status_code, verb["name"]
        assert not re.search(r"A code of \w+\.|`|\bnull\b", form_of(opened.text)), verb["name"]
        ids = re.findall(r'\bid="([^"]+)"', re.sub(r"(?s)<template>.*?</template>", "", opened.text))
        assert len(ids) == len(set(ids)), verb["name"]
        for name in re.findall(
            r'(?:aria-controls|for)="([^"]+)"', re.sub(r"(?s)<template>.*?</template>", "", opened.text)
        ):
            assert name in ids, (verb["name"], name)
        if language == "vi":
            assert "required" not in re.sub(r"<[^>]*>", "", form_of(opened.text)), verb["name"]


async def test_a_form_that_nobody_changes_changes_nothing(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    await campus_of(registrar)
    for verb, nodes, subject in (
        ("school.student.change", "students", "Student"),
        ("school.room.change", "rooms", "Room"),
        ("school.class.change", "schoolClasses", "SchoolClass"),
    ):
        (row,) = (await registrar.gql(f"{{ {nodes}(first: 1) {{ nodes {{ id version }} }} }}"))[nodes]["nodes"]
        opened = await registrar.http.get(f"/do/{verb}?subject={row['id']}", headers=CSRF)
        assert 200 == opened.status_code, subject
        sent = Sent(form_of(opened.text)).values
        answer = await registrar.http.post(f"/do/{verb}", data=sent, headers=CSRF)
        assert 204 == answer.status_code, (verb, answer.text)
        (after,) = (await registrar.gql(f"{{ {nodes}(first: 1) {{ nodes {{ id version }} }} }}"))[nodes]["nodes"]
        assert row == after, verb


async def test_a_name_is_shown_and_only_what_changed_of_it_is_sent(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    made = await registrar.gql(
        'mutation { createStudents(input: {rows: [{code: "NAMED-1", name: {familyName: "Lý", middleName: "Văn",'
        ' givenName: "Sơn"}}]}) { students { id } errors { code field } } }'
    )
    (row,) = made["createStudents"]["students"]
    for changed, expected in (
        ({"name.fullName": "Đỗ Thị Hà"}, ("Đỗ", "Thị", "Hà")),
        ({"name.givenName": "Hương"}, ("Đỗ", "Thị", "Hương")),
        ({"name.middleName": ""}, ("Đỗ", "", "Hương")),
    ):
        opened = await registrar.http.get(f"/do/school.student.change?subject={row['id']}", headers=CSRF)
        sent = Sent(form_of(opened.text)).values
        assert sent["name.fullName"][0].startswith(sent["name.familyName"][0])
        sent |= {name: [value] for name, value in changed.items()}
        answer = await registrar.http.post("/do/school.student.change", data=sent, headers=CSRF)
        assert 204 == answer.status_code, answer.text
        (found,) = (
            await registrar.gql(
                "query ($id: ID!) { student(id: $id) { familyName middleName givenName } }", id=row["id"]
            )
        ).values()
        assert expected == tuple(found.values())


async def campus_of(client: Any) -> str:
    """A campus of the school, with a room."""
    found = await client.gql("{ campuses(first: 1) { nodes { id } } }")
    if found["campuses"]["nodes"]:
        return str(found["campuses"]["nodes"][0]["id"])
    made = await client.http.post("/do/school.campus.create", data={"code": "FM", "name": "Forms"}, headers=CSRF)
    assert 204 == made.status_code, made.text
    campus = await campus_of(client)
    room = {"subject": campus, "rows.0.code": "F0", "rows.0.name": "Forms 0", "rows.0.capacity": "12"}
    assert 204 == (await client.http.post("/do/school.room.create", data=room, headers=CSRF)).status_code
    return campus


async def test_rows_are_added_by_a_table_and_errors_stand_at_their_cells(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    sent = {
        "subject": await campus_of(registrar),
        "rows.0.code": "F1", "rows.0.name": "Forms 1", "rows.0.capacity": "30",
        "rows.2.code": "F2", "rows.2.name": "Forms 2", "rows.2.capacity": "many", "rows.2.building~": "No such house",
        "rows.3.code": "", "rows.3.name": "",
    }  # fmt: skip
    wrong = await registrar.http.post("/do/school.room.create", data=sent, headers=CSRF)
    assert 422 == wrong.status_code
    assert "Nothing is called “No such house”. Choose it from the list." in wrong.text
    assert 'href="#f-rows-1-building"' in wrong.text
    assert "No such house" in Sent(wrong.text).values["rows.1.building~"]
    del sent["rows.2.building~"]
    wrong = await registrar.http.post("/do/school.room.create", data=sent, headers=CSRF)
    assert "Write a whole number, such as 12." in wrong.text
    assert re.search(r'id="f-rows-1-capacity"[^>]* aria-invalid="true"', wrong.text)
    checked = await registrar.http.post("/check/school.room.create", data=sent, headers=CSRF)
    (found,) = checked.json()
    assert ("rows.2.capacity", "Write a whole number, such as 12.") == (found["names"][0], found["message"])
    sent["rows.2.capacity"] = "40"
    assert [] == (await registrar.http.post("/check/school.room.create", data=sent, headers=CSRF)).json()
    right = await registrar.http.post("/do/school.room.create", data=sent, headers=CSRF)
    assert 204 == right.status_code, right.text


async def test_what_is_pasted_names_rows_by_what_people_call_them(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    subject = await campus_of(registrar)
    sent = {"subject": subject, "code": "FB", "name": "Forms house"}
    assert 204 == (await registrar.http.post("/do/school.building.create", data=sent, headers=CSRF)).status_code
    rows = {"subject": subject, "rows.0.code": "F7", "rows.0.name": "Forms 7", "rows.0.building~": "FB"}
    right = await registrar.http.post("/do/school.room.create", data=rows, headers=CSRF)
    assert 204 == right.status_code, right.text
    found = await registrar.gql('{ rooms(filter: {code: {eq: "F7"}}) { nodes { building { code } } } }')
    assert [{"building": {"code": "FB"}}] == found["rooms"]["nodes"]


async def test_a_conflict_shows_both_and_lets_choose(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    subject = await campus_of(registrar)
    rows = {"subject": subject, "rows.0.code": "FC", "rows.0.name": "Conflict"}
    made = await registrar.http.post("/do/school.room.create", data=rows, headers=CSRF)
    assert 204 == made.status_code
    (room,) = (await registrar.gql('{ rooms(filter: {code: {eq: "FC"}}) { nodes { id version } } }'))["rooms"]["nodes"]
    opened = await registrar.http.get(f"/do/school.room.change?subject={room['id']}", headers=CSRF)
    theirs = {"room": room["id"], "name": "Theirs", "floor": "9"}
    answer = await registrar.gql(
        "mutation ($i: ChangeRoomInput!) { changeRoom(input: $i) { errors { code } } }", i=theirs
    )
    assert [] == answer["changeRoom"]["errors"]
    sent = {**Sent(form_of(opened.text)).values, "name": ["Mine"]}
    clash = await registrar.http.post("/do/school.room.change", data=sent, headers=CSRF)
    assert 422 == clash.status_code
    assert "What the other wrote: Theirs" in clash.text
    again = Sent(clash.text).values
    assert ["9"] == again["floor"]  # only the other has changed it
    assert ["Mine"] == again["name"]
    chosen = {**again, "~choose.name": ["theirs"]}
    nonsense = {**chosen, "~choose.floor": ["theirs"], "~theirs.floor": ["{"], "idempotencyKey": ["another"]}
    refused = await registrar.http.post("/check/school.room.change", data=nonsense, headers=CSRF)
    assert 200 == refused.status_code
    assert 204 == (await registrar.http.post("/do/school.room.change", data=chosen, headers=CSRF)).status_code
    found = await registrar.gql("query ($id: ID!) { room(id: $id) { name floor } }", id=room["id"])
    assert {"name": "Theirs", "floor": "9"} == found["room"]


async def test_who_removes_is_shown_what_uses_the_row(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    shown = await registrar.http.get(
        f"/do/school.student.remove?subject=Student_{vietnamese.filled.student}", headers=CSRF
    )
    assert 200 == shown.status_code
    assert "This is in use by:" in shown.text
    assert "This cannot be removed:" in shown.text


async def test_rows_to_choose_are_searched_by_their_names(vietnamese: Any, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    first = await registrar.http.get("/choices/Student?q=")
    assert 10 == first.text.count("<option")
    (student,) = (
        await registrar.gql(
            "query ($id: ID!) { students(filter: {id: {eq: $id}}) { nodes { fullName } } }",
            id=f"Student_{vietnamese.filled.student}",
        )
    )["students"]["nodes"]
    found = await registrar.http.get("/choices/Student", params={"q": student["fullName"]})
    assert str(vietnamese.filled.student) in found.text
    anybody = await registrar.http.get("/choices/Person", params={"q": student["fullName"]})
    assert str(vietnamese.filled.student) in anybody.text
    stranger = await as_role.as_role(chinese.space, "registrar")
    assert (
        str(vietnamese.filled.student)
        not in (await stranger.http.get("/choices/Student", params={"q": student["fullName"]})).text
    )
    assert 404 == (await registrar.http.get("/choices/Nothing?q=")).status_code


async def test_own_fields_are_a_section_of_the_form(chinese: Any, as_role: People) -> None:
    admin = await as_role.as_role(chinese.space, "admin", "registrar")
    define = "mutation ($i: DefineCustomFieldInput!) { defineCustomField(input: $i) { errors { code field } } }"
    for given_ in (
        {"noun": "Student", "name": "bus", "kind": "CHOICE", "title": "Bus", "codes": ["red", "blue"]},
        {
            "noun": "Student",
            "name": "shoe_size",
            "kind": "INTEGER",
            "title": "Shoe size",
            "minimum": "20",
            "maximum": "50",
        },
    ):
        assert [] == (await admin.gql(define, i=given_))["defineCustomField"]["errors"]
    student = f"Student_{chinese.filled.student}"
    for verb, before in (("school.student.change", "20"), ("custom_fields.value.set", "41")):
        opened = await admin.http.get(f"/do/{verb}?subject={student}", headers=CSRF)
        assert "Shoe size" in opened.text, verb
        sent = {**Sent(form_of(opened.text)).values, "own.customBus": ["BLUE"], "own.customShoeSize": ["7"]}
        wrong = await admin.http.post(f"/do/{verb}", data=sent, headers=CSRF)
        assert 422 == wrong.status_code, verb
        assert re.search(r'id="f-own-customShoeSize"[^>]* aria-invalid="true"', wrong.text), verb
        sent["own.customShoeSize"] = [before]
        answer = await admin.http.post(f"/do/{verb}", data=sent, headers=CSRF)
        assert 204 == answer.status_code, (verb, answer.text)
        found = await admin.gql("query ($id: ID!) { student(id: $id) { customBus customShoeSize } }", id=student)
        assert {"customBus": "BLUE", "customShoeSize": int(before)} == found["student"]
    assert f"/do/custom_fields.value.set?subject={student}" in (await admin.http.get(f"/nouns/students/{student}")).text


async def test_the_password_and_a_new_session_are_asked_for_over_the_form(
    vietnamese: Any, as_role: People, host: Any, clock: Any
) -> None:
    admin = await as_role.as_role(vietnamese.space, "admin")
    sent = {"login": "nobody", "roles": "teacher"}
    clock.set(host.clock() + timedelta(minutes=16))
    asked = await admin.http.post("/do/tenants.member.add", data=sent, headers={**CSRF, "HX-Request": "true"})
    assert (403, "password") == (asked.status_code, asked.headers.get("hr-wants"))
    assert 204 == (await admin.http.post("/auth/confirm", json={"password": admin.password})).status_code
    refused = await admin.http.post("/do/tenants.member.add", data=sent, headers={**CSRF, "HX-Request": "true"})
    assert 422 == refused.status_code
    kept = dict(admin.http.cookies)
    admin.http.cookies.clear()
    ended = await admin.http.post("/do/tenants.member.add", data=sent, headers={**CSRF, "HX-Request": "true"})
    admin.http.cookies.update(kept)
    assert 401 == ended.status_code


async def test_what_is_sent_twice_is_done_once(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    opened = await registrar.http.get("/do/school.student.create", headers=CSRF)
    sent = {**Sent(form_of(opened.text)).values, "name.fullName": ["Twice Sent"]}
    first = await registrar.http.post("/do/school.student.create", data=sent, headers=CSRF)
    again = await registrar.http.post("/do/school.student.create", data=sent, headers=CSRF)
    assert [204, 204] == [first.status_code, again.status_code], (first.text, again.text)
    assert first.headers["hx-redirect"] == again.headers["hx-redirect"]


async def test_a_form_offers_the_logins_of_members_and_leads_where_its_link_says(
    vietnamese: Any, chinese: Any, as_role: People
) -> None:
    admin = await as_role.as_role(vietnamese.space, "admin")
    theirs = await as_role.as_role(chinese.space, "admin")
    page = (await admin.http.get("/do/tenants.member.add?then=/pages/members", headers=CSRF)).text
    known = page.partition('<datalist id="f-login-known">')[2].partition("</datalist>")[0]
    assert f'value="{admin.login}"' in known
    assert f'value="{theirs.login}"' not in known
    assert ["/pages/members"] == Sent(form_of(page)).values["then"]
    elsewhere = (await admin.http.get("/do/tenants.member.add?then=//example.org", headers=CSRF)).text
    assert "then" not in Sent(form_of(elsewhere)).values
