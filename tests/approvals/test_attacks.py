"""What somebody tries who wants to have the own request approved, or to change what others have approved."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from acting import ASK, INBOX, ask, codes, decide, one, row, upload, uuid_of

from homeroom.names import NameInput
from homeroom.testing import Client
from homeroom_school.commands.people import create_staff, merge_staff
from homeroom_tenants.commands import remove_member

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAYS = {"from": "2020-01-01", "to": "2099-12-31"}
DELEGATE = """
mutation($deputy: ID, $from: Date!, $to: Date!) {
  made: delegateApprovals(input: {deputy: $deputy, startsOn: $from, endsOn: $to}) { errors { code field } } }"""
ARRANGE = """
mutation($absent: ID!, $deputy: ID, $from: Date!, $to: Date!) {
  made: arrangeApprovalDeputy(input: {absent: $absent, deputy: $deputy, startsOn: $from, endsOn: $to}) {
  approvalDelegations { id } errors { code field } } }"""
CHANGE = """
mutation($purchase: ID!, $amount: Decimal!) {
  made: changePurchase(input: {purchase: $purchase, amount: $amount}) { errors { code field } } }"""
AGAIN = """
mutation($id: ID!) { resubmitApproval(input: {approval: $id}) { approval { id state seen } errors { code } } }"""
ADD = """
mutation($purchase: ID!, $files: [Upload!]!) { made: addPurchaseQuote(input: {purchase: $purchase, quotes: $files}) {
  purchaseQuotes { id } errors { code field } } }"""
DROP = "mutation($quote: ID!) { made: removePurchaseQuote(input: {purchaseQuote: $quote}) { errors { code field } } }"
PDF = ("quote.pdf", b"%PDF-1.7 " + b"b" * 30)


def staff_id(school: Any, who: Client) -> str:
    """The global id of somebody's person."""
    return f"Staff_{school.persons[who.login]}"


async def refused(who: Client, document: str, **variables: Any) -> list[tuple[str, str | None]]:
    """Why a mutation is refused."""
    return [(each["code"], each["field"]) for each in (await who.gql(document, **variables))["made"]["errors"]]


async def test_nobody_becomes_the_own_deputy(east: Any, people: Any, office: Any) -> None:
    head, admin = await east.more("principal"), await east.more("admin")
    own = staff_id(east, head)
    assert [("DEPUTY_IS_SELF", "deputy")] == await refused(head, DELEGATE, deputy=own, **DAYS)
    # With a second account of the same person.
    second = await people.newcomer(east.space)
    await office.directory.add_member(east.space.id, second.account, roles=("admin",), person=east.persons[head.login])
    assert [("DEPUTY_IS_SELF", "deputy")] == await refused(second, DELEGATE, deputy=own, **DAYS)
    # By way of the office: neither oneself, nor the absent person.
    mine = staff_id(east, admin)
    assert [("DEPUTY_IS_SELF", "deputy")] == await refused(admin, ARRANGE, absent=own, deputy=mine, **DAYS)
    assert [("DEPUTY_IS_SELF", "deputy")] == await refused(admin, ARRANGE, absent=own, deputy=own, **DAYS)
    with pytest.raises(AssertionError, match="FORBIDDEN"):
        await refused(east.teacher, ARRANGE, absent=own, deputy=staff_id(east, east.teacher), **DAYS)


async def test_a_deputy_has_no_deputy(east: Any) -> None:
    """What somebody may decide for another person is not passed on."""
    head, first, second = await east.more("principal"), await east.more("teacher"), await east.more("teacher")
    assert [] == await refused(head, DELEGATE, deputy=staff_id(east, first), **DAYS)
    assert [] == await refused(first, DELEGATE, deputy=staff_id(east, second), **DAYS)
    (purchase,) = await ask(east.teacher, 10)
    (request,) = purchase["approvals"]["nodes"]
    assert ["NOT_FOUND"] == await codes(second, row(request))
    assert [] == await codes(first, row(request))


async def test_who_was_represented_has_decided(east: Any) -> None:
    """Who may decide both steps has one of them decided by a deputy, and would decide the other one."""
    both, deputy = await east.more("principal", "admin"), await east.more("teacher")
    assert [] == await refused(both, DELEGATE, deputy=staff_id(east, deputy), **DAYS)
    (purchase,) = await ask(east.teacher, 9000)
    (request,) = purchase["approvals"]["nodes"]
    assert [] == await codes(deputy, row(request))
    assert ["OWN_REQUEST"] == await codes(both, row(request))
    assert [] == await codes(east.admin, row(request))


async def test_who_arranges_a_deputy_gets_nothing_decided_by_them(east: Any) -> None:
    head, friend = await east.more("principal"), await east.more("teacher")
    chief = await east.more("admin", "registrar")
    arranged = {"absent": staff_id(east, head), "deputy": staff_id(east, friend), **DAYS}
    assert [] == await refused(chief, ARRANGE, **arranged)
    (own,) = await ask(chief, 10)
    (other,) = await ask(east.teacher, 10)
    requests = [each["approvals"]["nodes"][0] for each in (own, other)]
    answer = await decide(friend, *map(row, requests), good=True)
    assert [requests[1]["id"]] == [each["id"] for each in answer["approvals"]]
    assert [("NOT_ALLOWED", 0)] == [(each["code"], each["row"]) for each in answer["errors"]]


async def test_a_deputy_decides_while_the_absent_person_has_the_role(east: Any, office: Any) -> None:
    head, deputy = await east.more("principal"), await east.more("teacher")
    assert [] == await refused(head, DELEGATE, deputy=staff_id(east, deputy), **DAYS)
    (purchase,) = await ask(east.teacher, 10)
    request = row(purchase["approvals"]["nodes"][0])
    person = east.persons[head.login]
    await office.directory.add_member(east.space.id, head.account, roles=("teacher",), person=person)
    assert ["NOT_FOUND"] == await codes(deputy, request)
    assert ["NOT_FOUND"] == await codes(head, request)
    await office.directory.add_member(east.space.id, head.account, roles=("principal",), person=person)
    assert [] == await codes(deputy, request)


async def test_evidence_is_closed_once_it_is_approved(east: Any) -> None:
    (purchase,) = await ask(east.teacher, 9000)
    (request,) = purchase["approvals"]["nodes"]
    given = {"purchase": purchase["id"]}
    assert [] == await codes(east.principal, row(request))
    # Between the look and the click of the second person, and between two steps: all begins again.
    added = await upload(east.teacher, ADD, PDF, **given)
    (quote,) = added["purchaseQuotes"]
    assert ["NOT_FOUND"] == await codes(east.admin, row(request))
    again = (await east.teacher.gql(AGAIN, id=request["id"]))["resubmitApproval"]["approval"]
    assert ["NOT_FOUND"] == await codes(east.admin, row(again))
    for who in (east.principal, east.admin):
        assert [] == await codes(who, row(again))
    for who in (east.teacher, east.registrar):
        closed = await upload(who, ADD, PDF, **given)
        assert [("NOT_IN_STATE", "purchase")] == [(each["code"], each["field"]) for each in closed["errors"]]
        assert [("NOT_IN_STATE", "purchaseQuote")] == await refused(who, DROP, quote=quote["id"])
        assert [("NOT_IN_STATE", "purchase")] == await refused(who, CHANGE, amount="9999", **given)


async def test_a_larger_amount_needs_the_steps_of_a_larger_amount(east: Any) -> None:
    (purchase,) = await ask(east.teacher, 300)
    (request,) = purchase["approvals"]["nodes"]
    assert [] == await refused(east.teacher, CHANGE, purchase=purchase["id"], amount="90000")
    again = (await east.teacher.gql(AGAIN, id=request["id"]))["resubmitApproval"]["approval"]
    assert [] == await codes(east.principal, row(again))
    assert (
        "PENDING"
        == (await east.teacher.gql("query($id: ID!) { approval(id: $id) { state } }", id=request["id"]))["approval"][
            "state"
        ]
    )


async def test_an_amount_that_nobody_has_said_needs_all_steps(east: Any) -> None:
    answer = (await east.teacher.gql(ASK, rows=[{"title": "Something", "amount": None}]))["askForPurchases"]
    ((request,),) = [each["approvals"]["nodes"] for each in answer["purchases"]]
    assert ["OPEN", "WAITING"] == [each["state"] for each in request["steps"]["nodes"]]


async def test_no_batch_decides_two_steps(east: Any, office: Any) -> None:
    both = await east.more("principal", "admin")
    (purchase,) = await ask(east.teacher, 9000)
    (request,) = purchase["approvals"]["nodes"]
    assert ["LISTED_TWICE"] == await codes(both, row(request), row(request))
    answer = await decide(both, row(request), row(request), good=True)
    assert ([request["id"]], ["LISTED_TWICE"]) == (
        [each["id"] for each in answer["approvals"]], [each["code"] for each in answer["errors"]],
    )  # fmt: skip
    assert ["OWN_REQUEST"] == await codes(both, row(request))
    assert "asked" == await one(office, east.space, "SELECT state FROM purchase WHERE id = $1", uuid_of(purchase["id"]))


async def test_ids_of_another_school_lead_nowhere(east: Any, west: Any) -> None:
    (purchase,) = await ask(east.teacher, 10)
    (request,) = purchase["approvals"]["nodes"]
    for outcome in ("APPROVE", "REFUSE", "RETURN"):
        assert ["NOT_FOUND"] == await codes(west.principal, row(request, outcome, "x"))
    theirs = staff_id(east, east.principal)
    assert [("NOT_FOUND", "deputy")] == await refused(west.principal, DELEGATE, deputy=theirs, **DAYS)
    assert [("NOT_FOUND", "absent")] == await refused(west.admin, ARRANGE, absent=theirs, deputy=None, **DAYS)


async def test_a_token_is_its_person(east: Any, office: Any) -> None:
    """An API token of the person who asked decides no more than that person."""
    head = await east.more("teacher", "principal")
    (purchase,) = await ask(head, 10)
    (request,) = purchase["approvals"]["nodes"]
    token = await office.directory.issue_token(head.account, east.space.id, title="script")
    http = head.http
    transport = http._transport
    async with httpx.AsyncClient(transport=transport, base_url=str(http.base_url)) as script:
        document = """mutation($rows: [ApprovalDecisionRowInput!]!) {
          decideApprovals(input: {rows: $rows}) { errors { code } } }"""
        answer = await script.post(
            "/graphql",
            json={"query": document, "variables": {"rows": [row(request)]}},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert {"data": {"decideApprovals": {"errors": [{"code": "OWN_REQUEST"}]}}} == answer.json()


async def test_merged_records_are_one_person(east: Any, people: Any, office: Any) -> None:
    """Somebody asks by one record of theirs, and would decide by the other one, also in the place of others."""
    system = office.system_caller(east.space)
    assert hasattr(office.registry.plugins["approvals"], "rows_merged")
    asker, head = await east.more("teacher"), await east.more("principal")
    double = east.persons[asker.login]
    kept = await office.execute(system, create_staff, name=NameInput(family_name="Two", given_name="Records"))
    second = await people.as_role(east.space, "principal", person=kept)
    (purchase,) = await ask(asker, 10)
    (request,) = purchase["approvals"]["nodes"]
    assert [] == await refused(head, DELEGATE, deputy=f"Staff_{double}", **DAYS)
    await office.execute(system, remove_member, login=asker.login, everything=True)
    await office.execute(system, merge_staff, keep=kept, duplicate=double)
    assert ["OWN_REQUEST"] == await codes(second, row(request))
    deputies = "SELECT deputy_id FROM approval_delegation WHERE login = $1"
    assert kept == await one(office, east.space, deputies, head.login)


async def test_a_rehearsal_decides_nothing_and_shows_strangers_nothing(east: Any) -> None:
    (purchase,) = await ask(east.teacher, 10)
    (request,) = purchase["approvals"]["nodes"]
    answer = await decide(east.registrar, row(request), rehearse=True)
    assert (None, ["NOT_FOUND"]) == (answer["approvals"], [each["code"] for each in answer["errors"]])
    own = await decide(east.teacher, row(request), rehearse=True)
    assert ["NOT_FOUND"] == [each["code"] for each in own["errors"]]
    tried = await decide(east.principal, row(request), rehearse=True)
    assert ["APPROVED"] == [each["state"] for each in tried["approvals"]]
    waiting = [each["id"] for each in (await east.principal.gql(INBOX))["approvals"]["nodes"]]
    assert request["id"] in waiting
