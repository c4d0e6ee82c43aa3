"""What people ask and decide in the tests, over HTTP, and the days that pass."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.host import Host
from homeroom.jobs import Job
from homeroom.testing import Client
from homeroom.testing.clock import Clock
from homeroom_approvals.jobs import follow_requests

ASK = """
mutation($rows: [PurchaseRowInput!]!) { askForPurchases(input: {rows: $rows}) {
  purchases { id state approvals { nodes { id state seen steps { nodes { name state dueOn } } } } }
  errors { code field } } }"""
INBOX = """
{ approvals(filter: {waitsForMe: {eq: true}, state: {eq: PENDING}}) { nodes { id title flow seen askedBy dueOn } } }"""
DECIDE = """
mutation($rows: [ApprovalDecisionRowInput!]!, $good: Boolean! = false, $rehearse: Boolean! = false) {
  decideApprovals(input: {rows: $rows, keepGood: $good, rehearse: $rehearse}) {
  approvals { id state outcomeNote } errors { code field row message } } }"""
REQUEST = """
query($id: ID!) { approval(id: $id) { id state seen round dueOn expiresOn
  steps { nodes { name state escalatedAt decidedBy note } } } }"""


async def ask(who: Client, *amounts: int) -> list[Any]:
    """Ask for purchases, and give them with their requests."""
    rows = [{"title": f"Thing {n}", "amount": str(amount)} for n, amount in enumerate(amounts)]
    answer = (await who.gql(ASK, rows=rows))["askForPurchases"]
    assert [] == answer["errors"]
    return answer["purchases"]


def row(request: Any, outcome: str = "APPROVE", note: str = "") -> dict[str, str]:
    """What is decided about a request, as it was read."""
    return {"approval": request["id"], "outcome": outcome, "seen": request["seen"], "note": note}


async def decide(who: Client, *rows: dict[str, str], good: bool = False, rehearse: bool = False) -> Any:
    """The answer to a decision."""
    return (await who.gql(DECIDE, rows=list(rows), good=good, rehearse=rehearse))["decideApprovals"]


async def codes(who: Client, *rows: dict[str, str]) -> list[str]:
    """Why a decision is refused."""
    return [each["code"] for each in (await decide(who, *rows))["errors"]]


async def apply(who: Client, noun: str, **given: Any) -> Any:
    """Create a row that opens a request, and give it with the request."""
    field = noun[0].lower() + noun[1:]
    answer = await who.gql(
        f"mutation($input: Create{noun}Input!) {{ made: create{noun}(input: $input) {{ row: {field} {{"
        " id state approvals { nodes { id seen } } } errors { code field message } } }",
        input=given,
    )
    assert [] == answer["made"]["errors"]
    return answer["made"]["row"]


async def state_of(who: Client, noun: str, id: str) -> str:
    """The state of a row."""
    field = noun[0].lower() + noun[1:]
    found: str = (await who.gql(f"query($id: ID!) {{ row: {field}(id: $id) {{ state }} }}", id=id))["row"]["state"]
    return found


async def upload(who: Client, document: str, *files: tuple[str, bytes], **variables: Any) -> Any:
    """The data of a mutation that carries files as its variable ``files``, or the first of them as ``file``."""
    sent = {str(number): (name, content, "application/octet-stream") for number, (name, content) in enumerate(files)}
    operations = {"query": document, "variables": {**variables, "file": None, "files": [None] * len(files)}}
    places = {str(number): [f"variables.files.{number}"] for number in range(len(files))}
    places["0"].append("variables.file")
    answer = await who.http.post(
        "/graphql",
        data={"operations": json.dumps(operations), "map": json.dumps(places)},
        files=sent,
        headers={"X-Homeroom-CSRF": "1"},
    )
    (data,) = answer.json()["data"].values()
    return data


async def run_job(host: Host, space: Space, job: Job) -> Any:
    """Run a job in a space, as the schedule does."""
    caller = host.system_caller(space, login="schedule", via="job")
    async with host.database.transaction(space.id) as transaction:
        trail = AuditTrail("test")
        context = Context(host, caller, transaction, trail, host.clock())
        done = await context.run_job(job, {})
        await context.settle_changes()
        await trail.write(transaction, caller, host.clock(), None)
        return done


async def days_later(host: Host, space: Space, clock: Clock, days: int) -> None:
    """Let days pass, and run the job of the morning."""
    clock.set(host.clock() + timedelta(days=days))
    await run_job(host, space, follow_requests)


async def one(host: Host, space: Space, statement: str, *values: Any) -> Any:
    """One value in a space."""
    async with host.database.transaction(space.id) as transaction:
        return await transaction.fetchval(statement, *values)


def uuid_of(id: str) -> UUID:
    """The id in the database of a global id."""
    return UUID(id.partition("_")[2])
