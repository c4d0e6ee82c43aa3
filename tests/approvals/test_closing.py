"""What was approved stays as it was seen: own fields of the school, and changes at the moment of a decision."""

from __future__ import annotations

import asyncio
import contextvars
import secrets
from datetime import timedelta
from typing import Any

import pytest
from acting import ASK, codes, one, row, run_job, upload, uuid_of
from purchases.tables import Purchase

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports.sync import Sync, SyncedRows, WantedRow
from homeroom.testing import Client
from homeroom_approvals.jobs import follow_requests
from homeroom_approvals.refusals import APPROVED_ALREADY
from homeroom_approvals.watching import return_changed

pytestmark = pytest.mark.asyncio(loop_scope="session")

RISE = "mutation($id: ID!) { made: changePurchase(input: {purchase: $id, amount: 90000}) { errors { code } } }"
NAME = """mutation($id: ID!) { made: namePurchase(input: {purchase: $id, title: "Another thing"}) {
  errors { code field } } }"""
DROP = "mutation($id: ID!) { made: dropPurchase(input: {purchase: $id}) { errors { code } } }"
AGAIN = "mutation($id: ID!) { resubmitApproval(input: {approval: $id}) { approval { id seen } errors { code } } }"
DEFINE = """mutation($name: String!) { made: defineCustomField(input: {noun: "Purchase", name: $name, kind: TEXT,
  title: "Supplier"}) { errors { code message } } }"""
SET = """mutation($row: String!, $field: String!, $value: JSON!) { made: setCustomValues(input: {noun: "Purchase",
  rows: [{row: $row, field: $field, value: $value}]}) { errors { code field } } }"""
IMPORT = """mutation($file: Upload!) { made: importPurchases(input: {file: $file}) {
  importRun { id } errors { code field message } } }"""
UNDO = "mutation($id: ID!) { made: undoImport(input: {importRun: $id}) { errors { code field } } }"
STATE = "query($id: ID!) { approval(id: $id) { state seen } }"


async def asked(who: Client) -> Any:
    """A purchase with a title of its own, and its request."""
    title = secrets.token_hex(6)
    (made,) = (await who.gql(ASK, rows=[{"title": title, "amount": "300"}]))["askForPurchases"]["purchases"]
    return made | {"title": title, "request": made["approvals"]["nodes"][0]}


async def until_it_waits(transaction: Any, task: asyncio.Task[Any]) -> None:
    """Wait until a task waits for what a transaction has locked."""
    while not task.done() and not await transaction.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
        await asyncio.sleep(0.01)


async def refused(who: Client, document: str, **variables: Any) -> list[str]:
    """With which codes a mutation is refused."""
    return [each["code"] for each in (await who.gql(document, **variables))["made"]["errors"]]


async def test_own_fields_are_facts(east: Any) -> None:
    name = f"supplier_{secrets.token_hex(3)}"
    assert [] == await refused(east.admin, DEFINE, name=name)
    made = await asked(east.teacher)
    given = {"row": made["id"], "field": name}
    assert [] == await refused(east.teacher, SET, **given, value="A friend")
    assert "RETURNED" == (await east.teacher.gql(STATE, id=made["request"]["id"]))["approval"]["state"]
    again = (await east.teacher.gql(AGAIN, id=made["request"]["id"]))["resubmitApproval"]["approval"]
    assert made["request"]["seen"] != again["seen"]
    assert [] == await codes(east.principal, row(again))
    assert ["NOT_IN_STATE"] == await refused(east.teacher, SET, **given, value="Another friend")


async def test_commands_and_synced_imports_leave_what_was_approved(east: Any, office: Any) -> None:
    made = await asked(east.teacher)
    assert [] == await refused(east.teacher, NAME, id=made["id"])
    again = (await east.teacher.gql(AGAIN, id=made["request"]["id"]))["resubmitApproval"]["approval"]
    assert [] == await codes(east.principal, row(again))
    answer = (await east.teacher.gql(NAME, id=made["id"]))["made"]
    assert [{"code": "NOT_IN_STATE", "field": "purchase"}] == answer["errors"]
    purchase, noun = uuid_of(made["id"]), SyncedRows("purchase", Purchase)
    async with office.database.transaction(east.space.id) as transaction:
        context = Context(office, office.system_caller(east.space), transaction, AuditTrail("test"), office.clock())

        async def bring_in(title: str) -> None:
            async with Sync.begin(context, "purchases.test", "shop", field="file") as sync:
                await sync.rows(noun, [WantedRow("1", 1, {"title": title}, match=purchase)])

        await bring_in("Another thing")
        with pytest.raises(Refusal) as caught:
            await bring_in("A third thing")
        assert caught.value.code == APPROVED_ALREADY
    # A step leads on from what was approved: the state is none of the facts.
    assert [] == await refused(east.teacher, DROP, id=made["id"])


async def test_a_change_beside_a_decision_comes_before_it_or_is_refused(east: Any, office: Any) -> None:
    made = await asked(east.teacher)
    elsewhere = contextvars.copy_context()  # outside of this transaction
    async with office.database.transaction(east.space.id) as deciding:
        await deciding.execute(
            "UPDATE approval_request SET state = 'approved' WHERE id = $1", uuid_of(made["request"]["id"])
        )
        await deciding.fetch("SELECT id FROM purchase WHERE id = $1 FOR UPDATE", uuid_of(made["id"]))
        changing = asyncio.create_task(refused(east.teacher, RISE, id=made["id"]), context=elsewhere)
        await until_it_waits(deciding, changing)
    assert ["NOT_IN_STATE"] == await changing


@pytest.mark.parametrize("end", ["approved", "withdrawn"])
async def test_what_has_ended_is_neither_returned_nor_expired(
    end: str, east: Any, office: Any, office_clock: Any
) -> None:
    """The host looks for requests, and somebody ends one before it gets to it."""
    made = await asked(east.teacher)
    request, purchase = uuid_of(made["request"]["id"]), uuid_of(made["id"])

    async def return_it() -> None:
        async with office.database.transaction(east.space.id) as transaction:
            caller = office.system_caller(east.space, via="job")
            context = Context(office, caller, transaction, AuditTrail("test"), office.clock())
            await context.execute("UPDATE purchase SET title = 'Another' WHERE id = $1", purchase)
            await return_changed(context, {"purchase": [purchase]})

    async def expire_it() -> None:
        office_clock.set(office.clock() + timedelta(days=60))
        await run_job(office, east.space, follow_requests)

    elsewhere = contextvars.copy_context()
    async with office.database.transaction(east.space.id) as ending:
        await ending.execute("UPDATE approval_request SET state = $2 WHERE id = $1", request, end)
        late = asyncio.create_task(return_it() if end == "approved" else expire_it(), context=elsewhere)
        await until_it_waits(ending, late)
    await late
    assert end == await one(office, east.space, "SELECT state FROM approval_request WHERE id = $1", request)


async def test_a_request_that_is_removed_beside_a_decision_is_not_found(east: Any, office: Any) -> None:
    made = await asked(east.teacher)
    request = uuid_of(made["request"]["id"])
    elsewhere = contextvars.copy_context()
    async with office.database.transaction(east.space.id) as removing:
        steps = "SELECT id FROM approval_step WHERE request_id = $1"
        await removing.execute(f"DELETE FROM approval_decider WHERE step_id IN ({steps})", request)
        await removing.execute("DELETE FROM approval_step WHERE request_id = $1", request)
        await removing.execute("DELETE FROM approval_request WHERE id = $1", request)
        deciding = asyncio.create_task(codes(east.principal, row(made["request"])), context=elsewhere)
        await until_it_waits(removing, deciding)
    assert ["NOT_FOUND"] == await deciding


async def test_an_import_is_not_undone_under_what_was_approved(east: Any, office: Any) -> None:
    """Values that the import wrote are those that were approved: the ones from before were not."""
    made = await asked(east.teacher)
    file = ("purchases.csv", f"title,amount\n{made['title']},301\n".encode())
    imported = await upload(east.teacher, IMPORT, file)
    assert [] == imported["errors"]
    again = (await east.teacher.gql(AGAIN, id=made["request"]["id"]))["resubmitApproval"]["approval"]
    assert [] == await codes(east.principal, row(again))
    assert ["NOT_IN_STATE"] == await refused(east.teacher, UNDO, id=imported["importRun"]["id"])
    amount = "SELECT amount FROM purchase WHERE id = $1"
    assert 301 == await one(office, east.space, amount, uuid_of(made["id"]))
