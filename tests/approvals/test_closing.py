"""What was approved stays as it was seen: own fields of the school, and changes at the moment of a decision."""

from __future__ import annotations

import asyncio
import contextvars
import secrets
from typing import Any

import pytest
from acting import ASK, codes, one, row, upload, uuid_of

from homeroom.testing import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

RISE = "mutation($id: ID!) { made: changePurchase(input: {purchase: $id, amount: 90000}) { errors { code } } }"
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


async def test_a_change_beside_a_decision_comes_before_it_or_is_refused(east: Any, office: Any) -> None:
    made = await asked(east.teacher)
    elsewhere = contextvars.copy_context()  # outside of this transaction
    async with office.database.transaction(east.space.id) as deciding:
        await deciding.execute(
            "UPDATE approval_request SET state = 'approved' WHERE id = $1", uuid_of(made["request"]["id"])
        )
        await deciding.fetch("SELECT id FROM purchase WHERE id = $1 FOR UPDATE", uuid_of(made["id"]))
        changing = asyncio.create_task(refused(east.teacher, RISE, id=made["id"]), context=elsewhere)
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
        while not changing.done() and not await deciding.fetchval(waiting):
            await asyncio.sleep(0.01)
    assert ["NOT_IN_STATE"] == await changing


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
