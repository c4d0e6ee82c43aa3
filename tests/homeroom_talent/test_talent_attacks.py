"""What people do who want more than they may: verify their own, read what is not theirs, change what was verified."""

from __future__ import annotations

import asyncio
import contextvars
import json
from typing import Any

import pytest

from homeroom.privacy.consent_tables import ConsentReply
from homeroom_school.commands.people import NameInput, create_student, merge_students
from homeroom_talent.nouns import SHOWN

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOMINATE = """
mutation($input: CreateTalentItemInput!) { createTalentItem(input: $input) {
  talentItem { id evidence { nodes { id fileUrl } } approvals { nodes { id seen } } }
  errors { code field message } } }"""
DECIDE = """
mutation($rows: [ApprovalDecisionRowInput!]!) { decideApprovals(input: {rows: $rows}) { errors { code } } }"""
READ = "query($id: ID!) { talentItem(id: $id) { title } }"
OF_CHILD = '{ students(filter: {talentItems: {title: {eq: "Secret"}}}) { totalCount } }'
ADD = """mutation($item: ID!, $evidence: [Upload!]!) {
  addTalentEvidence(input: {talentItem: $item, evidence: $evidence}) { errors { code } } }"""
DROP = "mutation($id: ID!) { removeTalentEvidence(input: {talentEvidence: $id}) { errors { code } } }"
CHANGE = "mutation($id: ID!) { changeTalentItem(input: {talentItem: $id, rank: 1}) { errors { code } } }"
COUNT = '{ talentItems(filter: {title: {eq: "Secret"}}) { totalCount } }'
AGGREGATE = '{ talentItemsAggregate(filter: {title: {eq: "Secret"}}, groupBy: [{field: LEVEL}]) { groups { count } } }'


async def send(client: Any, document: str, path: str, **variables: Any) -> Any:
    """The data of a mutation with one file."""
    answer = await client.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": document, "variables": variables}),
            "map": json.dumps({"0": [f"variables.{path}"]}),
        },
        files={"0": ("proof.pdf", b"%PDF-1.7 proof", "application/octet-stream")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    body = answer.json()
    assert "errors" not in body, body
    (data,) = body["data"].values()
    return data


async def nominated(client: Any, child: Any) -> Any:
    """An item with a file, nominated by somebody."""
    given = {
        "student": f"Student_{child}", "section": "OTHER", "category": "violin", "title": "Secret", "grade": 12,
        "happenedOn": "2026-10-12", "level": "SCHOOL", "evidence": [None],
    }  # fmt: skip
    made = await send(client, NOMINATE, "input.evidence.0", input=given)
    assert [] == made["errors"]
    return made["talentItem"]


def decision(item: Any) -> dict[str, Any]:
    """Approve what was seen when the item was nominated."""
    (request,) = item["approvals"]["nodes"]
    return {"approval": request["id"], "seen": request["seen"], "outcome": "APPROVE"}


async def codes(client: Any, document: str, **variables: Any) -> list[str]:
    """The codes with which a mutation is refused."""
    (data,) = (await client.gql(document, **variables)).values()
    return [each["code"] for each in data["errors"]]


async def test_nobody_verifies_the_own_nomination_by_a_second_account(school: Any) -> None:
    person = await school.person()
    one = await school.people.as_role(school.space, "talent_coordinator", person=person)
    other = await school.people.as_role(school.space, "talent_coordinator", person=person)
    nobody = await school.people.as_role(school.space, "talent_coordinator")
    item = await nominated(one, school.children[1])
    assert ["OWN_REQUEST"] == await codes(other, DECIDE, rows=[decision(item)])
    assert ["PERSON_UNKNOWN"] == await codes(nobody, DECIDE, rows=[decision(item)])
    assert [] == await codes(school.coordinator, DECIDE, rows=[decision(item)])


async def test_families_of_another_school_and_teachers_of_other_classes_learn_nothing(school: Any, beside: Any) -> None:
    child = school.children[0]
    item = await nominated(school.teacher, child)
    file = item["evidence"]["nodes"][0]["fileUrl"]
    stranger, _ = await school.staff("teacher")
    assert 200 == (await school.teacher.http.get(file)).status_code
    for who in (stranger, school.mother, beside.mother, beside.coordinator):
        assert None is (await who.gql(READ, id=item["id"]))["talentItem"]
        assert 0 == (await who.gql(COUNT))["talentItems"]["totalCount"]
        assert 404 == (await who.http.get(file)).status_code
    # The mother sees her child, and no filter tells her what is not public.
    assert 0 == (await school.mother.gql(OF_CHILD))["students"]["totalCount"]
    assert [] == (await stranger.gql(AGGREGATE))["talentItemsAggregate"]["groups"]
    # Before it is published, no match of theirs and no request shows it either.
    assert [] == await codes(school.coordinator, DECIDE, rows=[decision(item)])
    match = '{ matchTalents(category: "violin", leastGrade: 12) { student } }'
    assert f"Student_{child}" in [e["student"] for e in (await school.coordinator.gql(match))["matchTalents"]]
    assert f"Student_{child}" not in [e["student"] for e in (await stranger.gql(match))["matchTalents"]]
    assert [] == (await stranger.gql("{ approvals { nodes { title } } }"))["approvals"]["nodes"]
    paper = await beside.mother.http.get("/documents/talent.profile", params={"student": f"Student_{child}"})
    assert 404 == paper.status_code

    await school.consent(child, ConsentReply.GIVEN)
    assert "Secret" == (await stranger.gql(READ, id=item["id"]))["talentItem"]["title"]
    assert None is (await beside.mother.gql(READ, id=item["id"]))["talentItem"]
    await school.consent(child, ConsentReply.WITHDRAWN)
    assert None is (await stranger.gql(READ, id=item["id"]))["talentItem"]
    assert 404 == (await stranger.http.get(file)).status_code


async def test_what_was_verified_stays_as_it_was_seen(school: Any) -> None:
    assert hasattr(school.host.registry.plugins["approvals"], "rows_writing")
    principal, _ = await school.staff("principal")
    item = await nominated(school.teacher, school.children[2])
    # While it is open, its nominator may add to it: then it has to be verified again.
    added = await send(school.teacher, ADD, "evidence.0", item=item["id"], evidence=[None])
    assert [] == added["errors"]
    assert ["NOT_FOUND"] == await codes(school.coordinator, DECIDE, rows=[decision(item)])
    again = await nominated(school.teacher, school.children[2])
    assert [] == await codes(school.coordinator, DECIDE, rows=[decision(again)])
    proof = again["evidence"]["nodes"][0]["id"]
    for who, code in ((school.teacher, "NOT_FOUND"), (school.coordinator, "NOT_IN_STATE"), (principal, "NOT_IN_STATE")):
        assert [code] == await codes(who, CHANGE, id=again["id"])
        assert [code] == await codes(who, DROP, id=proof)
        more = await send(who, ADD, "evidence.0", item=again["id"], evidence=[None])
        assert [code] == [each["code"] for each in more["errors"]]


async def test_nothing_is_published_beside_a_withdrawal_of_consent(school: Any) -> None:
    """A decision that has not ended yet, and the family's answer at the same moment."""
    child = school.children[1]
    await school.consent(child, ConsentReply.GIVEN)
    item = await nominated(school.teacher, child)
    elsewhere = contextvars.copy_context()  # outside of the transaction of the decision
    async with school.context() as deciding:
        row = school.uuid(item["id"])
        await deciding.execute("UPDATE talent_item SET state = 'verified' WHERE id = $1", row)
        await SHOWN.follow(deciding, rows=[row])
        answer = asyncio.create_task(school.consent(child, ConsentReply.WITHDRAWN), context=elsewhere)
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
        while not answer.done() and not await deciding.fetchval(waiting):
            await asyncio.sleep(0.01)
    await answer
    assert None is (await school.mother.gql(READ, id=item["id"]))["talentItem"]
    shown = '{ talentItem(id: "%s") { state } }'
    assert "VERIFIED" == (await school.coordinator.gql(shown % item["id"]))["talentItem"]["state"]


async def test_a_merged_student_has_one_consent(school: Any) -> None:
    """What was published of a duplicate is not, once its latest answer is that of the other record."""
    keep, double = [await school.run(create_student, name=NameInput(family_name="Ho", given_name=n)) for n in "AB"]
    await school.consent(double, ConsentReply.GIVEN)
    item = await nominated(school.coordinator, double)
    other, _ = await school.staff("talent_coordinator")
    assert [] == await codes(other, DECIDE, rows=[decision(item)])
    await school.consent(keep, ConsentReply.REFUSED)
    stranger, _ = await school.staff("teacher")
    assert "Secret" == (await stranger.gql(READ, id=item["id"]))["talentItem"]["title"]
    await school.run(merge_students, keep=keep, duplicate=double)
    assert None is (await stranger.gql(READ, id=item["id"]))["talentItem"]
