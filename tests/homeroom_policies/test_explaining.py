"""Why somebody may read a row or run a command: which role, which rule of which origin, which scope, until when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_school.commands.people import NameInput, create_student

EXPLAIN = """query($login: String!, $object: String!, $row: String, $action: RuleAction) {
  explainAccess(login: $login, object: $object, row: $row, action: $action) {
    allowed reason because until
    roles { role source district validUntil inForce }
    rules { role object scope effect source by reachesRow } } }"""
SET = """mutation($role: String!, $object: String!, $scope: String!, $effect: RuleEffect!) { setRule(input: {
  role: $role, object: $object, action: READ, scope: $scope, effect: $effect}) { errors { code } } }"""
ROLES = """query($role: String) { roles(role: $role) {
  name title inherits rules { object action scope effect source by } may { object action scopes exceptScopes } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def places(host: Host, make_space: Callable[..., Awaitable[Space]]) -> tuple[Space, Space, list[Any]]:
    """A district and a school of it with two students."""
    district, school = await make_space("vn", kind="district"), await make_space("vn")
    await host.directory.join_district(school.id, district.id)  # type: ignore[attr-defined]
    caller = host.system_caller(school)
    students = [
        await host.execute(caller, create_student, name=NameInput(given_name=name, family_name="X")) for name in "AB"
    ]
    return district, school, students


async def explained(client: Client, **asked: Any) -> dict[str, Any]:
    """The answer."""
    answer: dict[str, Any] = (await client.gql(EXPLAIN, **asked))["explainAccess"]
    return answer


async def test_a_student_sees_the_own_row_and_why_no_other(places: Any, as_role: People) -> None:
    _, school, (own, other) = places
    admin, student = await as_role.as_role(school, "admin"), await as_role.as_role(school, "student", person=own)
    seen = await explained(admin, login=student.login, object="Student", row=f"Student_{own}")
    assert (True, "ALLOWED") == (seen["allowed"], seen["reason"])
    assert seen["because"].endswith(" cho phép vai trò “Học sinh”: Học sinh (chỉ: chính mình).")
    said = {"Accept-Language": "en"}
    answer = await admin.http.get(f"/pages/access?login={student.login}&object=Student", headers=said)
    assert "allows the role “Student”: Students (only: self)." in answer.text
    assert ["self"] == [each["scope"] for each in seen["rules"] if each["reachesRow"] and each["role"] == "student"]
    assert [("student", "OWN", True)] == [(e["role"], e["source"], e["inForce"]) for e in seen["roles"]]
    hidden = await explained(admin, login=student.login, object="Student", row=f"Student_{other}")
    assert (False, "OUTSIDE_SCOPES") == (hidden["allowed"], hidden["reason"])
    run = await explained(admin, login=student.login, object="school.student.change", action="RUN")
    assert (False, "NO_RULE", []) == (run["allowed"], run["reason"], run["rules"])


async def test_a_denial_of_the_district_is_named_with_its_origin(places: Any, as_role: People) -> None:
    district, school, (own, _) = places
    head, registrar = await as_role.as_role(district, "district_admin"), await as_role.as_role(school, "registrar")
    grant = """mutation($login: String!, $school: String!, $until: DateTime) { grantInSchool(input: {login: $login,
        school: $school, role: "admin", validUntil: $until}) { errors { code } } }"""
    until = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    await head.gql(grant, login=head.login, school=school.slug, until=until)
    await head.gql(SET, role="registrar", object="Student.birth_date", scope="school", effect="DENY")
    await head.gql("mutation { applyDistrictPolicy(input: {}) { errors { code } } }")
    at_school = as_role.visitor(school)
    for name, value in head.http.cookies.items():
        at_school.http.cookies.set(name, value)
    # The head of the district asks at the school, under the granted role.
    asked = {"login": registrar.login, "row": f"Student_{own}"}
    row = await explained(at_school, object="Student", **asked)
    field = await explained(at_school, object="Student.birth_date", **asked)
    assert (True, False, "DENIED") == (row["allowed"], field["allowed"], field["reason"])
    assert field["because"].startswith(f"Khu vực “{district.slug}” cấm vai trò ")
    assert [("DISTRICT", district.slug)] == [(e["source"], e["by"]) for e in field["rules"] if e["effect"] == "DENY"]
    granted = await explained(at_school, login=head.login, object="Student", row=f"Student_{own}")
    assert granted["allowed"]
    assert [("admin", "DISTRICT", district.slug)] == [(e["role"], e["source"], e["district"]) for e in granted["roles"]]
    assert until[:16] == granted["until"][:16] == granted["roles"][0]["validUntil"][:16]


async def test_what_is_explained_is_what_is_answered(places: Any, as_role: People) -> None:
    _, school, students = places
    admin = await as_role.as_role(school, "admin")
    for role in ("registrar", "teacher", "student", "guardian", "principal"):
        somebody = await as_role.as_role(school, role, person=students[0] if role == "student" else None)
        for each in students:
            shown = await somebody.post(f'{{ node(id: "Student_{each}") {{ id }} }}')
            node = (shown.json().get("data") or {}).get("node")
            found = await explained(admin, login=somebody.login, object="Student", row=f"Student_{each}")
            assert (node is not None) == found["allowed"], role


async def test_nobody_asks_without_the_right_nor_about_another_school(
    places: Any, school_a: Space, as_role: People
) -> None:
    _, school, (own, _) = places
    registrar, elsewhere = await as_role.as_role(school, "registrar"), await as_role.as_role(school_a, "admin")
    asked = {"login": registrar.login, "object": "Student", "row": f"Student_{own}"}
    assert "FORBIDDEN" in await registrar.refused(EXPLAIN, **asked)
    assert "NOT_FOUND" in await elsewhere.refused(EXPLAIN, **asked)
    assert "NOT_FOUND" in await elsewhere.refused(EXPLAIN, **{**asked, "login": elsewhere.login})
    assert "FORBIDDEN" in await registrar.refused(ROLES)


async def test_roles_are_listed_with_their_rules_and_what_each_may_do(places: Any, as_role: People) -> None:
    district, school, _ = places
    admin, head = await as_role.as_role(school, "admin"), await as_role.as_role(district, "district_admin")
    await admin.gql(SET, role="teacher", object="Room", scope="school", effect="DENY")
    (teacher,) = (await admin.gql(ROLES, role="teacher"))["roles"]
    assert {"object": "Room", "action": "READ", "scope": "school", "effect": "DENY", "source": "OWN", "by": None} in (
        teacher["rules"]
    )
    may = {each["object"]: each["scopes"] for each in teacher["may"]}
    assert "own_class" in may["Student"]
    assert "Room" not in may
    names = {each["name"] for each in (await head.gql(ROLES))["roles"]}
    assert {"teacher", "principal", "district_admin"} <= names
    assert "NOT_FOUND" in await admin.refused(ROLES, role="wizard")
