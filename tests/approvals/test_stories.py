"""Stories of offices over HTTP, each person with an account of their own: access to data, leave, messages, status."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from acting import INBOX, REQUEST, apply, codes, days_later, decide, one, row, run_job, state_of, uuid_of

from homeroom.testing import Client
from homeroom_approvals.jobs import forget_subjects
from homeroom_school.commands.people import NameInput, create_student

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEPARTMENT = """
mutation($head: ID!) { createDepartment(input: {name: "Sciences", head: $head}) {
  department { id } errors { code field message } } }"""
MESSAGE = {"name": "Trip", "body": "The bus leaves at eight."}
ACCESS = {"content": "Grades of 7A", "purpose": "A study", "endsOn": "2030-06-30"}
#: What is applied for, who decides what with which note and which refusals, and what becomes of it.
STORIES = [
    ("StaffLeave", {"name": "Ill", "days": 2}, [("principal", "APPROVE", "", [])], "GRANTED"),
    (
        "StaffLeave",
        {"name": "Study", "days": 20},
        [
            ("registrar", "APPROVE", "", ["NOT_FOUND"]),
            ("principal", "APPROVE", "", []),
            ("principal", "APPROVE", "", ["NOT_FOUND"]),
            ("admin", "APPROVE", "", []),
        ],
        "GRANTED",
    ),
    ("FamilyMessage", MESSAGE, [("principal", "REFUSE", "It leaves at nine.", [])], "REFUSED"),
    ("FamilyMessage", MESSAGE, [("admin", "RETURN", "Say which bus.", []), ("admin", "APPROVE", "", ["NOT_FOUND"])],
     "ASKED"),
    (
        "DataAccess",
        ACCESS,
        [
            ("registrar", "APPROVE", "Yes.", ["NOT_FOUND"]),
            ("head", "APPROVE", "", []),
            ("registrar", "APPROVE", "", ["NOTE_NEEDED"]),
            ("registrar", "APPROVE", "Granted until June.", []),
        ],
        "GRANTED",
    ),
    ("DataAccess", ACCESS, [("head", "REFUSE", "Not our work.", [])], "REFUSED"),
]  # fmt: skip


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def head(campus: Any) -> Client:
    """The head of a department."""
    return await campus.more("teacher")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def department(campus: Any, head: Client) -> str:
    """The department."""
    made = (await campus.registrar.gql(DEPARTMENT, head=f"Staff_{campus.persons[head.login]}"))["createDepartment"]
    assert [] == made["errors"]
    found: str = made["department"]["id"]
    return found


@pytest.mark.parametrize(("noun", "given", "decisions", "end"), STORIES)
async def test_a_story_of_an_office(
    noun: str, given: Any, decisions: Any, end: str, campus: Any, head: Client, department: str
) -> None:
    made = await apply(campus.teacher, noun, **given, **({"department": department} if noun == "DataAccess" else {}))
    (request,) = made["approvals"]["nodes"]
    for who, outcome, note, refused in decisions:
        client = head if who == "head" else getattr(campus, who)
        assert refused == await codes(client, row(request, outcome, note)), (who, outcome)
    assert end == await state_of(campus.teacher, noun, made["id"])
    assert [] == [each for each in (await head.gql(INBOX))["approvals"]["nodes"] if each["id"] == request["id"]]


async def test_a_message_reaches_families_once_it_is_approved(campus: Any, people: Any) -> None:
    mother = await people.as_role(campus.space, "guardian")
    read = '{ notices(filter: {kind: {eq: "desks.message"}}) { nodes { subject } } }'
    made = await apply(campus.teacher, "FamilyMessage", name="Fair", body="Come.")
    (request,) = made["approvals"]["nodes"]
    rehearsed = await decide(campus.principal, row(request), rehearse=True)
    assert (["APPROVED"], []) == ([each["state"] for each in rehearsed["approvals"]], rehearsed["errors"])
    assert [] == (await mother.gql(read))["notices"]["nodes"]
    assert [] == await codes(campus.principal, row(request))
    assert ["Fair"] == [each["subject"] for each in (await mother.gql(read))["notices"]["nodes"]]


ARRANGE = """
mutation($absent: ID!, $deputy: ID, $from: Date!, $to: Date!) {
  arrangeApprovalDeputy(input: {absent: $absent, deputy: $deputy, startsOn: $from, endsOn: $to}) {
  approvalDelegations { id arrangedBy login } errors { code field } } }"""


async def test_a_permission_waits_for_an_absent_head_is_reminded_and_expires(
    campus: Any, office: Any, people: Any, head: Client, department: str, office_clock: Any
) -> None:
    """Days count by the calendar of the school; nobody decides after the last one."""
    early = await apply(campus.teacher, "DataAccess", **ACCESS, department=department)
    today: date = office.clock().astimezone(campus.space.time_zone).date()
    days = {"from": today.isoformat(), "to": (today + timedelta(days=90)).isoformat()}
    absent = f"Staff_{campus.persons[head.login]}"
    answer = (await campus.admin.gql(ARRANGE, absent=absent, **days))["arrangeApprovalDeputy"]
    assert ([], [(campus.admin.login, head.login)]) == (
        answer["errors"], [(each["arrangedBy"], each["login"]) for each in answer["approvalDelegations"]],
    )  # fmt: skip

    async def shown(made: Any) -> Any:
        (request,) = made["approvals"]["nodes"]
        admin = await people.as_role(campus.space, "admin", person=campus.persons[campus.admin.login])
        return (await admin.gql(REQUEST, id=request["id"]))["approval"]

    # A new request continues at once, one that waited already continues in the morning.
    late = await apply(campus.teacher, "DataAccess", **ACCESS, department=department)
    assert [False, True] == [bool((await shown(each))["steps"]["nodes"][0]["escalatedAt"]) for each in (early, late)]
    await days_later(office, campus.space, office_clock, 0)
    assert (await shown(early))["steps"]["nodes"][0]["escalatedAt"]
    assert [] == await codes(campus.principal, row(await shown(early)))
    sixth = "SELECT date FROM calendar_day WHERE kind = 'school' AND date > $1 ORDER BY date OFFSET 5 LIMIT 1"
    day: date = await one(office, campus.space, sixth, today)
    assert {day.isoformat()} == {(await shown(each))["expiresOn"] for each in (early, late)}
    await days_later(office, campus.space, office_clock, (day - today).days)
    registrar = await people.as_role(campus.space, "registrar", person=campus.persons[campus.registrar.login])
    todo = '{ notices(filter: {kind: {eq: "approvals.late"}}) { nodes { about } } }'
    assert early["approvals"]["nodes"][0]["id"] in [
        each["about"] for each in (await registrar.gql(todo))["notices"]["nodes"]
    ]
    # The last day is over, and the job of the morning has not run yet.
    office_clock.set(office.clock() + timedelta(days=1))
    registrar = await people.as_role(campus.space, "registrar", person=campus.persons[campus.registrar.login])
    assert ["NOT_IN_STATE"] == await codes(registrar, row(await shown(early), note="Granted."))
    await days_later(office, campus.space, office_clock, 0)
    assert ["EXPIRED", "EXPIRED"] == [(await shown(each))["state"] for each in (early, late)]
    teacher = await people.as_role(campus.space, "teacher", person=campus.persons[campus.teacher.login])
    assert "EXPIRED" == await state_of(teacher, "DataAccess", late["id"])
    again = "mutation($id: ID!) { resubmitApproval(input: {approval: $id}) { errors { code } } }"
    answer = await teacher.gql(again, id=late["approvals"]["nodes"][0]["id"])
    assert ["NOT_IN_STATE"] == [each["code"] for each in answer["resubmitApproval"]["errors"]]


APPLY = """
mutation($student: ID!) { applyForStatusChange(input: {student: $student, changeType: "suspend", reason: "Ill",
  returnBy: "2099-01-01"}) { studentStatusChange { id state approvals { nodes { id seen title } } }
  errors { code field message } } }"""
CORRECT = """
mutation($change: ID!) { changeStatusChange(input: {change: $change, returnBy: null}) {
  studentStatusChange { returnBy } errors { code message } } }"""
AGAIN = "mutation($id: ID!) { resubmitApproval(input: {approval: $id}) { approval { id seen } errors { code } } }"
STUDENT = "query($id: ID!) { student(id: $id) { currentStatus { status } statusChanges { nodes { state } } } }"


async def test_a_suspension_is_pending_returned_corrected_and_refused(campus: Any, west: Any, office: Any) -> None:
    made = await office.execute(
        office.system_caller(campus.space), create_student, name=NameInput(family_name="Li", given_name="An")
    )
    student = f"Student_{made}"
    answer = (await campus.registrar.gql(APPLY, student=student))["applyForStatusChange"]
    change, (request,) = answer["studentStatusChange"], answer["studentStatusChange"]["approvals"]["nodes"]
    assert ("PENDING", True) == (change["state"], "Li" in request["title"])
    assert ["OWN_REQUEST"] == await codes(campus.registrar, row(request))
    for stranger in (west.principal, campus.teacher, campus.admin):
        assert ["NOT_FOUND"] == await codes(stranger, row(request))
    assert [] == await codes(campus.principal, row(request, "RETURN", "He comes back sooner."))
    assert (
        "PENDING" == (await campus.principal.gql(STUDENT, id=student))["student"]["statusChanges"]["nodes"][0]["state"]
    )
    corrected = (await campus.registrar.gql(CORRECT, change=change["id"]))["changeStatusChange"]
    assert (None, []) == (corrected["studentStatusChange"]["returnBy"], corrected["errors"])
    again = (await campus.registrar.gql(AGAIN, id=request["id"]))["resubmitApproval"]["approval"]
    assert ["CONFLICT"] == await codes(campus.principal, row(request))
    assert [] == await codes(campus.principal, row(again, "REFUSE", "Not ill any more."))
    shown = (await campus.registrar.gql(STUDENT, id=student))["student"]
    assert {"currentStatus": None, "statusChanges": {"nodes": [{"state": "REFUSED"}]}} == shown
    approved = (await campus.registrar.gql(APPLY, student=student))["applyForStatusChange"]["studentStatusChange"]
    assert [] == await codes(campus.principal, row(approved["approvals"]["nodes"][0]))
    assert "SUSPENDED" == (await campus.registrar.gql(STUDENT, id=student))["student"]["currentStatus"]["status"]


FIELD = """
mutation($access: ID!) { made: createAccessField(input: {dataAccess: $access, name: "Mark"}) {
  accessField { id } errors { code field } } }"""
CLOSED = {
    "removeAccessField(input: {accessField: $field})": "accessField",
    "retireAccessField(input: {accessField: $field})": "accessField",
    "changeAccessField(input: {accessField: $field, name: \"Other\"})": "accessField",
    "replaceDataAccess(input: {dataAccess: $access, rows: []})": "dataAccess",
    "replaceDataAccess(input: {dataAccess: $access, rows: [{name: \"Mark\"}, {name: \"Sex\"}]})": "dataAccess",
}  # fmt: skip


async def test_what_was_seen_with_an_approved_row_is_neither_changed_nor_removed(
    campus: Any, head: Client, department: str
) -> None:
    access = await apply(campus.teacher, "DataAccess", **ACCESS, department=department)
    (request,) = access["approvals"]["nodes"]
    made = (await campus.teacher.gql(FIELD, access=access["id"]))["made"]
    assert [] == made["errors"]
    again = (await campus.teacher.gql(AGAIN, id=request["id"]))["resubmitApproval"]["approval"]
    assert [] == await codes(head, row(again))
    assert [] == await codes(campus.registrar, row(again, note="Granted."))
    for verb, field in CLOSED.items():
        given = verb.replace("$access", f'"{access["id"]}"').replace("$field", f'"{made["accessField"]["id"]}"')
        refused = (await campus.teacher.gql(f"mutation {{ made: {given} {{ errors {{ code field }} }} }}"))["made"]
        assert [("NOT_IN_STATE", field)] == [(each["code"], each["field"]) for each in refused["errors"]], verb


REPEAT = """
mutation($id: ID!) { repeatStaffLeave(input: {staffLeave: $id}) {
  staffLeave { approvals { nodes { id state seen } } } errors { code } } }"""


async def test_what_was_refused_is_forgotten_after_its_latest_request(
    campus: Any, office: Any, people: Any, office_clock: Any
) -> None:
    made = await apply(campus.teacher, "StaffLeave", name="Choir", days=1)
    assert [] == await codes(campus.principal, row(made["approvals"]["nodes"][0], "REFUSE", "Not now."))
    there = "SELECT count(*) FROM staff_leave WHERE id = $1"

    async def left_after(days: int) -> int:
        office_clock.set(office.clock() + timedelta(days=days))
        await run_job(office, campus.space, forget_subjects)
        found: int = await one(office, campus.space, there, uuid_of(made["id"]))
        return found

    async def again(name: str) -> Client:
        return await people.as_role(campus.space, name, person=campus.persons[getattr(campus, name).login])

    assert 1 == await left_after(20)
    requests = (await (await again("teacher")).gql(REPEAT, id=made["id"]))["repeatStaffLeave"]["staffLeave"]
    (open_one,) = [each for each in requests["approvals"]["nodes"] if each["state"] == "PENDING"]
    # The first refusal is old, and a later request waits; then that one is refused, but not long ago.
    assert 1 == await left_after(20)
    assert [] == await codes(await again("principal"), row(open_one, "REFUSE", "Never."))
    assert 1 == await left_after(20)
    assert 0 == await left_after(20)
    assert 0 == await one(office, campus.space, "SELECT count(*) FROM approval_request WHERE subject_id = $1",
                          uuid_of(made["id"]))  # fmt: skip
