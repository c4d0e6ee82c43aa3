"""Requests that people decide: states, amounts, four eyes, facts, proposals."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from acting import ASK, INBOX, ask, days_later, decide, row
from purchases.plugin import PurchasesPlugin
from purchases.tables import Purchase
from pypdf import PdfReader

from homeroom.boot import build_host
from homeroom.code_tables import titles
from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.recipients import holders_of
from homeroom.testing import Client
from homeroom_approvals import Flow, flow, step
from homeroom_school.commands.people import NameInput, create_staff

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE = """
query($id: ID!) { purchase(id: $id) { state version approvals { nodes { id state seen round outcomeNote
  steps { nodes { name state decidedBy inPlaceOf } } } } } }"""


async def test_a_small_purchase_is_granted_by_the_head_alone(east: Any, west: Any) -> None:
    (purchase,) = await ask(east.teacher, 300)
    (request,) = purchase["approvals"]["nodes"]
    assert "ASKED" == purchase["state"]
    assert [("head", "OPEN"), ("board", "LEFT_OUT")] == [
        (each["name"], each["state"]) for each in request["steps"]["nodes"]
    ]
    for other in (east.admin, west.principal, east.teacher):
        assert request["id"] not in [each["id"] for each in (await other.gql(INBOX))["approvals"]["nodes"]]
    (waiting,) = [
        each for each in (await east.principal.gql(INBOX))["approvals"]["nodes"] if each["id"] == request["id"]
    ]
    assert ("Thing 0", "purchases.spending") == (waiting["title"], waiting["flow"])
    assert [] == (await decide(east.principal, row(waiting)))["errors"]
    shown = (await east.teacher.gql(ONE, id=purchase["id"]))["purchase"]
    assert "GRANTED" == shown["state"]
    assert "APPROVED" == shown["approvals"]["nodes"][0]["state"]


async def test_a_large_purchase_needs_a_second_person(east: Any) -> None:
    (purchase,) = await ask(east.teacher, 9000)
    (request,) = purchase["approvals"]["nodes"]
    both = await east.more("principal", "admin")
    assert [] == (await decide(both, row(request)))["errors"]
    again = await decide(both, row(request))
    assert [("OWN_REQUEST", "rows.approval", 0)] == [(e["code"], e["field"], e["row"]) for e in again["errors"]]
    assert [] == (await decide(east.admin, row(request)))["errors"]
    assert "GRANTED" == (await east.teacher.gql(ONE, id=purchase["id"]))["purchase"]["state"]


async def test_nobody_decides_the_own_request(east: Any, people: Any, office: Any) -> None:
    head = await east.more("teacher", "principal")
    (purchase,) = await ask(head, 100)
    (request,) = purchase["approvals"]["nodes"]
    assert ["OWN_REQUEST"] == [each["code"] for each in (await decide(head, row(request)))["errors"]]
    # A second account of the same person, and an account of no person.
    second = await people.newcomer(east.space)
    await office.directory.add_member(
        east.space.id, second.account, roles=("principal",), person=east.persons[head.login]
    )
    assert ["OWN_REQUEST"] == [each["code"] for each in (await decide(second, row(request)))["errors"]]
    nameless = await people.as_role(east.space, "principal")
    assert ["PERSON_UNKNOWN"] == [each["code"] for each in (await decide(nameless, row(request)))["errors"]]
    asker = await people.as_role(east.space, "teacher")
    answer = (await asker.gql(ASK, rows=[{"title": "x", "amount": "1"}]))["askForPurchases"]
    assert ["PERSON_UNKNOWN"] == [each["code"] for each in answer["errors"]]


DEPUTY = """
mutation($deputy: ID, $from: Date!, $to: Date!) {
  delegateApprovals(input: {deputy: $deputy, startsOn: $from, endsOn: $to}) {
  approvalDelegation { id } errors { code field } } }"""
END = "mutation($id: ID!) { removeApprovalDelegation(input: {delegation: $id}) { errors { code } } }"


def staff_id(school: Any, who: Client) -> str:
    """The global id of somebody's person."""
    return f"Staff_{school.persons[who.login]}"


async def away(school: Any, who: Client, deputy: Client | None) -> str:
    """Let somebody be away for some days; gives the delegation."""
    given = None if deputy is None else staff_id(school, deputy)
    answer = (await who.gql(DEPUTY, deputy=given, **{"from": "2020-01-01", "to": "2099-12-31"}))["delegateApprovals"]
    assert [] == answer["errors"]
    return answer["approvalDelegation"]["id"]


async def test_a_deputy_decides_in_the_place_of_who_is_away(east: Any) -> None:
    head, deputy = await east.more("principal"), await east.more("teacher")
    (mine,) = await ask(deputy, 10)
    (other,) = await ask(east.teacher, 10)
    (own,) = await ask(head, 10)
    requests = [each["approvals"]["nodes"][0] for each in (mine, other, own)]
    delegation = await away(east, head, deputy)
    waiting = [each["id"] for each in (await deputy.gql(INBOX))["approvals"]["nodes"]]
    assert requests[1]["id"] in waiting
    answer = await decide(deputy, *map(row, requests), good=True)
    assert [requests[1]["id"]] == [each["id"] for each in answer["approvals"]]
    # Neither what the deputy has asked for, nor what the person who is absent has asked for.
    assert [("OWN_REQUEST", 0), ("NOT_ALLOWED", 2)] == [(each["code"], each["row"]) for each in answer["errors"]]
    (step, _) = (await east.teacher.gql(ONE, id=other["id"]))["purchase"]["approvals"]["nodes"][0]["steps"]["nodes"]
    assert (deputy.login, head.login) == (step["decidedBy"], step["inPlaceOf"])
    assert [] == (await head.gql(END, id=delegation))["removeApprovalDelegation"]["errors"]
    (late,) = await ask(east.teacher, 10)
    assert ["NOT_FOUND"] == [
        each["code"] for each in (await decide(deputy, row(late["approvals"]["nodes"][0])))["errors"]
    ]


CHANGE = """
mutation($purchase: ID!, $title: String!) {
  changePurchase(input: {purchase: $purchase, title: $title}) { errors { code } } }"""
AGAIN = """
mutation($id: ID!) {
  resubmitApproval(input: {approval: $id}) { approval { id state seen round } errors { code field } } }"""
WITHDRAW = (
    "mutation($id: ID!) { withdrawApproval(input: {approval: $id}) { approval { state } errors { code field } } }"
)
REMOVE = "mutation($id: ID!) { removePurchase(input: {purchase: $id}) { removed errors { code } } }"


async def test_a_decision_is_bound_to_what_was_seen(east: Any) -> None:
    (purchase,) = await ask(east.teacher, 10)
    (request,) = purchase["approvals"]["nodes"]
    wrong = await decide(east.principal, {**row(request), "seen": "0" * 64})
    assert [("CONFLICT", "rows.seen", 0)] == [(e["code"], e["field"], e["row"]) for e in wrong["errors"]]
    await east.teacher.gql(CHANGE, purchase=purchase["id"], title="A golden thing")
    shown = (await east.teacher.gql(ONE, id=purchase["id"]))["purchase"]
    assert "RETURNED" == shown["approvals"]["nodes"][0]["state"]
    # A request that was returned is no longer among those that wait.
    late = await decide(east.principal, row(request))
    assert ["NOT_FOUND"] == [each["code"] for each in late["errors"]]
    again = (await east.teacher.gql(AGAIN, id=request["id"]))["resubmitApproval"]["approval"]
    assert ("PENDING", 2) == (again["state"], again["round"])
    assert request["seen"] != again["seen"]
    assert ["CONFLICT"] == [each["code"] for each in (await decide(east.principal, row(request)))["errors"]]
    assert [] == (await decide(east.principal, row(again)))["errors"]
    assert "GRANTED" == (await east.teacher.gql(ONE, id=purchase["id"]))["purchase"]["state"]
    # What has come to its end is not opened again.
    end = (await east.teacher.gql(AGAIN, id=request["id"]))["resubmitApproval"]["errors"]
    assert ["NOT_IN_STATE"] == [each["code"] for each in end]


async def test_a_request_is_returned_refused_and_withdrawn(east: Any, west: Any) -> None:
    back, no, gone, removed = [
        each["approvals"]["nodes"][0] | {"purchase": each["id"]} for each in await ask(east.teacher, 1, 2, 3, 4)
    ]
    without = await decide(east.principal, row(back, "RETURN"), row(no, "REFUSE"))
    assert [("NOTE_NEEDED", "rows.note", 0), ("NOTE_NEEDED", "rows.note", 1)] == [
        (each["code"], each["field"], each["row"]) for each in without["errors"]
    ]
    answer = await decide(east.principal, row(back, "RETURN", "Add a quote."), row(no, "REFUSE", "Too much."))
    assert ["RETURNED", "REFUSED"] == [each["state"] for each in answer["approvals"]]
    assert "REFUSED" == (await east.teacher.gql(ONE, id=no["purchase"]))["purchase"]["state"]
    assert ["NOT_FOUND"] == [
        each["code"] for each in (await west.teacher.gql(WITHDRAW, id=gone["id"]))["withdrawApproval"]["errors"]
    ]
    assert ["NOT_FOUND"] == [
        each["code"]
        for each in (await (await east.more("teacher")).gql(WITHDRAW, id=gone["id"]))["withdrawApproval"]["errors"]
    ]
    assert "WITHDRAWN" == (await east.teacher.gql(WITHDRAW, id=gone["id"]))["withdrawApproval"]["approval"]["state"]
    assert "DROPPED" == (await east.teacher.gql(ONE, id=gone["purchase"]))["purchase"]["state"]
    assert [] == (await east.teacher.gql(REMOVE, id=removed["purchase"]))["removePurchase"]["errors"]
    assert ["NOT_FOUND"] == [each["code"] for each in (await decide(east.principal, row(removed)))["errors"]]


PROPOSE = """
mutation($purchase: ID!, $amount: Decimal!) {
  proposeSetPrice(input: {purchase: $purchase, amount: $amount, note: "Cheaper"}) {
  approvals { id state seen arguments } errors { code field } } }"""
PRICE = "query($id: ID!) { purchase(id: $id) { amount pricings { nodes { state } } } }"


async def test_a_command_is_proposed_and_runs_with_the_last_decision(east: Any, west: Any) -> None:
    (purchase,) = await ask(east.teacher, 10)

    async def propose(who: Client, amount: str) -> Any:
        return (await who.gql(PROPOSE, purchase=purchase["id"], amount=amount))["proposeSetPrice"]

    assert [("OUT_OF_RANGE", "amount")] == [
        (each["code"], each["field"]) for each in (await propose(east.teacher, "0"))["errors"]
    ]
    assert ["NOT_FOUND"] == [each["code"] for each in (await propose(west.teacher, "5"))["errors"]]
    (request,) = (await propose(east.teacher, "7.50"))["approvals"]
    assert {"amount": "7.50"} == request["arguments"]
    assert ["DUPLICATE"] == [each["code"] for each in (await propose(east.teacher, "8"))["errors"]]
    assert [] == (await decide(east.registrar, row(request)))["errors"]
    assert "10.00" == (await east.teacher.gql(PRICE, id=purchase["id"]))["purchase"]["amount"]
    assert [] == (await decide(east.principal, row(request)))["errors"]
    shown = (await east.teacher.gql(PRICE, id=purchase["id"]))["purchase"]
    assert ("7.50", ["APPROVED"]) == (shown["amount"], [each["state"] for each in shown["pricings"]["nodes"]])


FLOW = """
mutation($steps: [ApprovalStepSettingInput!]!) {
  setApprovalFlow(input: {flow: "purchases.spending", steps: $steps, expiresDays: 9}) {
  approvalFlowVersion { number } errors { code field row } } }"""
FLOWS = """
{ approvalFlows(flow: "purchases.spending") { title version noun expiresDays
  steps { name title place decidedBy days fromAmount conditional possible } } }"""


async def test_a_school_sets_its_flow_for_requests_from_then_on(west: Any, east: Any) -> None:
    (before,) = await ask(west.teacher, 600)
    wrong = [
        {"step": "head", "leftOut": True}, {"step": "nobody"}, {"step": "board", "roles": ["queen"], "days": 0},
    ]  # fmt: skip
    assert [("STEP_FIXED", 0), ("NOT_FOUND", 1), ("OUT_OF_RANGE", 2), ("NOT_FOUND", 2)] == [
        (each["code"], each["row"]) for each in (await west.admin.gql(FLOW, steps=wrong))["setApprovalFlow"]["errors"]
    ]
    steps = [{"step": "head", "days": 1}, {"step": "board", "roles": ["registrar"], "fromAmount": "500"}]
    assert 1 == (await west.admin.gql(FLOW, steps=steps))["setApprovalFlow"]["approvalFlowVersion"]["number"]
    (flow,) = (await west.admin.gql(FLOWS))["approvalFlows"]
    assert ("支出", 1, "Purchase", 9) == (flow["title"], flow["version"], flow["noun"], flow["expiresDays"])
    assert [("head", 1, None), ("board", 5, "500")] == [
        (each["name"], each["days"], each["fromAmount"]) for each in flow["steps"]
    ]
    assert 0 == (await east.admin.gql(FLOWS))["approvalFlows"][0]["version"]
    (after,) = await ask(west.teacher, 600)
    old, new = before["approvals"]["nodes"][0], after["approvals"]["nodes"][0]
    assert ["LEFT_OUT", "WAITING"] == [each["steps"]["nodes"][1]["state"] for each in (old, new)]
    assert [] == (await decide(west.principal, row(old), row(new)))["errors"]
    assert ["GRANTED", "ASKED"] == [
        (await west.teacher.gql(ONE, id=each["id"]))["purchase"]["state"] for each in (before, after)
    ]
    assert [] == (await decide(west.registrar, row(new)))["errors"]


REQUESTS = "query($id: ID!) { approval(id: $id) { state dueOn steps { nodes { name state escalatedAt } } } }"
TODO = '{ notices(filter: {kind: {startsWith: "approvals."}}) { nodes { kind subject about doneAt } } }'


async def test_late_requests_remind_escalate_and_expire(east: Any, office: Any, people: Any, office_clock: Any) -> None:
    (purchase,) = await ask(east.teacher, 10)
    (request,) = purchase["approvals"]["nodes"]

    async def later(days: int) -> None:
        await days_later(office, east.space, office_clock, days)

    async def asked(who: Client, role: str, document: str, **variables: Any) -> Any:
        """Ask as somebody whose session may have ended meanwhile."""
        return await (await people.as_role(east.space, role, person=east.persons[who.login])).gql(document, **variables)

    async def state() -> Any:
        return (await asked(east.admin, "admin", REQUESTS, id=request["id"]))["approval"]

    await later(0)
    assert None is (await state())["steps"]["nodes"][0]["escalatedAt"]
    await later(8)
    assert (await state())["steps"]["nodes"][0]["escalatedAt"]
    notices = (await asked(east.principal, "principal", TODO))["notices"]["nodes"]
    assert {"approvals.waiting"} == {each["kind"] for each in notices if each["about"] == request["id"]}
    waiting = (await asked(east.registrar, "registrar", INBOX))["approvals"]["nodes"]
    assert request["id"] in [each["id"] for each in waiting]
    await later(1)
    late = (await asked(east.registrar, "registrar", TODO))["notices"]["nodes"]
    assert {"approvals.waiting", "approvals.late"} == {each["kind"] for each in late if each["about"] == request["id"]}
    await later(40)
    assert "EXPIRED" == (await state())["state"]
    assert "DROPPED" == (await asked(east.teacher, "teacher", ONE, id=purchase["id"]))["purchase"]["state"]
    left = (await asked(east.registrar, "registrar", TODO))["notices"]["nodes"]
    assert all(each["doneAt"] for each in left if each["kind"] == "approvals.waiting")


COUNTS = """
query($asker: String!) {
  approvalsAggregate(filter: {waitsForMe: {eq: true}, askedBy: {eq: $asker}},
    groupBy: [{field: FLOW}, {field: ASKED_AT, by: WEEK}]) { groups { key { flow askedAt } count } } }"""


async def test_an_inbox_is_counted_by_flow_and_age(east: Any, west: Any) -> None:
    asker = await east.more("teacher")
    first, _ = await ask(asker, 10, 20)
    head = await east.more("principal")
    (counted,) = (await head.gql(COUNTS, asker=asker.login))["approvalsAggregate"]["groups"]
    assert ("purchases.spending", 2) == (counted["key"]["flow"], counted["count"])
    assert counted["key"]["askedAt"]
    await decide(head, row(first["approvals"]["nodes"][0]), good=True)
    (left,) = (await head.gql(COUNTS, asker=asker.login))["approvalsAggregate"]["groups"]
    assert {**counted, "count": 1} == left
    for other in (asker, await west.more("principal")):
        assert [] == (await other.gql(COUNTS, asker=asker.login))["approvalsAggregate"]["groups"]


async def test_the_process_sheet_is_a_paper_in_each_language(east: Any) -> None:
    for language, words in (("en", "Spending"), ("vi", "Chi tiêu"), ("zh-Hant", "支出"), ("zh-Hans", "支出")):
        answer = await east.admin.http.get("/documents/approvals.processes", params={"language": language})
        assert 200 == answer.status_code, answer.text
        assert words in PdfReader(BytesIO(answer.content)).pages[0].extract_text()


async def test_days_are_those_of_the_calendar(office: Any, people: Any) -> None:
    """A holiday is no day in which anybody decides."""
    slug = f"vn-{secrets.token_hex(4)}"
    space = await office.directory.create_space(
        slug=slug, name="With a calendar", region="vn", plugins=("school", "calendar", "purchases")
    )
    system = office.system_caller(space)
    async with office.database.transaction(space.id) as transaction:
        days = await transaction.fetch("SELECT date FROM calendar_day WHERE kind = 'school' ORDER BY date")
        today = office.clock().astimezone(space.time_zone).date()
        (first, second, *later) = [row["date"] for row in days if row["date"] > today]
        await transaction.execute("UPDATE calendar_day SET kind = 'holiday' WHERE date = $1", second)
    person = await office.execute(system, create_staff, name=NameInput(family_name="A", given_name="B"))
    (purchase,) = await ask(await people.as_role(space, "teacher", person=person), 10)
    step = purchase["approvals"]["nodes"][0]["steps"]["nodes"][0]
    assert first < second < later[1]
    assert later[1].isoformat() == step["dueOn"]


async def test_each_flow_is_known_by_its_part(office: Any) -> None:
    found = office.hooks.collect("approval_flows", only=frozenset({"purchases"}))
    assert ["purchases.spending", "purchases.pricing"] == [each.name for each in found]
    plugins = office.registry.plugins
    assert hasattr(plugins["approvals"], "rows_changed")
    assert hasattr(plugins["calendar"], "school_day_count")


class _Broken(Plugin):
    """Flows that nobody can decide, and whose SQL is wrong."""

    name = "broken"
    title = "Broken"
    requires = ("purchases",)

    def __init__(self, *by: str, when: str = "") -> None:
        self.by, self.when = by, when

    @hookimpl
    def approval_flows(self) -> Sequence[Flow]:
        named = titles("A", "B", "C", "D")
        decision = step("decision", named, holders_of(*self.by), when=self.when)
        return [flow(Purchase, "broken.flow", named, decision, relation="broken")]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (_Broken("queen"), "there is no role queen"),
        (_Broken(), "nobody decides it"),
        (_Broken("principal", when="{row}.price > 1"), "step decision, when"),
    ],
)
async def test_a_flow_that_nobody_can_decide_is_found_at_the_start(broken: Plugin, reason: str, office: Any) -> None:
    registry = PluginRegistry.discover([PurchasesPlugin(), broken])
    host = build_host(office.settings, registry)
    await host.open()
    try:
        ((plugin, why),) = [(each.name, each.reason) for each in registry.quarantined]
        assert ("broken", True) == (plugin, reason in why), why
    finally:
        await host.close()
