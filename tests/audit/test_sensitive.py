"""What is sensitive is shown to nobody without a word in the audit, and the audit can be searched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_school.commands.people import NameInput, create_student

PHONE = "0912 345 678"
ONE = "query One($id: ID!) { student(id: $id) { fullName phone } }"
MANY = "{ students(first: 100) { nodes { fullName mine: phone phone birthPlace } edges { node { email } } } }"
PLAIN = "query Plain($id: ID!) { student(id: $id) { fullName code } }"
LOOKS = """
query Looks($row: ID) {
  auditEntries(first: 20, filter: {command: {eq: "audit.read"}, lines: {rowId: {eq: $row}}}) {
    nodes { login via reason at lines(filter: {rowId: {eq: $row}}) { nodes { noun rowId newValues } } }
  }
}
"""


class Two:
    """Two students of a school, one with a phone."""

    def __init__(self, host: Host, space: Space) -> None:
        self.host, self.space = host, space

    async def begin(self) -> Two:
        """Enter them."""
        caller = self.host.system_caller(self.space)
        self.reached: UUID = await self.host.execute(
            caller, create_student, name=NameInput("Mai", "Trần", "Thị"), phone=PHONE
        )
        self.quiet: UUID = await self.host.execute(caller, create_student, name=NameInput("Tư", "Lê", "Văn"))
        return self

    async def looks(self) -> list[Any]:
        """What the audit says about looks, the oldest first."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return await transaction.fetch(
                "SELECT e.login, e.reason, e.via, l.noun, l.row_id, l.old_values, l.new_values::text AS new_values,"
                " e.arguments::text AS arguments"
                " FROM audit_entry e LEFT JOIN audit_line l ON l.entry_id = e.id"
                " WHERE e.command = 'audit.read' ORDER BY e.at, e.id, l.id"
            )


@pytest_asyncio.fixture(loop_scope="session")
async def two(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Two:
    """Two students of a school of their own."""
    return await Two(host, await make_space("vn")).begin()


async def test_a_look_is_kept_with_who_and_why_and_without_the_value(two: Two, as_role: People) -> None:
    registrar = await as_role(two.space, "registrar")
    answer = await registrar.http.post(
        "/graphql",
        json={"query": ONE, "variables": {"id": f"Student_{two.reached}"}},
        headers={"X-Homeroom-Purpose": "Gọi phụ huynh".encode()},
    )
    assert {"data": {"student": {"fullName": "Trần Thị Mai", "phone": PHONE}}} == answer.json()
    (look,) = await two.looks()
    assert (registrar.login, "Gọi phụ huynh", "session") == (look["login"], look["reason"], look["via"])
    assert ("student", two.reached, None, '{"read": ["phone"]}') == (
        look["noun"], look["row_id"], look["old_values"], look["new_values"],
    )  # fmt: skip


async def test_what_shows_nothing_leaves_no_entry(two: Two, as_role: People) -> None:
    registrar = await as_role(two.space, "registrar")
    for document, row in ((PLAIN, two.reached), (ONE, two.quiet), (ONE, two.space.id)):
        answer = await registrar.post(document, {"id": f"Student_{row}"})
        assert "errors" not in answer.json()
        assert b"!" not in answer.content
    assert [] == await two.looks()


async def test_a_list_is_one_entry_with_a_line_for_each_row(two: Two, as_role: People) -> None:
    registrar = await as_role(two.space, "registrar")
    answer = await registrar.http.post(
        "/graphql", json={"query": MANY, "extensions": {"purpose": "the list of the class\u0000\n"}}
    )
    shown = {each["fullName"]: each["phone"] for each in answer.json()["data"]["students"]["nodes"]}
    assert {"Trần Thị Mai": PHONE, "Lê Văn Tư": None} == shown
    assert b"!" not in answer.content
    (look,) = await two.looks()
    assert ("the list of the class", two.reached, '{"read": ["phone"]}') == (
        look["reason"], look["row_id"], look["new_values"],
    )  # fmt: skip


async def test_rows_by_their_ids_are_kept_each_with_its_fields(two: Two, as_role: People) -> None:
    registrar = await as_role(two.space, "registrar")
    document = """query N($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ... on Student { phone email } ... on Staff { phone } } }"""
    years = (await registrar.gql("{ schoolYears(first: 1) { nodes { id } } }"))["schoolYears"]["nodes"]
    ids = [f"Student_{two.reached}", *(each["id"] for each in years), f"Student_{two.quiet}"]
    nodes = (await registrar.gql(document, ids=ids))["nodes"]
    assert ids == [each["id"] for each in nodes]
    assert {"__typename": "Student", "id": ids[0], "phone": PHONE, "email": None} == nodes[0]
    (look,) = await two.looks()
    assert (two.reached, '{"read": ["phone"]}') == (look["row_id"], look["new_values"])


async def test_who_may_not_see_it_leaves_no_entry_and_the_own_record_is_no_secret(two: Two, as_role: People) -> None:
    teacher = await as_role(two.space, "teacher", person=two.space.id)
    assert {"student": None} == (await teacher.post(ONE, {"id": f"Student_{two.reached}"})).json()["data"]
    student = await as_role(two.space, "student", person=two.reached)
    assert PHONE == (await student.gql(ONE, id=f"Student_{two.reached}"))["student"]["phone"]
    assert [] == await two.looks()


async def test_a_command_that_shows_it_is_kept_too(two: Two, as_role: People) -> None:
    registrar = await as_role(two.space, "registrar")
    changed = await registrar.gql(
        'mutation C($id: ID!) { changeStudent(input: {student: $id, code: "X1"}) { student { code phone } } }',
        id=f"Student_{two.reached}",
    )
    assert {"code": "X1", "phone": PHONE} == changed["changeStudent"]["student"]
    (look,) = await two.looks()
    assert (two.reached, registrar.login) == (look["row_id"], look["login"])


BY_PHONE = """
query By($phone: String) {
  students(filter: {phone: {eq: $phone}}) { totalCount nodes { fullName } edges { cursor } }
}
"""


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        (BY_PHONE, 1),
        ("query By($phone: String) { students(filter: {not: {phone: {ne: $phone}}}) { edges { node { id } } } }", 1),
        ("query By($phone: String) { students(filter: {or: [{phone: {startsWith: $phone}}]}) { totalCount } }", 0),
    ],
)
async def test_finding_rows_by_it_is_a_look_too(two: Two, as_role: People, document: str, rows: int) -> None:
    registrar = await as_role(two.space, "registrar")
    for row in (two.reached, two.quiet):  # nothing found and nothing asked leaves no entry
        await registrar.gql(PLAIN, id=f"Student_{row}")
    assert [] == await two.looks()
    variables = {"phone": PHONE} if "$phone" in document else {}
    answer = await registrar.post(document, variables)
    assert "errors" not in answer.json()
    assert b"!" not in answer.content
    looks = await two.looks()
    assert {registrar.login} == {look["login"] for look in looks}
    assert {'{"found_by": ["Student.phone"]}'} == {look["arguments"] for look in looks}
    found = {look["row_id"]: look["new_values"] for look in looks if look["row_id"] is not None}
    assert rows == len(found)
    assert {'{"found_by": ["Student.phone"]}'} >= set(found.values())
    assert 0 == rows or two.reached in found


async def test_finding_through_a_relation_names_the_field_of_the_other_type(two: Two, as_role: People) -> None:
    admin = await as_role(two.space, "registrar")
    answer = await admin.gql(
        "query($p: String) { guardianships(filter: {student: {phone: {eq: $p}}}) { totalCount } }", p=PHONE
    )
    assert 0 == answer["guardianships"]["totalCount"]
    (look,) = await two.looks()
    assert ('{"found_by": ["Student.phone"]}', None) == (look["arguments"], look["row_id"])


async def test_a_row_that_is_found_and_shown_has_one_line(two: Two, as_role: People) -> None:
    registrar = await as_role(two.space, "registrar")
    await registrar.gql("query($p: String) { students(filter: {phone: {eq: $p}}) { nodes { phone } } }", p=PHONE)
    (look,) = await two.looks()
    assert '{"read": ["phone"], "found_by": ["Student.phone"]}' == look["new_values"]


async def _looks_seen_by(client: Client, row: UUID | str) -> list[Any]:
    nodes: list[Any] = (await client.gql(LOOKS, row=str(row)))["auditEntries"]["nodes"]
    return nodes


async def test_the_audit_is_searched_by_anyone_who_answers_for_it_and_by_the_person_concerned(
    two: Two, school_b: Space, as_role: People
) -> None:
    registrar = await as_role(two.space, "registrar")
    await registrar.gql(ONE, id=f"Student_{two.reached}")
    shown = f"Student_{two.reached}"
    for role in ("admin", "principal"):
        # By the id that the API hands out, and by the bare one.
        for asked in (shown, two.reached):
            (look,) = await _looks_seen_by(await as_role(two.space, role), asked)
            (line,) = look["lines"]["nodes"]
            assert (registrar.login, {"read": ["phone"]}, shown) == (look["login"], line["newValues"], line["rowId"])
    # The person concerned sees who looked, and not what the lines hold.
    student = await as_role(two.space, "student", person=two.reached)
    answer = (await student.post(LOOKS, {"row": str(two.reached)})).json()
    (look,) = answer["data"]["auditEntries"]["nodes"]
    assert (registrar.login, None) == (look["login"], look["lines"]["nodes"][0]["newValues"])
    # Others see nothing: another student, another school's admin.
    other = await as_role(two.space, "student", person=two.quiet)
    assert [] == (await other.post(LOOKS, {"row": str(two.reached)})).json()["data"]["auditEntries"]["nodes"]
    assert [] == await _looks_seen_by(await as_role(school_b, "admin"), two.reached)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('{command: {eq: "school.student.create"}, login: {eq: "system"}}', 2),
        ('{command: {eq: "school.student.create"}, at: {gte: "2199-01-01T00:00:00Z"}}', 0),
        ('{command: {eq: "school.student.create"}, lines: {noun: {eq: "student"}}}', 2),
        ('{command: {eq: "school.student.create"}, login: {eq: "nobody"}}', 0),
    ],
)
async def test_entries_are_found_by_person_action_row_and_time(
    two: Two, as_role: People, condition: str, found: int
) -> None:
    admin = await as_role(two.space, "admin")
    page = await admin.gql("{ auditEntries(first: 1, filter: %s) { totalCount } }" % condition)  # noqa: UP031
    assert found == page["auditEntries"]["totalCount"]
