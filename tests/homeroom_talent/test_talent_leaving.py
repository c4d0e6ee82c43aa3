"""What is forgotten after a year, and what is removed with a student who leaves, in two schools."""

from __future__ import annotations

from typing import Any

import pytest

from homeroom.database.ids import new_id
from homeroom.privacy.consent_tables import ConsentReply
from homeroom_approvals.jobs import forget_subjects
from homeroom_talent.on.student_leaving import student_leaving
from homeroom_transfers.parcel import Parcel

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOMINATE = """
mutation($input: CreateTalentItemInput!) { createTalentItem(input: $input) {
  talentItem { id approvals { nodes { id seen } } } errors { code field message } } }"""
DECIDE = """
mutation($rows: [ApprovalDecisionRowInput!]!) { decideApprovals(input: {rows: $rows}) { errors { code } } }"""
READ = "query($id: ID!) { talentItem(id: $id) { title } }"


async def decided(school: Any, child: Any, title: str, outcome: str) -> str:
    """An item that was nominated and decided; its id."""
    given = {
        "student": f"Student_{child}", "section": "OTHER", "category": "service", "title": title,
        "happenedOn": "2026-10-12", "level": "SCHOOL",
    }  # fmt: skip
    made = (await school.teacher.gql(NOMINATE, input=given))["createTalentItem"]
    assert [] == made["errors"]
    (request,) = made["talentItem"]["approvals"]["nodes"]
    row = {"approval": request["id"], "seen": request["seen"], "outcome": outcome, "note": "As seen."}
    answer = (await school.coordinator.gql(DECIDE, rows=[row]))["decideApprovals"]
    assert [] == answer["errors"]
    return str(made["talentItem"]["id"])


async def test_refusals_are_forgotten_after_a_year(school: Any, beside: Any) -> None:
    old = await decided(school, school.children[1], "Old", "REFUSE")
    fresh = await decided(school, school.children[1], "Fresh", "REFUSE")
    later = await decided(school, school.children[1], "Verified at last", "REFUSE")
    theirs = await decided(beside, beside.children[1], "Theirs", "REFUSE")
    for where, items in ((school, (old, later)), (beside, (theirs,))):
        async with where.context() as context:
            for item in items:
                await context.execute(
                    "UPDATE approval_request SET decided_at = decided_at - interval '400 days' WHERE subject_id = $1",
                    where.uuid(item),
                )
            if where is school:  # a later request about it was approved
                await context.execute(
                    "INSERT INTO approval_request"
                    " (id, flow, subject_kind, subject_id, state, seen, asked_at, decided_at)"
                    " SELECT $1, flow, subject_kind, subject_id, 'approved', seen, asked_at, now()"
                    " FROM approval_request WHERE subject_id = $2",
                    new_id(), where.uuid(later),
                )  # fmt: skip
    async with school.context() as context:
        assert 1 == await context.run_job(forget_subjects, {})
    assert None is (await school.coordinator.gql(READ, id=old))["talentItem"]
    for where, item in ((school, fresh), (school, later), (beside, theirs)):
        assert None is not (await where.coordinator.gql(READ, id=item))["talentItem"]


async def test_what_is_published_is_removed_with_a_student(school: Any, beside: Any) -> None:
    child = school.children[1]
    await decided(school, child, "Published", "APPROVE")
    await decided(school, child, "Refused", "REFUSE")
    await school.consent(child, ConsentReply.GIVEN)
    await decided(beside, beside.children[1], "Of another school", "APPROVE")
    await beside.consent(beside.children[1], ConsentReply.GIVEN)
    parcels = []
    for where in (school, beside):
        parcel = Parcel()
        async with where.context() as context:
            await student_leaving(context, child, parcel)
        parcels.append(parcel.content.get("records", []))
    ((record,), nothing) = parcels
    found = [each["title"] for each in record["content"]["items"]]
    assert "Published" in found
    assert "Refused" not in found
    assert [] == nothing
    await school.consent(child, ConsentReply.WITHDRAWN)
    parcel = Parcel()
    async with school.context() as context:
        await student_leaving(context, child, parcel)
    assert [] == parcel.content.get("records", [])
